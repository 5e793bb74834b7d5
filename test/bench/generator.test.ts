// Made captures, read by the program and by hand: conversations are healthy, as many as were asked for, and carried as asked.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../src/verdict/trace-types.ts';
import { runCli } from '../support/run-cli.ts';
import { everyNth } from '../support/whole-matrix.ts';
import { internetChecksum } from '../worlds/frames.ts';
import { captureBytes } from './generate/capture.ts';
import { CARRIERS, type CaptureOptions, type Carrier, captureOptions } from './generate/options.ts';
import { writeSnapshot } from './generate/snapshot.ts';
import { writeCapture } from './generate/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-generator-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SMALL = { packets: 1_500, flows: 100, nodes: 5, pods: 60, fragments: 0 };

function only(carrier: Carrier): CaptureOptions['shares'] {
  return { vxlan: 0, plain: 0, ipip: 0, ipv6: 0, [carrier]: 1 };
}

function bytesOf(partial: Partial<CaptureOptions>): Buffer {
  return Buffer.concat(Array.from(captureBytes(captureOptions(partial)), (piece) => Buffer.from(piece)));
}

/** What is said of a flow in JSON beside what was traced. */
type FlowAnswer = TracedFlow & { state: string | null; resent: number | null };

interface Answer {
  flows: FlowAnswer[];
  summary: Record<string, number>;
  captures: { complete: boolean; outcomes: Record<string, number>; warnings: unknown[] }[];
  causes: { code: string }[];
}

let made = 0;

async function written(partial: Partial<CaptureOptions>, gzip = false): Promise<string[]> {
  const options = captureOptions(partial);
  const [capture, snapshot] = [join(folder, `${++made}.pcap${gzip ? '.gz' : ''}`), join(folder, `snapshot-${made}`)];
  await writeCapture({ path: capture, gzip }, options);
  writeSnapshot(snapshot, options);
  return [capture, '-t', snapshot];
}

async function traced(partial: Partial<CaptureOptions>, gzip = false): Promise<Answer> {
  const { stdout } = await runCli(['trace', ...(await written(partial, gzip)), '-o', 'json']);
  return JSON.parse(stdout) as Answer;
}

/** What a healthy flow of a made capture is not. */
function unhealthy(flow: FlowAnswer): string[] {
  const { verdict, outcome, state, resent, tcp } = flow;
  const wrong: string[] = [];
  if (verdict !== 'ok') wrong.push(`verdict ${verdict}`);
  if (outcome !== 'answered') wrong.push(`outcome ${outcome}`);
  if (resent !== null && resent !== 0) wrong.push(`${resent} resent`);
  if (tcp !== null && (tcp.retransmissions > 0 || tcp.rst > 0 || !tcp.handshake)) wrong.push('TCP');
  if (state !== null && state !== 'closed' && state !== 'open') wrong.push(`state ${state}`);
  return wrong;
}

describe('a made capture', () => {
  const carriers: [Carrier, string][] = [
    ['vxlan', 'vxlan'],
    ['plain', 'none'],
    ['ipip', 'ipip'],
    ['ipv6', 'vxlan'],
  ];
  it.each(carriers)(
    'has only healthy conversations, all by the carrier asked for: %s',
    async (carrier, encapsulation) => {
      const { flows, summary, captures, causes } = await traced({ ...SMALL, shares: only(carrier) });
      expect(flows.flatMap(unhealthy)).toEqual([]);
      expect(new Set(flows.map(({ observed }) => observed.encapsulation))).toEqual(new Set([encapsulation]));
      expect(new Set(flows.map(({ src }) => src.ip.includes(':')))).toEqual(new Set([carrier === 'ipv6']));
      expect(summary).toMatchObject({ packets: SMALL.packets, conversations: SMALL.flows, flows: 2 * SMALL.flows });
      expect(flows.reduce((sum, { packets }) => sum + packets, 0)).toBe(SMALL.packets);
      expect(captures[0]?.outcomes).toMatchObject({ complete: SMALL.packets });
      expect([causes, captures[0]?.warnings]).toEqual([[], []]);
    },
  );

  it.each(everyNth([1, 2, 3], 2))('of all carriers, with seed %i, is what the pools ask for', async (seed) => {
    const { flows, summary } = await traced({ ...SMALL, seed, flows: 200 });
    expect(flows.flatMap(unhealthy)).toEqual([]);
    expect(summary).toMatchObject({ packets: SMALL.packets, conversations: 200, ok: 400 });
    expect(new Set(flows.map(({ observed }) => observed.encapsulation))).toEqual(new Set(['vxlan', 'none', 'ipip']));
    expect(new Set(flows.map(({ protocol }) => protocol))).toEqual(new Set(['tcp', 'udp']));
  });

  it('has pods at both ends, on the nodes that the tunnel runs between', async () => {
    const { flows } = await traced({ ...SMALL, shares: only('vxlan') });
    const address = (node: string | null): string => `172.16.0.${10 + Number(node?.slice('node'.length))}`;
    expect(flows.filter(({ src, dst }) => src.kind !== 'pod' || dst.kind !== 'pod' || src.node === dst.node)).toEqual(
      [],
    );
    const other = flows.filter(
      ({ src, dst, observed }) => observed.outerSrc !== address(src.node) || observed.outerDst !== address(dst.node),
    );
    expect(other).toEqual([]);
  });

  it('passes verify, and so do one of three nodes, of many nodes with ten pods, and of mostly IPv6', async () => {
    const variants: Partial<CaptureOptions>[] = [
      {},
      { nodes: 3 },
      { nodes: 300, pods: 10 },
      { shares: { ...only('ipv6'), plain: 0.1 } },
    ];
    for (const variant of variants) {
      const { code, stdout } = await runCli(['verify', ...(await written({ ...SMALL, ...variant }))]);
      expect([JSON.stringify(variant), code, stdout.split(' ')[0]]).toEqual([JSON.stringify(variant), 0, 'PASS']);
    }
  });

  it('has outer fragments where asked for, and no conversation is less healthy for it', async () => {
    const { flows, summary, causes } = await traced({ ...SMALL, shares: only('vxlan'), fragments: 0.5 });
    expect(flows.flatMap(unhealthy)).toEqual([]);
    expect(summary).toMatchObject({ packets: SMALL.packets, conversations: SMALL.flows });
    expect(new Set(causes.map(({ code }) => code))).toEqual(new Set(['outer-fragmented']));
  });

  it('tells the same as pcapng, with gzip, and cut after the headers', async () => {
    const shape = ({ flows }: Answer): string[] =>
      flows.map(({ src, dst, packets, bytes, outcome }) =>
        JSON.stringify([src.ip, src.port, dst.ip, dst.port, packets, bytes, outcome]),
      );
    const whole = shape(await traced(SMALL));
    expect(shape(await traced({ ...SMALL, format: 'pcapng' }))).toEqual(whole);
    expect(shape(await traced(SMALL, true))).toEqual(whole);
    expect(shape(await traced({ ...SMALL, snaplen: 160 }))).toEqual(whole);
  });

  it('has answers to all questions of DNS', async () => {
    const { flows } = await traced({ ...SMALL, dns: 1, udp: 0, packets: 1_000 });
    const dns = flows.filter(({ src, dst }) => src.port === 53 || dst.port === 53);
    // the last conversation is TCP, and takes the packets that are left
    expect(dns.length).toBe(2 * (SMALL.flows - 1));
    expect(dns.flatMap(unhealthy)).toEqual([]);
  });

  it('is made of its options: the same seed gives the same bytes, another one does not', async () => {
    expect(bytesOf(SMALL).equals(bytesOf(SMALL))).toBe(true);
    expect(bytesOf({ ...SMALL, seed: 2 }).equals(bytesOf(SMALL))).toBe(false);
    const [plain = '', zipped = ''] = [(await written(SMALL))[0], (await written(SMALL, true))[0]];
    expect(readFileSync(plain).equals(bytesOf(SMALL))).toBe(true);
    expect(gunzipSync(readFileSync(zipped)).equals(bytesOf(SMALL))).toBe(true);
  });

  it('keeps no packet back when pieces are many', () => {
    const packets = 10_000;
    const options = captureOptions({ packets, flows: 100, payloads: [8_900], fragments: 0 });
    let pieces = 0;
    for (const _ of captureBytes(options)) pieces++;
    expect(pieces).toBeGreaterThan(10);
    expect(recordsOf(bytesOf(options))).toHaveLength(packets);
  });
});

describe('its bytes', () => {
  it('have right checksums in every header', () => {
    const wrong: string[] = [];
    for (const carrier of CARRIERS) {
      for (const frame of recordsOf(bytesOf({ ...SMALL, shares: only(carrier), payloads: [1, 40, 333, 1350] })))
        wrong.push(...wrongChecksums(frame.subarray(14), carrier));
    }
    expect(wrong).toEqual([]);
  });
});

describe('options', () => {
  it.each([
    [{ packets: 100, flows: 50 }, 'a flow has 3 packets or more'],
    [{ nodes: 1 }, '2 to 1000 nodes'],
    [{ pods: 5 }, '8 to 100000 pods'],
    [{ dns: 0.7, udp: 0.7 }, 'the shares of DNS and UDP are more than all flows'],
    [{ packets: 1.5 }, 'counts are whole numbers from 1 on'],
    [{ shares: { vxlan: 0, plain: 0, ipip: 0, ipv6: 0 } }, 'no carrier has a share'],
  ] as [Partial<CaptureOptions>, string][])('%j: %s', (partial, message) => {
    expect(() => captureOptions(partial)).toThrow(new RangeError(message));
  });
});

/** Frames of a pcap file, read by hand. */
function recordsOf(file: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 24; at < file.length; ) {
    const length = file.readUInt32LE(at + 8);
    frames.push(file.subarray(at + 16, at + 16 + length));
    at += 16 + length;
  }
  return frames;
}

/** What is wrong in an IP packet and in those it carries: a sum with its own checksum in it is 0 (RFC 1071). */
function wrongChecksums(packet: Buffer, where: string): string[] {
  const isV6 = packet[0] === 0x60;
  const [header, protocol] = isV6 ? [40, packet[6]] : [20, packet[9]];
  const content = packet.subarray(header);
  const wrong = isV6 || internetChecksum(packet.subarray(0, header)) === 0 ? [] : [`${where}: IPv4`];
  if (protocol === 4) return [...wrong, ...wrongChecksums(content, where)];
  const addresses = isV6 ? packet.subarray(8, 40) : packet.subarray(12, 20);
  const pseudo = Buffer.from([0, protocol ?? 0, content.length >> 8, content.length & 255]);
  const isVxlan = protocol === 17 && content.readUInt16BE(2) === 4789;
  const hasNone = isVxlan && content.readUInt16BE(6) === 0;
  if (!hasNone && internetChecksum(addresses, pseudo, content) !== 0) wrong.push(`${where}: protocol ${protocol}`);
  if (hasNone && isV6) wrong.push(`${where}: UDP over IPv6 without a checksum`);
  return isVxlan ? [...wrong, ...wrongChecksums(content.subarray(8 + 8 + 14), where)] : wrong;
}
