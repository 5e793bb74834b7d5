// What the trace says of the nodes' clocks, and of packets that did not arrive, against the truth: clocks that are off lose nothing.

import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { EPOCH } from '../capture/taps.ts';
import type { FlowTruth } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { isNameOf } from './check-flows.ts';
import { type Lie, lieOf } from './lies.ts';

/** One way only, and through few packets: what a packet takes from node to node. */
const ON_ITS_WAY = 0.01;
/** A mirror's copies come later, whichever way they went. */
const NEAR = 1e-4;

export function checkClocks(world: World, trace: Trace, traced: ReadonlyMap<string, TracedFlow>): Lie[] {
  return [...joinedClocks(world, trace), ...wrongClocks(world, trace), ...falseLosses(world, traced)];
}

function wrongClocks(world: World, trace: Trace): Lie[] {
  const lies: Lie[] = [];
  const clocks = trace.index?.clocks.all ?? [];
  for (const { name, captures, aheadOf, seconds, uncertainty } of trace.clocks) {
    if (seconds === null || aheadOf === null) continue;
    const clock = clocks.find((one) => one.captures.join() === captures.join());
    const others = clocks[clock?.reference ?? -1]?.captures ?? [];
    const [own, other] = [offsetsOf(world, captures), offsetsOf(world, others)];
    const truths = own.flatMap((one) => other.map((reference) => one - reference));
    // one way only, what is late looks like a clock
    const onItsWay = ON_ITS_WAY + 1.5 * (world.scene.delivery?.delay ?? 0);
    if (truths.every((truth) => Math.abs(seconds - truth) <= (uncertainty ?? onItsWay) + NEAR)) continue;
    lies.push(wrongClock(world, `${name} is ${seconds} s (±${uncertainty}) ahead of ${aheadOf}, truth ${truths}`));
  }
  return lies;
}

/** Captures that are said to have one clock, and have not, or several, and have one. */
function joinedClocks(world: World, trace: Trace): Lie[] {
  return (trace.index?.clocks.all ?? []).flatMap(({ captures, several }) => {
    const truths = offsetsOf(world, captures);
    const names = captures.map((i) => world.files[i]?.name).join();
    if (several === 'seen' && truths.length < 2) return [wrongClock(world, `${names} is said to have several clocks`)];
    if (several !== null || captures.length < 2 || truths.length < 2) return [];
    return [wrongClock(world, `${names} have one clock, truth ${truths}`)];
  });
}

function wrongClock(world: World, detail: string): Lie {
  return lieOf('wrong-clock', detail, { world, truth: null, traced: null, report: null });
}

/** What the clocks are ahead by that stamped the packets of captures: of a merge, there may be several. */
function offsetsOf({ files }: World, captures: readonly number[]): number[] {
  const written = captures.flatMap((i) => files[i]?.written ?? []);
  const offsets: number[] = [];
  for (const { sighting, packet } of written) {
    const offset = packet.seconds + packet.micros / 1e6 - EPOCH - sighting.time;
    if (!offsets.some((known) => Math.abs(known - offset) <= NEAR)) offsets.push(offset);
  }
  return offsets;
}

function falseLosses(world: World, traced: ReadonlyMap<string, TracedFlow>): Lie[] {
  const lies: Lie[] = [];
  for (const [key, flow] of traced) {
    const truth = world.scene.flows.get(key);
    if (truth === undefined || flow.arrival?.lost !== true || truth.srcNode === null || truth.dstNode === null)
      continue;
    // by a stale snapshot it is looked for at another node
    const [from, to] = [truth.srcNode, truth.dstNode].map((index) => world.scene.cluster.nodes[index]);
    if (!isNameOf(from, flow.src.node ?? '') || !isNameOf(to, flow.dst.node ?? '')) continue;
    const arrived = packetsAt(world, truth, truth.dstNode);
    if ([...packetsAt(world, truth, truth.srcNode)].some((packet) => !arrived.has(packet))) continue;
    const detail = `${key}: ${flow.arrival.arrived} of ${flow.arrival.sent} arrived, truth: all`;
    lies.push(lieOf('false-loss', detail, { world, truth, traced: flow, report: null }));
  }
  return lies;
}

/** Packets of a flow in the captures of a node's NICs. */
function packetsAt({ files }: World, { key }: FlowTruth, node: number): Set<number> {
  const written = files.flatMap((file) => file.written).map(({ sighting }) => sighting);
  const here = written.filter(
    (one) => one.flow === key && one.node === node && one.role.startsWith('nic') && !one.copied,
  );
  return new Set(here.map(({ packet }) => packet));
}
