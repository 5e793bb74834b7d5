// Everything unusual about one packet, what is wrong first.
import type { Note } from '../explanation.ts';
import type { Scene } from '../packet-facts.ts';
import { checksumNotes } from './checksum-notes.ts';
import { conversationNotes } from './conversation-notes.ts';
import { frameNotes } from './frame-notes.ts';
import { overlayNotes } from './overlay-notes.ts';
import { findingNotes, packetNotes } from './packet-notes.ts';

export function notesOf(scene: Scene): Note[] {
  const all = [
    ...findingNotes(scene),
    ...conversationNotes(scene),
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
