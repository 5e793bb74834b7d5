// Everything unusual about one packet, what is wrong first.
import type { Note } from './explanation.ts';
import { checksumNotes } from './notes-checksum.ts';
import { frameNotes } from './notes-frame.ts';
import { overlayNotes } from './notes-overlay.ts';
import { findingNotes, packetNotes } from './notes-packet.ts';
import type { Scene } from './scene.ts';

export function notesOf(scene: Scene): Note[] {
  const all = [
    ...findingNotes(scene),
    ...overlayNotes(scene),
    ...packetNotes(scene),
    ...frameNotes(scene),
    ...checksumNotes(scene),
  ];
  const told = all.some((one) => one.code === 'outer-fragment')
    ? all.filter((one) => one.code !== 'outer-fragmented')
    : all;
  return [...told.filter((one) => one.look === 'wrong'), ...told.filter((one) => one.look === 'notable')];
}
