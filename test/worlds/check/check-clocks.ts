// What the trace says of the nodes' clocks, and of packets that did not arrive, against the truth: clocks that are off lose nothing.

import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { CaptureFile } from '../capture/files.ts';
import type { FlowTruth } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { isNameOf } from './check-flows.ts';
import { type Lie, lieOf } from './lies.ts';

/** One way only, and through few packets: what a packet takes from node to node. */
const ON_ITS_WAY = 0.01;
/** A mirror's copies come later, whichever way they went. */
const NEAR = 1e-4;

export function checkClocks(world: World, trace: Trace, traced: ReadonlyMap<string, TracedFlow>): Lie[] {
  return [...wrongClocks(world, trace), ...falseLosses(world, traced)];
}

function wrongClocks(world: World, trace: Trace): Lie[] {
  const lies: Lie[] = [];
  for (const { node, captures, aheadOf, seconds, uncertainty } of trace.clocks) {
    if (seconds === null || aheadOf === null) continue;
    const reference = trace.captures.findIndex(
      ({ path, points }) => path === aheadOf || points.some((point) => point.node === aheadOf),
    );
    const [own, other] = [offsetOf(world.files[captures[0] ?? -1]), offsetOf(world.files[reference])];
    if (own === null || other === null) continue;
    const error = Math.abs(seconds - (own - other));
    // one way only, what is late looks like a clock
    const onItsWay = ON_ITS_WAY + 1.5 * (world.scene.delivery?.delay ?? 0);
    if (error <= (uncertainty ?? onItsWay) + NEAR) continue;
    const detail = `${node} is ${seconds} s (±${uncertainty}) ahead of ${aheadOf}, truth ${own - other}`;
    lies.push(lieOf('wrong-clock', detail, { world, truth: null, traced: null, report: null }));
  }
  return lies;
}

/** Of a merge of two nodes' captures there is none. */
function offsetOf(file: CaptureFile | undefined): number | null {
  return file === undefined || file.tap.nodes.length !== 1 ? null : file.tap.offset;
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
