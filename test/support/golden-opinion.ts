// What capinfos, tshark and tcpdump read of a file (test/support/capinfos-golden.py), and the same as this program reads it.
import { readFileSync } from 'node:fs';
import { traceCaptures } from '../../src/trace.ts';
import { CATALOG } from '../../src/wire/catalog.ts';
import { observationRows, rowKey, sumRows, type TsharkRow } from './observation-rows.ts';
import { readCapture } from './read-packets.ts';
import { runCli } from './run-cli.ts';

export interface Opinion {
  capture: string;
  sha256: string;
  capinfos: { type: string | null; packets: number; damage: string | null };
  tcpdump: { packets: number; damage: string | null };
  framesWithoutFlow: number;
  /** Seconds with nine digits, bytes on the wire, bytes in the file, protocols joined by colons. */
  packets: [time: string, original: number, captured: number, protocols: string][];
  observations: TsharkRow[];
}

export function readOpinion(path: string): Opinion {
  return JSON.parse(readFileSync(path, 'utf8')) as Opinion;
}

/** Everything that the three tools and this program say differently about a file, in words; the packet's number in front. */
export async function differences(path: string, opinion: Opinion): Promise<string[]> {
  const { capinfos, tcpdump, packets } = opinion;
  const read = await readCapture(path).catch((error: Error) => error);
  if (read instanceof Error) {
    const bothRefuse = capinfos.packets === 0 && capinfos.damage !== null;
    return bothRefuse ? [] : [`refused: ${read.message.replace(path, 'FILE')}`, ...counts(0, opinion)];
  }
  const own = read.packets.map(({ seconds, nanos, original, data }) =>
    [Number.isNaN(seconds) ? '' : `${seconds}.${String(nanos).padStart(9, '0')}`, original, data.length / 2].join(' '),
  );
  const shown = packets.filter(isPacket).map(([time, original, captured]) => [time, original, captured].join(' '));
  const found = [...counts(own.length, { capinfos, tcpdump }), ...lineDifferences(own, shown)];
  if (read.info.complete !== (capinfos.damage === null)) found.push(`complete: ${read.info.complete}`);
  if (own.length === shown.length)
    found.push(...lineDifferences(await protocolsOf(path), packets.filter(isPacket).map(knownProtocols)));
  return own.length === 0 ? found : [...found, ...(await conversationDifferences(path, opinion))];
}

/** pcapng blocks that hold no packet are frames for tshark, of no link type. */
function isPacket([, , , protocols]: Opinion['packets'][number]): boolean {
  return protocols !== 'data';
}

function counts(own: number, { capinfos, tcpdump }: Pick<Opinion, 'capinfos' | 'tcpdump'>): string[] {
  const found: string[] = [];
  if (own !== capinfos.packets) found.push(`${own} packets, by capinfos ${capinfos.packets}`);
  if (own !== tcpdump.packets) found.push(`${own} packets, by tcpdump ${tcpdump.packets}`);
  return found;
}

function lineDifferences(own: readonly string[], shown: readonly string[]): string[] {
  return Array.from({ length: Math.max(own.length, shown.length) }, (_, i) => [own[i], shown[i]]).flatMap(
    ([a, b], i) => (a === b ? [] : [`${i + 1}: ${a}, by tshark ${b}`]),
  );
}

const DECODED: ReadonlySet<string> = new Set(CATALOG.map((entry) => entry.protocol));

/** Layers that decode has, in its names: no application, and nothing that an ICMP error quotes. */
function knownProtocols([, , , protocols]: Opinion['packets'][number]): string {
  const known = protocols.split(':').filter((name) => DECODED.has(name));
  const quoted = known.findIndex((name) => name === 'icmp' || name === 'icmpv6');
  return (quoted < 0 ? known : known.slice(0, quoted + 1)).join(':');
}

async function protocolsOf(path: string): Promise<string[]> {
  const { stdout } = await runCli(['decode', path, '-o', 'json']);
  const packets = stdout.split('\n').filter((line) => line !== '');
  return packets.map((line) => {
    const { layers } = JSON.parse(line) as { layers: { protocol: string }[] };
    return layers.flatMap(({ protocol }) => (DECODED.has(protocol) ? [protocol] : [])).join(':');
  });
}

async function conversationDifferences(path: string, opinion: Opinion): Promise<string[]> {
  const trace = await traceCaptures({ captures: [path], topology: null });
  const own = new Map(observationRows(trace));
  const shown = new Map(sumRows(opinion.observations.map((row) => [rowKey(row), row.frames])));
  const found: string[] = [];
  for (const key of new Set([...own.keys(), ...shown.keys()])) {
    const [ours, theirs] = [own.get(key) ?? 0, shown.get(key) ?? 0];
    if (ours !== theirs) found.push(`${key}: ${ours} packets, by tshark ${theirs}`);
  }
  const inFlows = [...own.values()].reduce((sum, count) => sum + count, 0);
  const without = (trace.captures[0]?.packets ?? 0) - inFlows;
  if (without !== opinion.framesWithoutFlow)
    found.push(`${without} in no flow, by tshark ${opinion.framesWithoutFlow}`);
  return found;
}
