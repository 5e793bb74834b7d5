// The same answer for any order of files, any split into pieces, either reader: one of them per world, in turn.

import type { Topology } from '../../../src/topology/model.ts';
import { traceCaptures } from '../../../src/trace.ts';
import type { PacketRange, Trace } from '../../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import { isPlainClassic, pieceFiles } from '../capture/files.ts';
import { type World, writeCaptures } from '../world.ts';
import { countedOf, keyOf } from './check-flows.ts';
import { type Lie, lieOf } from './lies.ts';

export interface Given {
  captures: readonly string[];
  topology: Topology;
  trace: Trace;
  report: VerifyReport;
  folder: string;
}

export async function checkVariant(world: World, given: Given): Promise<Lie[]> {
  const turn = world.seed % 3;
  if (turn === 0) return compare(world, given, 'file-order', { captures: [...given.captures].reverse() });
  if (turn === 1) return compare(world, given, 'split', { captures: splitOne(world, given) });
  if (!world.files.every(isPlainClassic)) return [];
  return compare(world, given, 'reader', { captures: [...given.captures], reader: 'pcap-parser' });
}

/** The largest file in two. */
function splitOne(world: World, { captures, folder }: Given): string[] {
  const largest = world.files.reduce((a, b) => (b.written.length > a.written.length ? b : a));
  const random = world.scene.random.fork('split');
  if (largest.written.length < 2) return [...captures];
  const tap = { ...largest.tap, written: [...largest.written] };
  const parts = pieceFiles(world.scene, tap, { name: largest.name, pieces: 2, random });
  const index = world.files.indexOf(largest);
  const paths = writeCaptures(parts, folder);
  return captures.flatMap((path, i) => (i === index ? paths : [path]));
}

async function compare(
  world: World,
  { topology, trace, report }: Given,
  kind: 'file-order' | 'split' | 'reader',
  options: { captures: string[]; reader?: 'pcap-parser' },
): Promise<Lie[]> {
  const other = await traceCaptures({ ...options, topology });
  const second = verifyTrace(other, { expect: 'config', pools: [], strict: false, topology });
  const [one, two] = [answerOf(trace, report), answerOf(other, second)];
  for (const [key, { line, packets }] of one) {
    const again = two.get(key);
    if (again?.line === line && overlap(packets, again.packets)) continue;
    const truth = world.scene.flows.get(key) ?? null;
    const detail = `${key}: ${textOf({ line, packets })}, then ${again === undefined ? 'nothing' : textOf(again)}`;
    return [lieOf(kind, detail, { world, truth, traced: null, report })];
  }
  const extra = [...two.keys()].find((key) => !one.has(key));
  if (extra === undefined) return [];
  return [lieOf(kind, `${extra}: nothing, then ${two.get(extra)?.line}`, { world, truth: null, traced: null, report })];
}

/** What must not change of a flow: its words, and of its packets what they may be. */
interface Answer {
  line: string;
  packets: PacketRange;
}

function overlap(a: PacketRange, b: PacketRange): boolean {
  return a.least <= b.most && b.least <= a.most;
}

function textOf({ line, packets }: Answer): string {
  return `${line} | ${packets.least} to ${packets.most} packets`;
}

function answerOf(trace: Trace, report: VerifyReport): Map<string, Answer> {
  const result = `${report.result} ${[...report.undecided].sort().join(' ')}`;
  const answer = new Map<string, Answer>([['verify', { line: result, packets: { least: 0, most: 0 } }]]);
  for (const flow of trace.flows()) {
    const { src, dst, verdict, unverified, observed, expected, findings } = flow;
    const frames = flow.observations.reduce((sum, one) => sum + one.packets, 0);
    const codes = [...new Set(findings.map(({ code }) => code))].sort();
    const ends = [src, dst].map((end) => `${end.kind} ${end.node} ${end.pod} ${end.pool}`);
    const wire = `${observed.encapsulation} ${expected.encapsulation} ${expected.reason}`;
    const line = [verdict, unverified?.reason ?? '', wire, ...ends, ...codes, `${frames} frames`].join(' | ');
    answer.set(keyOf(flow), { line, packets: countedOf(flow) });
  }
  return answer;
}
