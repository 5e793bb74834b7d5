// At which of its capture's points one packet was seen: by the interface it names, else by the flow's observations, else by the
// MACs of its own frame.

import type { CapturePoint, Observation, PointRole } from '../attribution/vocabulary.ts';
import { WORKLOAD_MAC } from '../cluster/calico.ts';
import { vtepMacLooksComputed } from '../cluster/computed-names.ts';

import type { WalkedPacket } from '../packets/walked-packet.ts';
import type { TracedCapture } from '../verdict/trace-types.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import type { Place } from './explanation.ts';
import { numberOf, textOf } from './packet-flow.ts';

export interface PlaceInput {
  capture: TracedCapture;
  walked: WalkedPacket;
  /** Index of the interface in a pcapng file. */
  interfaceIndex: number;
  /** The flow's observations that such a packet counts in; empty without a flow. */
  observations: readonly Observation[];
}

export function packetPlace(input: PlaceInput): Place {
  const { capture } = input;
  let points = capture.points.map((point, local) => ({ point, local }));
  const index = interfaceOf(input);
  points = narrowed(points, ({ point }) => index !== null && point.index === index);
  const seen = new Set(input.observations.map((o) => o.point));
  points = narrowed(points, ({ local }) => seen.has(local));
  const role = points.length > 1 ? roleOfFrame(input.walked) : null;
  points = narrowed(points, ({ point }) => point.role === role);
  const [first, second] = points;
  if (first === undefined) return { role: 'unknown', node: null, interface: null, evidence: [] };
  return second === undefined ? placeOf(first.point) : oneOfSeveral(points.map(({ point }) => point));
}

/** Those that fit; all when none does. */
function narrowed<T>(items: T[], fits: (item: T) => boolean): T[] {
  const fitting = items.filter(fits);
  return fitting.length > 0 ? fitting : items;
}

function interfaceOf({ capture, walked, interfaceIndex }: PlaceInput): number | null {
  const [link] = walked.layers;
  if (link?.number === PROTOCOL.sll2) return numberOf(link, 'sll.ifindex');
  return capture.format === 'pcapng' ? interfaceIndex : null;
}

/** What the frame's own addresses say (design section 4, rule 4). */
function roleOfFrame(walked: WalkedPacket): PointRole {
  if (walked.tunnel >= 0) return 'underlay';
  const link = walked.layers[walked.first];
  const macs = ['eth.src', 'eth.dst', 'sll.src.eth'].map((name) => (link === undefined ? null : textOf(link, name)));
  if (macs.includes(WORKLOAD_MAC)) return 'workload';
  return macs.some((mac) => mac !== null && vtepMacLooksComputed(mac)) ? 'tunnel' : 'underlay';
}

function placeOf({ role, node, interface: device, evidence }: CapturePoint): Place {
  return { role, node, interface: device, evidence };
}

/** What all of them agree on. */
function oneOfSeveral(points: readonly CapturePoint[]): Place {
  const common = <K extends 'role' | 'node' | 'interface'>(key: K): CapturePoint[K] | null => {
    const [first] = points;
    return first !== undefined && points.every((point) => point[key] === first[key]) ? first[key] : null;
  };
  const detail = `the frame does not say which of ${points.length} interfaces it was on`;
  return {
    role: common('role') ?? 'unknown',
    node: common('node'),
    interface: common('interface'),
    evidence: [{ source: 'frame', detail }],
  };
}
