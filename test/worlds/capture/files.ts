// Taps become files: with names that tell much or little, rings in pieces, several merged into one.
import type { Random } from '../random.ts';
import type { Scene } from '../traffic/scene.ts';
import { fileBytes, linkTypeOf, type Tap, type Written } from './taps.ts';

export interface CaptureFile {
  name: string;
  bytes: Buffer;
  tap: Tap;
  written: readonly Written[];
}

/** Joins taps where the world merges captures: one of a classic link type, as mergecap does. */
export function mergeSome(scene: Scene, taps: readonly Tap[]): Tap[] {
  const mergeable = taps.filter((tap) => tap.kind === 'nic' && !tap.pcapng && tap.filter === null);
  const [one, other] = mergeable;
  if (!scene.has.has('merged') || one === undefined || other === undefined) return [...taps];
  const written = [...one.written, ...other.written].sort(
    (a, b) => a.packet.seconds - b.packet.seconds || a.packet.micros - b.packet.micros,
  );
  const merged: Tap = {
    ...one,
    node: null,
    nodes: [...new Set([...one.nodes, ...other.nodes])],
    device: 'merged',
    snaplen: Math.max(one.snaplen, other.snaplen),
    written,
    dropped: one.dropped + other.dropped,
    missed: [...one.missed, ...other.missed],
  };
  return [merged, ...taps.filter((tap) => tap !== one && tap !== other)];
}

export function filesOf(scene: Scene, taps: readonly Tap[]): CaptureFile[] {
  const { has, random } = scene;
  const naming = has.has('odd-names') ? random.fork('naming').pick(['bare', 'short', 'numbered'] as const) : 'full';
  const files: CaptureFile[] = [];
  for (const [index, tap] of taps.entries()) {
    const own = random.fork(`file ${index}`);
    const name = nameOf(scene, tap, index, naming);
    const pieces = has.has('rotated') && tap.written.length > 6 && own.chance(0.5) ? own.between(2, 3) : 1;
    files.push(...pieceFiles(scene, tap, { name, pieces, random: own }));
  }
  return random.fork('file order').shuffle(files);
}

function nameOf(scene: Scene, tap: Tap, index: number, naming: 'full' | 'bare' | 'short' | 'numbered'): string {
  const ending = tap.pcapng ? 'pcapng' : 'pcap';
  const node = tap.node === null ? null : scene.cluster.nodes[tap.node];
  if (node == null || naming === 'bare') return `capture${index}.${ending}`;
  if (naming === 'numbered') return `dump-${'abcdefghijklmnopqrstuvwxyz'.charAt(index)}.${ending}`;
  return naming === 'short' ? `${node.name}_${index}.${ending}` : `${node.name}-${tap.device}.${ending}`;
}

/** `tcpdump -C`: the same capture, file after file. */
export function pieceFiles(
  scene: Scene,
  tap: Tap,
  { name, pieces, random }: { name: string; pieces: number; random: Random },
): CaptureFile[] {
  const { written } = tap;
  if (pieces === 1) return [{ name, bytes: fileBytes(scene, tap, written), tap, written }];
  const cuts = Array.from({ length: pieces - 1 }, () => random.between(1, written.length - 1)).sort((a, b) => a - b);
  const bounds = [0, ...cuts, written.length];
  return bounds.slice(0, -1).flatMap((start, i) => {
    const part = written.slice(start, bounds[i + 1]);
    return part.length === 0 ? [] : [{ name: `${name}${i}`, bytes: fileBytes(scene, tap, part), tap, written: part }];
  });
}

/** Whether the npm package pcap-parser can read a file. */
export function isPlainClassic({ tap }: CaptureFile): boolean {
  return !tap.pcapng && !tap.form.nanoseconds && linkTypeOf(tap) > 0;
}
