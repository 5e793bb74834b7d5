// A packet that comes twice within moments counts once, however many came before it: the table of the last packets grows as they come.
import { expect, it } from 'vitest';
import { ethernet, ipv4, udp } from '../../support/packet-builder.ts';
import { countFrames, type Frame } from '../traffic.ts';

const FRAME = ethernet({}, ipv4({}, udp({}, new Uint8Array(3))));
const IDENTIFICATION = 14 + 4;
const CONTENT = 14 + 20 + 8;

/** Packet `n` of one flow, like no other: its identification and what is in it. All come in the same moment. */
function frame(n: number): Frame {
  const data = FRAME.slice();
  const view = new DataView(data.buffer);
  view.setUint16(IDENTIFICATION, 1 + n);
  view.setUint16(CONTENT, n);
  return { data, seconds: 1_700_000_000 };
}

it.each([1, 2047, 2048, 2049, 5000])('%i packets count once, and are copies when they come again', (count) => {
  const frames = Array.from({ length: count }, (_, n) => frame(n));
  const { rows } = countFrames([...frames, ...frames]).table;
  expect([rows.count, rows.packets(0), rows.copies(0)]).toEqual([1, 2 * count, count]);
});
