// One world through the program, and everything that must hold of its answer.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildTopology } from '../../../src/topology/build.ts';
import { traceCaptures } from '../../../src/trace.ts';
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { suspectNics } from '../../../src/verdict/verify/undecided-flows.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';

import type { FeatureSet } from '../features.ts';
import { documentsOf, makeWorld, type World, writeCaptures } from '../world.ts';
import { checkClocks } from './check-clocks.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkFlows } from './check-flows.ts';
import { checkPlaces } from './check-places.ts';
import { checkVariant } from './check-variants.ts';
import { type Shown, shownFault } from './found.ts';
import { type Lie, lieOf } from './lies.ts';
import { isLive } from './liveness.ts';
import { isKnowable, type View, viewOf } from './view.ts';

export interface Outcome {
  seed: number;
  flows: number;
  packets: number;
  lies: readonly Lie[];
  /** Flows of which the program does not know the number of packets; whether some capture is a merge. */
  doubts: number;
  merged: boolean;
  /** Whether it had to pass, by what the snapshot knows; null where nothing is promised. */
  live: { pods: boolean; passed: boolean } | null;
  /** A fault of delivery that the captures could show; null without. */
  shown: Shown | null;
}

/** A folder of this process, for the captures of one world after the other. */
export function workFolder(): string {
  const base = join(tmpdir(), 'overlens-worlds');
  mkdirSync(base, { recursive: true });
  return mkdtempSync(join(base, 'run-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export async function checkSeed(seed: number, folder: string, only: FeatureSet | null = null): Promise<Outcome> {
  return checkWorld(makeWorld(seed, only), folder);
}

export async function checkWorld(world: World, folder: string): Promise<Outcome> {
  const captures = writeCaptures(world.files, folder);
  const packets = world.files.reduce((sum, file) => sum + file.written.length, 0);
  const merged = world.taps.some((tap) => tap.node === null);
  const outcome = { seed: world.seed, flows: world.scene.flows.size, packets, doubts: 0, merged };
  try {
    const topology = buildTopology(documentsOf(world));
    const trace = await traceCaptures({ captures, topology });
    const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
    const view = viewOf(world);
    const { lies, traced } = checkFlows(world, view, trace);
    lies.push(...checkPlaces(world, trace), ...checkReport(world, view, { report, trace, traced }));
    lies.push(...checkClocks(world, trace, traced), ...checkDelivery(world, trace, traced));
    lies.push(...(await checkVariant(world, { captures, topology, trace, report, folder })));
    const live = isLive(world, view) ? { pods: world.features.has('pods'), passed: report.result === 'pass' } : null;
    const doubts = [...traced.values()].filter((flow) => flow.packetsBetween !== null).length;
    return { ...outcome, lies, live, doubts, shown: shownFault(world, trace, traced) };
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const lie = lieOf('crash', detail, { world, truth: null, traced: null, report: null });
    return { ...outcome, lies: [lie], live: null, shown: null };
  }
}

interface Answer {
  report: VerifyReport;
  trace: Trace;
  traced: ReadonlyMap<string, TracedFlow>;
}

function checkReport(world: World, view: View, { report, trace, traced }: Answer): Lie[] {
  const faulty = [...world.scene.flows.values()].filter((flow) => view.flows.get(flow.key)?.faulty);
  if (report.result === 'pass') {
    const missed = faulty.find(
      (flow) => isKnowable(world, flow) && !isNamedAsUnproven(flow.asks, traced.get(flow.key)),
    );
    const context = { world, truth: missed ?? null, traced: traced.get(missed?.key ?? '') ?? null, report };
    if (missed !== undefined) return [lieOf('false-pass', `passes over ${missed.faultCode} of ${missed.key}`, context)];
    const named = suspectNics(trace.captures, report.filtered).map(({ path }) => basename(path));
    const [hidden] = [...view.hidden].find(([, files]) => !named.some((name) => files.has(name))) ?? [];
    const truth = world.scene.flows.get(hidden ?? '') ?? null;
    if (truth === null || !isKnowable(world, truth)) return [];
    const filters = [...new Set(world.taps.map((tap) => tap.filter?.expression).filter((text) => text !== undefined))];
    const detail = `passes, though a filter (${filters.join(', ')}) kept out ${truth.faultCode} of ${truth.key}`;
    return [lieOf('hidden-pass', detail, { world, truth, traced: null, report })];
  }
  const excused = world.scene.stale !== null || world.features.has('contradiction');
  const some = [...view.flows.values()].some((flow) => flow.perhapsFaulty);
  if (report.result !== 'fail' || some || excused) return [];
  const accused = [...traced.values()].find((flow) => flow.verdict === 'violation') ?? null;
  const codes = report.causes.map((cause) => cause.code).join(' ');
  const truth =
    accused === null
      ? null
      : (world.scene.flows.get([...traced].find(([, flow]) => flow === accused)?.[0] ?? '') ?? null);
  return [lieOf('false-fail', `fails by ${codes}, nothing was wrong`, { world, truth, traced: accused, report })];
}

/** One-way datagrams whose receiver nobody proved, where the report says so. */
function isNamedAsUnproven(asks: boolean, flow: TracedFlow | undefined): boolean {
  return !asks && flow?.unverified?.reason === 'receiver-unproven';
}
