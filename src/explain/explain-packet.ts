// One packet of a trace, explained: reads it, finds its flow and its place, and gathers what packet and snapshot say about it.
// The composition: every fact comes from a file of its own.

import { OUTCOME_NAMES } from '../decode/layer-stack.ts';
import { formatTime, toSeconds } from '../net/time.ts';
import { type PacketCopy, type Reading, readPacket } from '../packets/read-packet.ts';
import { type WalkedPacket, type WalkSettings, walkSettings } from '../packets/walked-packet.ts';
import type { Node, Topology } from '../topology/model.ts';
import { snapshotAt } from '../topology/time/timeline.ts';
import { settingsOf } from '../verdict/flow/overlay-in-use.ts';
import type { Trace, TracedFlow } from '../verdict/trace-types.ts';
import { decisionOf } from './decision.ts';
import type { ExplainedFlow, Explanation, Related } from './explanation.ts';
import { namesOf, packetParts } from './first-look.ts';
import { frameLayers } from './frame-layers.ts';
import { nextCommands } from './next-commands.ts';
import { notesOf } from './notes/all-notes.ts';
import { overheadOf } from './overhead.ts';
import { outerOf, refFormatter, type Scene } from './packet-facts.ts';
import { flowOf, observationOf } from './packet-flow.ts';
import { packetPlace } from './packet-place.ts';
import type { PickedPacket } from './pick.ts';
import { relatedPackets } from './related.ts';
import { tableOf } from './rows/side-by-side.ts';
import { headlineOf, storyOf } from './story.ts';

export interface ExplainOptions {
  trace: Trace;
  topology: Topology | null;
  picked: PickedPacket;
  /** The packet, where it was read already. */
  packet?: PacketCopy | null;
  /** Paths to read the captures from again, in the trace's order. */
  paths: readonly string[];
  /** How `-t` was given, for commands. */
  snapshot: readonly string[];
  reader?: 'builtin' | 'pcap-parser';
  signal?: AbortSignal;
  onProgress?: Reading['onProgress'];
  vxlanPorts?: readonly number[];
  vxlanVNI?: number | null;
}

/** @throws OverlensError E_USAGE when there is no such packet */
export async function explainPacket(options: ExplainOptions): Promise<Explanation> {
  const { trace, topology, picked, paths } = options;
  const path = paths[picked.capture] ?? '';
  const settings = (): WalkSettings => walkSettings(topology, options, trace.index?.table ?? null);
  const reading = readingOf(options, settings());
  const stretches = trace.index?.stretches[picked.capture];
  const packet = options.packet ?? (await readPacket(path, picked.number, reading, stretches));
  const { capture } = picked;
  const { walked, related } = await relatedPackets({
    ...{ trace, paths, capture, packet, settings, reading },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const scene = sceneOf(options, packet, walked);
  return explanationOf({ ...options, topology: scene.topology }, scene, related);
}

function readingOf({ reader, onProgress }: ExplainOptions, { ports }: WalkSettings): Reading {
  return {
    ...{ ports, trueTimes: true },
    ...(reader === undefined ? {} : { reader }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

function sceneOf(options: ExplainOptions, packet: PacketCopy, walked: WalkedPacket): Scene {
  const { trace, picked } = options;
  const seconds = packet.moment === null ? Number.NaN : toSeconds(packet.moment);
  const place = packetPlace(trace, picked.capture, walked.link);
  const sent = flowOf(trace, walked, seconds, place);
  const flow = sent?.flow ?? null;
  // of several snapshots the one that the packet was sent by; of a packet of no flow that of its time
  const given = options.topology === null ? null : snapshotAt(options.topology, seconds, seconds);
  const topology = sent === null ? given : sent.topology;
  const nodeOf = (name: string | null | undefined): Node | null =>
    name == null ? null : (topology?.nodeByName(name) ?? null);
  return {
    packet,
    walked,
    layers: frameLayers(walked),
    trace,
    captureIndex: picked.capture,
    topology,
    settings: settingsOf(topology, options.vxlanVNI ?? null, options.vxlanPorts ?? []),
    place,
    flow,
    observation: flow === null ? null : observationOf(trace, flow, walked),
    sender: nodeOf(flow?.src.node),
    receiver: nodeOf(flow?.dst.node),
    outer: outerOf(walked, topology),
    refText: refFormatter(topology?.files ?? []).text,
  };
}

function explanationOf(
  { trace, topology, picked, snapshot }: ExplainOptions,
  scene: Scene,
  related: readonly Related[],
): Explanation {
  const { packet, walked, layers, flow } = scene;
  const decision = decisionOf(scene);
  const overhead = overheadOf(scene);
  const { columns, rows } = tableOf(scene);
  const path = trace.captures[picked.capture]?.path ?? packet.path;
  const notes = notesOf(scene);
  return {
    capture: { index: picked.capture, path },
    number: picked.number,
    chosenBy: picked.by,
    chosenText: picked.text,
    time: formatTime(packet.moment, packet.interface.timeDigits),
    ...packetParts(packet),
    linkType: packet.interface.linkType,
    place: scene.place,
    outcome: OUTCOME_NAMES[walked.stack.outcome] ?? 'complete',
    encapsulation: walked.encapsulation,
    headline: headlineOf(scene),
    story: storyOf(scene, { decision, overhead, notes }),
    flow: flow === null ? null : explainedFlow(flow),
    layers,
    overhead,
    columns,
    rows,
    notes,
    decision,
    related,
    next: nextCommands({ trace, picked, related, flow, snapshot, path }),
    ...namesOf(topology),
    hasSnapshot: topology !== null,
  };
}

function explainedFlow({ id, protocol, src, dst, expected, verdict, unverified, findings }: TracedFlow): ExplainedFlow {
  return { id, protocol, src, dst, expected, verdict, unverified, findings };
}
