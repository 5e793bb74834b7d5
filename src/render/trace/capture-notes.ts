// Where a capture was taken and what limits its worth, in words; and which of its packets shows something.
import type { CapturePoint } from '../../attribution/vocabulary.ts';
import type { TracedCapture } from '../../verdict/trace-types.ts';
import { escapeText } from '../text/escape.ts';
import { baseName, formatCount, formatList, formatNumber } from '../text/format.ts';

/** `control1's NIC ens5`, a node's tunnel device, a pod's veth and its name, `an unknown place (eth0)`. */
export function placeOf(point: CapturePoint): string {
  const name = point.interface === null ? '' : escapeText(point.interface);
  const owner = point.node === null ? null : `${escapeText(point.node)}'s `;
  switch (point.role) {
    case 'underlay':
      return `${owner ?? "a node's "}NIC${name === '' ? '' : ` ${name}`}`;
    case 'tunnel':
      return `${owner ?? "a node's "}${name || 'tunnel device'}`;
    case 'workload':
      return `${owner ?? "a pod's "}veth${name === '' ? '' : ` ${name}`}`;
    case 'unknown':
      return owner === null
        ? `unknown place${name === '' ? '' : ` ${name}`}`
        : `${owner}${name || 'unknown interface'}`;
  }
}

/** `control1-ens5.pcap #3`: where to look. */
export function packetPlace(
  captures: readonly TracedCapture[],
  capture: number | null,
  packet: number | null,
): string | null {
  const path = capture === null ? undefined : captures[capture]?.path;
  if (path === undefined) return null;
  return packet === null ? baseName(path) : `${baseName(path)} #${packet}`;
}

/** What limits the worth of a capture, one sentence each. Escaped. */
export function notesOf(capture: TracedCapture): string[] {
  const notes = capture.warnings.map(escapeText);
  if (capture.error !== null) {
    const said = escapeText(withoutPath(capture.error.message, capture.path));
    notes.push(capture.format === null ? said : `not read to its end: ${said}`);
  }
  if (capture.error === null && !capture.complete && notes.length === 0) notes.push('not read to its end');
  const { outsideRange = 0 } = capture;
  if (capture.packets === 0 && outsideRange > 0)
    notes.push(`none of its ${formatCount(outsideRange, 'packet')} is of the time asked for`);
  const { filter, dropped } = capture;
  if (filter !== null) {
    const consequence = filter.hidesBypass ? 'it cannot show what is missing from the overlay' : 'it shows only a part';
    const certainty = filter.guessed ? 'looks as if captured' : 'captured';
    notes.push(
      `${certainty} through a filter (${escapeText(filter.expression)}: ${escapeText(filter.evidence)}): ${consequence}`,
    );
  }
  if (dropped !== null && dropped > 0) notes.push(`the kernel dropped ${formatCount(dropped, 'packet')}`);
  return [...notes, ...faultNotes(capture)];
}

/** Messages name their file; notes stand behind its name. */
function withoutPath(message: string, path: string): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

/** Shorter than any header chain is long: `tcpdump -s 96`. */
const SHORT_SNAPLEN = 512;
/** What the advice of this program asks for; IPv6, options and tags may need twice as much. */
const ENOUGH = [128, 256];

/** Packets that the snaplen cut are no malformed ones, and there is something to be done about them. */
function snaplenNote({ snaplen, faults }: TracedCapture): string | null {
  const cut = faults.filter(({ code }) => code.endsWith('-truncated'));
  if (snaplen === null || snaplen >= SHORT_SNAPLEN || cut.length === 0) return null;
  const packets = cut.reduce((sum, { count }) => sum + count, 0);
  const enough = ENOUGH.find((length) => length > snaplen);
  const advice = enough === undefined ? 'capture without -s' : `-s ${enough} is enough`;
  return `snaplen ${snaplen} cut ${formatCount(packets, 'packet')} inside their headers: ${advice}`;
}

function faultNotes(capture: TracedCapture): string[] {
  const { faulty, unsupported } = capture.outcomes;
  const bySnaplen = snaplenNote(capture);
  const others =
    bySnaplen === null ? capture.faults : capture.faults.filter(({ code }) => !code.endsWith('-truncated'));
  const faults = others.map(({ code, count, firstPacket }) => `${code} ×${formatNumber(count)} from #${firstPacket}`);
  const notes: string[] = bySnaplen === null ? [] : [bySnaplen];
  const bad = others.length === capture.faults.length ? faulty : others.reduce((sum, { count }) => sum + count, 0);
  if (bad > 0) notes.push(`${formatCount(bad, 'packet')} cut or malformed: ${formatList(faults, 3)}`);
  if (unsupported > 0) notes.push(`${formatCount(unsupported, 'packet')} of protocols that are not decoded`);
  return notes;
}
