// What rows say beside "answered", the number they are sorted by, and that names out of packets reach the terminal escaped.
import { describe, expect, it } from 'vitest';
import type { RenderOptions, SortKey } from '../../../src/render/text/render-options.ts';
import { renderTable } from '../../../src/render/trace/trace-table.ts';
import { renderWide } from '../../../src/render/trace/wide.ts';
import type { Trace } from '../../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import { clusterDocuments, ip, NODE, POD, SYN, tcpPacket, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const BACK = { from: NODE.b, to: NODE.a };
const OPTIONS: RenderOptions = { width: 120, fit: false, color: false, all: false, top: 40, sort: 'problem' };

const at = (time: number, data: Uint8Array): BuiltPacket => ({
  data,
  seconds: 1000 + Math.floor(time),
  nanos: Math.round((time % 1) * 1e9),
});
const ping = (seq: number, { type = 8, from = POD.a as string, to = POD.b as string } = {}): Uint8Array =>
  ip({ src: from, dst: to, transport: build.icmpEcho({ type, seq }) });
const pong = (seq: number): Uint8Array => ping(seq, { type: 0, from: POD.b, to: POD.a });
const segment = (values: Parameters<typeof build.tcp>[0], bytes = 0): Uint8Array =>
  vxlan(tcpPacket({ src: POD.a, dst: POD.b }, values, new Uint8Array(bytes)));
const answer = (values: Parameters<typeof build.tcp>[0], bytes = 0): Uint8Array =>
  vxlan(tcpPacket({ src: POD.b, dst: POD.a }, { srcport: 80, dstport: 40000, ...values }, new Uint8Array(bytes)), BACK);
const opened = [
  at(0, segment({ ...SYN, seq_raw: 100 })),
  at(0.001, answer({ 'flags.syn': true, seq_raw: 500, ack_raw: 101 })),
  at(0.002, segment({ seq_raw: 101, ack_raw: 501 }, 10)),
];

const trace = (frames: readonly BuiltPacket[]): Promise<Trace> => traceFrames([{ frames }], TOPOLOGY);
const table = async (frames: readonly BuiltPacket[], sort: SortKey = 'problem', width = 120): Promise<string> =>
  [...renderTable(await trace(frames), { ...OPTIONS, sort, width })].join('');

describe('the outcome of a row', () => {
  it('says how many questions were answered, of both sides', async () => {
    const some = [
      at(0, vxlan(ping(1))),
      at(0.01, vxlan(pong(1), BACK)),
      at(1, vxlan(ping(2))),
      at(2, vxlan(ping(3))),
      at(2.01, vxlan(pong(3), BACK)),
    ];
    expect(await table(some)).toContain('  2 of 3 answered\n');
    const opposite = ping(7, { from: POD.b, to: POD.a });
    expect(await table([at(0, vxlan(ping(1))), at(1, vxlan(opposite, BACK)), at(2, vxlan(ping(2)))])).toContain(
      '0 of 2 answered, 0 of 1 back',
    );
  });

  it('says that an answer was slow, who reset it, what was sent again', async () => {
    const late = at(1.3, answer({ seq_raw: 501, ack_raw: 111 }, 5));
    expect(await table([...opened, late])).toContain('answered, slow (1.3 s)');
    const reset = at(0.01, answer({ 'flags.reset': true, seq_raw: 501, ack_raw: 111 }));
    expect(await table([...opened, reset])).toContain('answered, reset by pod-b');
    const again = at(0.5, segment({ seq_raw: 101, ack_raw: 501 }, 10));
    expect(await table([...opened, again])).toContain('answered, 1 resent');
  });
});

describe('--sort', () => {
  it.each([
    ['bytes', 'BYTES'],
    ['duration', 'DURATION'],
    ['rtt', 'RTT'],
    ['first-byte', 'FIRST BYTE'],
    ['resent', 'RESENT'],
    ['rate', 'BYTES/S'],
  ] as const)('%s shows the number it sorts by, at any width', async (sort, title) => {
    for (const width of [80, 120])
      expect(await table(opened, sort, width)).toMatch(new RegExp(`PACKETS +${title} +OUTCOME`));
    expect(await table(opened)).not.toContain(title);
  });

  it('puts the largest first, and what has no such number last', async () => {
    const slow = [at(3, vxlan(ping(1))), at(3.5, vxlan(pong(1), BACK))];
    const plain = at(
      4,
      vxlan(ip({ src: POD.a, dst: POD.c, proto: 17, transport: build.udp({ dstport: 9 }) }), { to: NODE.c }),
    );
    const rows = (await table([plain, ...opened, ...slow], 'rtt'))
      .split('\n')
      .filter((line) => /(ms| -) +(answered|one-way)/.test(line));
    expect(rows.map((row) => /(icmp|tcp|udp)/.exec(row)?.[1])).toEqual(['icmp', 'tcp', 'udp']);
  });
});

describe('names out of DNS queries', () => {
  it('never reach the terminal as they are', async () => {
    const name = [4, 0x1b, 0x5b, 0x32, 0x4a, 2, 0x0a, 0x9b, 0];
    const query = Uint8Array.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1]);
    const packet = ip({
      src: POD.a,
      dst: POD.b,
      proto: 17,
      transport: build.udp({ srcport: 4000, dstport: 53 }, query),
    });
    const found = await trace([at(0, vxlan(packet)), at(3, vxlan(ping(1))), at(3.1, vxlan(pong(1), BACK))]);
    const printed = [...renderWide(found, OPTIONS), ...renderTable(found, OPTIONS)].join('');
    expect(printed).toContain('\\x1b[2J');
    expect(printed).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });
});
