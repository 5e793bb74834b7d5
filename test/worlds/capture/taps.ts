// Where somebody captured, and how: the sightings of a world become files, with everything that happens to captures.

import type { WorldNode } from '../cluster/cluster-model.ts';
import type { Random } from '../random.ts';
import type { Scene, Sighting } from '../traffic/scene.ts';
import { type ClassicForm, cooked, LINK_TYPE, type Packet, pcapBytes, pcapngBytes } from './capture-bytes.ts';
import { drawFilter, type TapFilter } from './filters.ts';
import type { TapKind } from './outermost.ts';

/** 2026-01-01T00:00:00Z */
export const EPOCH = 1_767_225_600;

/** A sighting as a file holds it. */
export interface Written {
  sighting: Sighting;
  /** The second of two equal frames. */
  copy: boolean;
  /** Whether the flow can be read from what the snaplen left. */
  readable: boolean;
  packet: Packet;
}

/** What one tcpdump did. */
export interface Tap {
  kind: TapKind;
  /** Null for a merge of several. */
  node: number | null;
  nodes: number[];
  device: string;
  filter: TapFilter | null;
  snaplen: number;
  /** Seconds its clock is ahead. */
  offset: number;
  pcapng: boolean;
  form: ClassicForm;
  written: Written[];
  /** Went by, but the filter kept it out. */
  filtered: Sighting[];
  dropped: number;
  /** Went by, but the kernel dropped it: no file says so. */
  missed: Sighting[];
  copies: boolean;
  /** File names: several for a ring. */
  names: string[];
  /** Index in `written` at which each file begins. */
  cuts: number[];
}

export function makeTaps(scene: Scene): Tap[] {
  const { has, cluster, random } = scene;
  const skipped = has.has('missing-captures') ? random.fork('skip').int(cluster.nodes.length) : -1;
  const taps: Tap[] = [];
  for (const node of cluster.nodes) {
    if (node.index === skipped) continue;
    const own = random.fork(`tap ${node.index}`);
    const offset = has.has('clocks') ? clockOffset(own, has.has('merged')) : 0;
    const kind = has.has('any') && own.chance(0.4) ? own.pick(['any1', 'any2', 'any2'] as const) : 'nic';
    taps.push(tapOf(scene, own, { node, kind, device: kind === 'nic' ? node.nic.name : 'any', offset }));
    if (kind !== 'nic') continue;
    if (node.nic2 !== null && own.chance(0.5) && !(taps.at(-1)?.pcapng ?? false))
      taps.push(tapOf(scene, own.fork('nic2'), { node, kind, device: node.nic2.name, offset }));
    if (has.has('veth') && own.chance(0.5)) {
      const pod = own.fork('veth').pick(cluster.pods.filter((one) => one.node === node.index));
      taps.push(tapOf(scene, own.fork('veth'), { node, kind: 'veth', device: pod.veth.name, offset }));
    }
    const tunnels = [
      ...new Set(scene.sightings.filter((s) => s.node === node.index && s.role === 'tunnel').map((s) => s.device)),
    ];
    if (has.has('tunnel-device') && own.chance(0.5) && tunnels.length > 0) {
      const device = own.fork('tunnel').pick(tunnels);
      taps.push(tapOf(scene, own.fork('tunnel'), { node, kind: 'tunnel', device, offset }));
    }
  }
  return taps;
}

interface Place {
  node: WorldNode;
  kind: TapKind;
  device: string;
  offset: number;
}

/** Up to an hour off, up to a minute, or a part of a second: less than the captures last. A merge of such captures nobody can part. */
function clockOffset(random: Random, merged: boolean): number {
  const offset = random.fork('clock').between(-3600, 3600) + random.next();
  if (merged) return offset;
  return offset * random.fork('clock scale').pick([1, 1, 1 / 60, 1e-4]);
}

function tapOf(scene: Scene, random: Random, { node, kind, device, offset }: Place): Tap {
  const { has } = scene;
  const pcapng = has.has('pcapng') && kind !== 'any1' && random.fork('ng').chance(0.5);
  const both = pcapng && kind === 'nic' && device === node.nic.name && node.nic2 !== null;
  const devices = new Set(both ? [node.nic.name, node.nic2?.name ?? ''] : [device]);
  const here = scene.sightings.filter((s) => s.node === node.index && (device === 'any' || devices.has(s.device)));
  here.sort((a, b) => a.time - b.time || a.packet - b.packet);
  const filter = has.has('filter') ? drawFilter(scene, random.fork('filter'), { node, kind }) : null;
  const kept = filter === null ? here : here.filter((s) => filter.keeps(s));
  const rate = has.has('drops') ? random.fork('drops').pick([0, 0.02, 0.05]) : 0;
  const lost = random.fork('lost');
  const missed = kept.filter(() => lost.chance(rate));
  const without = new Set(missed);
  const seen = kept.filter((one) => !without.has(one));
  const snaplen = has.has('snaplen') ? random.fork('snaplen').pick([68, 96, 128, 160, 192]) : 262_144;
  const copies = has.has('copies') && kind === 'nic' && random.fork('copies').chance(0.5);
  const form = { bigEndian: random.fork('endian').chance(0.1), nanoseconds: random.fork('nanos').chance(0.15) };
  const tap: Tap = {
    ...{ kind, node: node.index, nodes: [node.index], device, filter, snaplen, offset, pcapng, form, copies },
    written: [],
    filtered: filter === null ? [] : here.filter((s) => !filter.keeps(s)),
    dropped: missed.length,
    missed,
    names: [],
    cuts: [0],
  };
  for (const sighting of seen) {
    tap.written.push(writtenOf(sighting, tap, node, false));
    if (copies) tap.written.push(writtenOf(sighting, tap, node, true));
  }
  return tap;
}

function writtenOf(sighting: Sighting, tap: Tap, node: WorldNode, copy: boolean): Written {
  const time = EPOCH + sighting.time + tap.offset + (copy ? 12e-6 : 0);
  const seconds = Math.floor(time);
  const micros = Math.min(999_999, Math.round((time - seconds) * 1e6));
  const whole = linkLayer(sighting, tap.kind);
  const shift = whole.length - sighting.frame.length;
  const frame = whole.subarray(0, Math.min(whole.length, tap.snaplen));
  const index = tap.pcapng && tap.device === node.nic.name && sighting.device !== node.nic.name ? 1 : 0;
  const packet = { seconds, micros, frame, length: whole.length, interface: index };
  return { sighting, copy, readable: sighting.needed + shift <= tap.snaplen, packet };
}

/** `-i any` puts its own header in the place of Ethernet's. */
function linkLayer({ frame, raw, packetType, ifindex }: Sighting, kind: TapKind): Buffer {
  if (kind !== 'any1' && kind !== 'any2') return frame;
  const version = kind === 'any1' ? 1 : 2;
  const etherType = raw ? 0x0800 : frame.readUInt16BE(12);
  const source = raw ? Buffer.alloc(0) : frame.subarray(6, 12);
  return cooked(version, { packetType, ifindex, etherType, source }, raw ? frame : frame.subarray(14));
}

export function linkTypeOf(tap: Pick<Tap, 'kind' | 'device'>): number {
  if (tap.kind === 'any1') return LINK_TYPE.cooked;
  if (tap.kind === 'any2') return LINK_TYPE.cooked2;
  return tap.device === 'tunl0' || tap.device === 'wireguard.cali' ? LINK_TYPE.raw : LINK_TYPE.ethernet;
}

/** Bytes of a file that holds `written` of a tap. */
export function fileBytes(scene: Scene, tap: Tap, written: readonly Written[]): Buffer {
  const packets = written.map(({ packet }) => packet);
  const linkType = linkTypeOf(tap);
  if (!tap.pcapng) return pcapBytes(linkType, tap.snaplen, tap.form, packets);
  const node = scene.cluster.nodes[tap.node ?? -1];
  const filter = tap.filter?.recorded ?? null;
  const names = [tap.device, ...(tap.device === node?.nic.name && node?.nic2 ? [node.nic2.name] : [])];
  const interfaces = names.map((name) => ({ name, linkType, snaplen: tap.snaplen, filter }));
  return pcapngBytes(interfaces, packets);
}
