// Lists of tracked connections: the kernel's and eBPF's, each form; what is not rewritten is understood and not kept.
import { describe, expect, it } from 'vitest';
import type { Tuple } from '../../../../src/topology/translation.ts';
import { issueCodes, LAB_NODES, topologyOf } from '../../documents.ts';

const DNAT =
  'tcp      6 86399 ESTABLISHED src=10.48.0.130 dst=10.96.0.10 sport=40000 dport=80 src=10.48.0.200 dst=10.48.0.130 sport=8080 dport=40000 [ASSURED] mark=0 use=1';
const SNAT =
  'udp      17 28 src=10.48.0.130 dst=10.48.0.200 sport=5000 dport=53 [UNREPLIED] src=10.48.0.200 dst=10.48.0.135 sport=53 dport=61000 mark=0 secctx=system_u:object_r:unlabeled_t:s0 use=1';
const PLAIN =
  'tcp      6 119 TIME_WAIT src=10.0.1.20 dst=10.0.1.30 sport=50000 dport=6443 src=10.0.1.30 dst=10.0.1.20 sport=6443 dport=50000 [ASSURED] mark=0 use=2';
const PING =
  'icmp     1 29 src=10.48.0.130 dst=10.48.0.200 type=8 code=0 id=7 src=10.48.0.200 dst=10.48.0.130 type=0 code=0 id=7 mark=0 use=1';

const words = ({ src, srcPort, dst, dstPort }: Tuple): string => `${src}:${srcPort} ${dst}:${dstPort}`;
const read = (text: string, file = 'control1/conntrack-list.txt') => {
  const topology = topologyOf({ 'nodes.yaml': LAB_NODES, [file]: text });
  const node = topology.nodeByName('control1');
  const told = node?.translations.map(
    ({ protocol, before, after }) => `${protocol} ${words(before)} > ${words(after)}`,
  );
  return { topology, told };
};

describe("the kernel's list", () => {
  it('says what a service became, and whose source was translated', () => {
    const { topology, told } = read(
      `${[DNAT, SNAT, PLAIN, PING].join('\n')}\nconntrack v1.4.6 (conntrack-tools): 4 flow entries have been shown.\n`,
    );
    expect(told).toEqual([
      '6 10.48.0.130:40000 10.96.0.10:80 > 10.48.0.130:40000 10.48.0.200:8080',
      '17 10.48.0.130:5000 10.48.0.200:53 > 10.48.0.135:61000 10.48.0.200:53',
    ]);
    expect(issueCodes(topology)).toEqual([]);
    expect(topology.nodeByName('control1')?.translations[1]).toMatchObject({ time: null, ref: { line: 2 } });
  });

  it('from /proc has its family in front, and counters between', () => {
    const line = `ipv4     2 ${DNAT.replace(' src=10.48.0.200', ' packets=5 bytes=400 src=10.48.0.200').replace('use=1', 'zone=0 use=2')}`;
    expect(read(line).told).toHaveLength(1);
    const v6 =
      'ipv6     10 tcp      6 100 ESTABLISHED src=fd00::1 dst=fd96::a sport=1000 dport=80 src=fd00::2 dst=fd00::1 sport=8080 dport=1000 [ASSURED] mark=0 zone=0 use=2';
    expect(read(v6).told).toEqual(['6 fd00::1:1000 fd96::a:80 > fd00::1:1000 fd00::2:8080']);
  });

  it('in a paste is of the machine of its prompt, and of no other command', () => {
    const paste = `root@control1:~# conntrack -L -p tcp\n${DNAT}\nroot@control1:~# conntrack -S\ncpu=0   found=0 invalid=1\n`;
    expect(read(paste, 'paste.txt').told).toHaveLength(1);
  });

  it('of events says the same, with a time before each or none', () => {
    const events = [`    [NEW] ${DNAT}`, ` [UPDATE] ${DNAT}`, `[DESTROY] ${SNAT}`];
    const timed = events.map((line, i) => `[1700000000.${i}23456]\t${line}`);
    for (const lines of [events, timed, timed.toReversed()]) {
      const { topology, told } = read(
        `root@control1:~# conntrack -E -o timestamp\n${lines.join('\n')}\n^C\n`,
        'paste.txt',
      );
      expect([...new Set(told)].sort()).toEqual([
        '17 10.48.0.130:5000 10.48.0.200:53 > 10.48.0.135:61000 10.48.0.200:53',
        '6 10.48.0.130:40000 10.96.0.10:80 > 10.48.0.130:40000 10.48.0.200:8080',
      ]);
      expect(issueCodes(topology).filter((code) => !code.endsWith(' unrecognised-lines'))).toEqual([]);
    }
  });

  it('that a command could not print is none', () => {
    expect(read('sh: conntrack: command not found\n').told).toEqual([]);
  });
});

describe("eBPF's list", () => {
  it('as JSON has the service between the two', () => {
    const list = [
      { type: 'normal', proto: 'TCP', src: '10.48.0.130:1000', dst: '10.48.0.200:80', flags: [], active_ago: '1s' },
      {
        ...{ type: 'nat', proto: 'TCP', src: '10.48.0.130:40000', dst: '10.48.0.200:8080', orig_dst: '10.96.0.10:80' },
        ...{ flags: ['out'], active_ago: '1.5s', tcp_state: 'ESTABLISHED' },
      },
      {
        ...{ type: 'nat', proto: 'UDP', src: '[fd00::1]:61000', dst: '[fd00::2]:53', orig_dst: '[fd96::a]:53' },
        ...{ orig_src_port: 5000, flags: [], active_ago: '9s' },
      },
    ];
    const { topology, told } = read(`${JSON.stringify(list, null, 2)}\n`, 'control1/bpf-conntrack.json');
    expect(told).toEqual([
      '6 10.48.0.130:40000 10.96.0.10:80 > 10.48.0.130:40000 10.48.0.200:8080',
      '17 fd00::1:5000 fd96::a:53 > fd00::1:61000 fd00::2:53',
    ]);
    expect(issueCodes(topology)).toEqual([]);
  });

  it('as text too', () => {
    const text = [
      'TCP 10.48.0.130:40000 -> 10.96.0.10:80 -> 10.48.0.200:8080  Active ago 1.5s ESTABLISHED',
      'TCP 10.48.0.130:1000 -> 10.48.0.200:80  Active ago 8.1s CLOSED',
      'UDP 10.0.1.9:700 -> 10.0.1.20:30053 -> 10.48.0.200:53 external client, service forwarded to/from 10.0.1.30  Active ago 2s',
      'ICMP 10.48.0.130:7 -> 10.48.0.200:0  Active ago 2s',
    ];
    expect(read(`${text.join('\n')}\n`, 'control1/bpf-conntrack.txt').told).toEqual([
      '6 10.48.0.130:40000 10.96.0.10:80 > 10.48.0.130:40000 10.48.0.200:8080',
      '17 10.0.1.9:700 10.0.1.20:30053 > 10.0.1.9:700 10.48.0.200:53',
    ]);
  });
});
