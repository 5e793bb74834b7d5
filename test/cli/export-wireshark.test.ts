// `overlens export wireshark`: every packet as it was, named and judged; read back by a parser that shares nothing with the program, and by what
// tshark made of the same files (test/golden/wireshark).
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildPcap,
  buildPcapng,
  interfaceBlock,
  packetBlock,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../support/capture-builder.ts';
import { arp as arpRequest, ethernet, hex } from '../support/packet-builder.ts';
import { blocksOf, interfacesOf, type PlainBlock, packetsOf, textOf } from '../support/plain-pcapng.ts';
import { readCapture } from '../support/read-packets.ts';
import { runCli } from '../support/run-cli.ts';
import { annotated, capturesIn, commentsOf, kit, ROOT, scratch } from '../support/wireshark-kit.ts';

const DATA = hex('00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee');

/** Addresses and names of the name resolution blocks (section 4.5 of the draft). */
function namesOf(blocks: readonly PlainBlock[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { body } of blocks.filter(({ type }) => type === 4)) {
    for (let at = 0; body.readUInt16LE(at) !== 0; ) {
      const length = body.readUInt16LE(at + 2);
      const size = body.readUInt16LE(at) === 1 ? 4 : 16;
      const address = body.subarray(at + 4, at + 4 + size);
      const text = size === 4 ? address.join('.') : address.toString('hex');
      names.set(text, body.subarray(at + 4 + size, at + 3 + length).toString('utf8'));
      at += 4 + Math.ceil(length / 4) * 4;
    }
  }
  return names;
}

describe.each(['06-any-interface', '08-stale-fdb', '15-wireguard'])('%s', (sample) => {
  const captures = capturesIn(`${ROOT}samples/${sample}`);
  const snapshot = ['-t', `${ROOT}samples/${sample}/topology`];

  it('has every packet with its bytes, times and lengths', async () => {
    const { folder } = await kit(captures, ...snapshot);
    for (const capture of captures) {
      const [before, after] = [await readCapture(capture), await readCapture(annotated(folder, capture))];
      expect(after.packets).toEqual(before.packets);
      const kept = ({ linkType, snaplen, timeDigits }: (typeof before.info.interfaces)[number]) => [
        linkType,
        snaplen,
        timeDigits,
      ];
      expect(after.info.interfaces.map(kept)).toEqual(before.info.interfaces.map(kept));
    }
  });

  it('is judged as the captures are that it was made of', async () => {
    const { folder } = await kit(captures, ...snapshot);
    const verdicts = async (paths: readonly string[]): Promise<unknown> => {
      const { stdout } = await runCli(['trace', ...paths, ...snapshot, '-o', 'json']);
      const { flows, summary } = JSON.parse(stdout);
      return {
        summary,
        flows: flows.map((flow: Record<string, unknown>) => [
          flow['verdict'],
          flow['src'],
          flow['dst'],
          flow['packets'],
        ]),
      };
    };
    expect(await verdicts(captures.map((capture) => annotated(folder, capture)))).toEqual(await verdicts(captures));
  });
});

describe('names', () => {
  const captures = capturesIn(`${ROOT}samples/08-stale-fdb`);
  const snapshot = ['-t', `${ROOT}samples/08-stale-fdb/topology`];

  it('are those of pods, nodes and tunnel addresses, in the capture and in the profile', async () => {
    const { folder } = await kit(captures, ...snapshot);
    const names = namesOf(blocksOf(readFileSync(annotated(folder, captures[0] ?? ''))));
    expect(names.get('10.48.0.130')).toBe('yaobank/customer-687b8d8f74-lmzqz');
    expect(names.get('10.0.1.20')).toBe('ip-10-0-1-20.eu-west-1.compute.internal');
    expect(names.get('10.48.0.135')).toBe('ip-10-0-1-20.eu-west-1.compute.internal(tunnel)');
    const hosts = readFileSync(join(folder, 'profiles/overlens/hosts'), 'utf8');
    expect(hosts.trimEnd().split('\n')).toEqual([...names].map(([address, name]) => `${address}\t${name}`));
    for (const line of hosts.trimEnd().split('\n')) expect(line).toMatch(/^[0-9a-f.:]+\t[!-~]+$/);
  });

  it('are the address and the node where the snapshot knows no more of a pod', async () => {
    const topology = `${ROOT}samples/08-stale-fdb/topology`;
    const without = readdirSync(topology).filter((name) => !name.startsWith('pods'));
    const { folder } = await kit(captures, ...without.flatMap((name) => ['-t', join(topology, name)]));
    const names = namesOf(blocksOf(readFileSync(annotated(folder, captures[0] ?? ''))));
    expect(names.get('10.48.0.130')).toBe('10.48.0.130(ip-10-0-1-20.eu-west-1.compute.internal)');
  });

  it('hold neither blanks nor what begins a comment, whatever the snapshot calls things', async () => {
    const odd = join(scratch(), 'pods.yaml');
    const pod = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { namespace: 'shop', name: 'a #b\u001b[31m\nc' },
      spec: { nodeName: 'n' },
      status: { podIP: '10.48.0.130', phase: 'Running' },
    };
    writeFileSync(odd, JSON.stringify(pod));
    const { folder } = await kit(captures, '-t', odd);
    for (const line of readFileSync(join(folder, 'profiles/overlens/hosts'), 'utf8').split('\n'))
      expect(line).toMatch(/^$|^[0-9.]+\t[!-"$-~]+$/);
  });

  it('of interfaces are the device, its node and its role', async () => {
    const { folder } = await kit(captures, ...snapshot);
    const [one] = interfacesOf(blocksOf(readFileSync(annotated(folder, captures[0] ?? ''))));
    expect([textOf(one?.options ?? [], 2), textOf(one?.options ?? [], 3)]).toEqual([
      'ens5',
      'node ip-10-0-1-20.eu-west-1.compute.internal, underlay',
    ]);
  });
});

describe('a pcapng', () => {
  it('keeps interfaces with their numbers, packets without a time, drops and clocks', async () => {
    const input = join(scratch(), 'odd.pcapng');
    const units = (1_700_000_000n << 20n) + 4711n;
    writeFileSync(
      input,
      buildPcapng([
        sectionBlock({ bigEndian: true }),
        interfaceBlock({ name: 'lo', description: 'first', snaplen: 64 }),
        interfaceBlock({ name: 'eth0', resolution: 0x80 | 20 }),
        packetBlock({ data: DATA, interface: 1, units }),
        simplePacketBlock(DATA),
        statisticsBlock({ interface: 1, ifdrop: 7n }),
      ]),
    );
    const { folder } = await kit([input]);
    const output = annotated(folder, input);
    const [before, after] = [await readCapture(input), await readCapture(output)];
    expect(after.packets).toEqual(before.packets);
    expect(after.info.interfaces.map(({ name, dropped }) => [name, dropped])).toEqual([
      ['lo', null],
      ['eth0', 7],
    ]);
    expect(packetsOf(blocksOf(readFileSync(output)))[0]?.units).toBe(units);
    expect(textOf(interfacesOf(blocksOf(readFileSync(output)))[0]?.options ?? [], 3)).toBe('first');
  });
});

describe('the profile', () => {
  it('has no file of names without a name: tshark says that it cannot be read', async () => {
    const arp = join(scratch(), 'arp.pcap');
    writeFileSync(arp, buildPcap([{ data: ethernet({ type: 0x0806 }, arpRequest()) }]));
    const { folder } = await kit([arp]);
    const profile = join(folder, 'profiles/overlens');
    expect(readdirSync(profile).sort()).toEqual([
      'colorfilters',
      'decode_as_entries',
      'dfilter_buttons',
      'preferences',
    ]);
  });

  it('keeps no names of a run before', async () => {
    const folder = scratch();
    const capture = `${ROOT}samples/08-stale-fdb/ip-10-0-1-20-ens5.pcap`;
    await runCli(['export', 'wireshark', capture, '-t', `${ROOT}samples/08-stale-fdb/topology`, '-w', folder]);
    await runCli(['export', 'wireshark', capture, '-w', folder]);
    expect(existsSync(join(folder, 'profiles/overlens/hosts'))).toBe(false);
  });
});

describe('the folder', () => {
  const captures = capturesIn(`${ROOT}samples/08-stale-fdb`);

  it('has one capture of each, a profile and what to do with them; stdout lists them', async () => {
    const { folder, stdout } = await kit(captures, '-t', `${ROOT}samples/08-stale-fdb/topology`);
    expect(readdirSync(folder).sort()).toEqual(
      ['README.txt', ...captures.map((path) => basename(annotated('', path))), 'profiles'].sort(),
    );
    expect(readdirSync(join(folder, 'profiles/overlens')).sort()).toEqual([
      'colorfilters',
      'decode_as_entries',
      'dfilter_buttons',
      'ethers',
      'hosts',
      'preferences',
      'subnets',
    ]);
    expect(stdout.replaceAll(folder, 'kit')).toBe(
      'kit/ip-10-0-1-20-ens5.overlens.pcapng: 33 packets, 13 with a comment\n' +
        'kit/ip-10-0-1-30-ens5.overlens.pcapng: 14 packets, 0 with a comment\n' +
        'kit/ip-10-0-1-31-ens5.overlens.pcapng: 36 packets, 13 with a comment\n' +
        'kit/profiles/overlens: names of 14 addresses, 9 MACs and 5 networks\n',
    );
  });

  it('holds what fits where filters are given', async () => {
    const { stdout } = await kit(captures.slice(0, 1), '--protocol', 'icmp');
    expect(stdout).toMatch(/^\S+: \d+ packets, /);
    expect(stdout).not.toContain(' 33 packets');
  });

  it('is asked for, is for a tool that is known, and is never one that is read', async () => {
    const run = async (...argv: string[]): Promise<string> => {
      const { code, stderr } = await runCli(['export', ...argv]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await run('wireshark', captures[0] ?? '')).toContain('no folder to write to');
    expect(await run('wiresharc', captures[0] ?? '', '-w', 'kit')).toContain('wireshark');
    const read = join(scratch(), 'captures');
    mkdirSync(read);
    writeFileSync(join(read, 'a.pcap'), readFileSync(captures[0] ?? ''));
    expect(await run('wireshark', read, '-w', join(read, 'kit'))).toContain('is read, and would be changed by it');
    expect(existsSync(join(read, 'kit'))).toBe(false);
  });

  it('has what could be read of a damaged capture, and the exit code says so', async () => {
    const folder = scratch();
    const damaged = `${ROOT}test/fixtures/bad/captured-length-forged.pcap`;
    const { code, stderr } = await runCli(['export', 'wireshark', damaged, captures[0] ?? '', '-w', folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('captured-length-forged.pcap: packet')]);
    expect(commentsOf(join(folder, 'captured-length-forged.overlens.pcapng')).length).toBe(
      (await readCapture(damaged)).packets.length,
    );
  });
});
