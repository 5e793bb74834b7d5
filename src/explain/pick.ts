// Which packet to explain: the one with a number, the first one of a cause, or the first one of the flows that fit.
import { OverlensError } from '../errors.ts';
import type { Trace } from '../verdict/trace-types.ts';

export interface PickedPacket {
  /** Index into the trace's captures. */
  capture: number;
  number: number;
  by: 'number' | 'filter' | 'finding' | 'first';
  /** How it was chosen, for people: `first that fits --pod web`. */
  text: string;
}

export interface PickRequest {
  number: number | null;
  /** A cause's letter. */
  cause: string | null;
}

/**
 * Without number and cause, the first packet that belongs to a flow.
 * @throws OverlensError E_USAGE when nothing fits
 */
export function pickPacket(trace: Trace, { number, cause }: PickRequest): PickedPacket {
  if (number !== null) return { capture: 0, number, by: 'number', text: '' };
  if (cause !== null) return packetOfCause(trace, cause);
  const first = firstOfFlows(trace);
  if (first !== null) return { ...first, by: 'first', text: 'the first that belongs to a flow' };
  const packets = trace.captures[0]?.packets ?? 0;
  if (packets > 0) return { capture: 0, number: 1, by: 'first', text: 'the first' };
  throw new OverlensError('E_USAGE', `${trace.captures[0]?.path ?? 'the capture'}: holds no packets`);
}

function packetOfCause(trace: Trace, id: string): PickedPacket {
  const cause = trace.causes.find((one) => one.id === id);
  if (cause === undefined) {
    const known = trace.causes.map((one) => one.id);
    throw new OverlensError('E_USAGE', `--finding ${id}: no such problem in these captures`, {
      hint: known.length === 0 ? 'There is none.' : `There are ${known.join(', ')}.`,
    });
  }
  if (cause.capture === null || cause.firstPacket === null) {
    throw new OverlensError('E_USAGE', `--finding ${id}: no single packet shows it: ${cause.title}`, {
      hint: `overlens trace ... --finding ${id} shows it in full`,
    });
  }
  return {
    capture: cause.capture,
    number: cause.firstPacket,
    by: 'finding',
    text: `the first of ${id}, ${cause.code}`,
  };
}

/** The first packet that belongs to a flow, in the first capture that has one. */
function firstOfFlows({ index }: Trace): { capture: number; number: number } | null {
  if (index === undefined) return null;
  const { table } = index;
  let best: { capture: number; number: number } | null = null;
  for (let row = 0; row < table.rows.count; row++) {
    const capture = table.links.captureOf(table.linkOf(row));
    const number = table.rows.firstPacket(row);
    if (best === null || capture < best.capture || (capture === best.capture && number < best.number))
      best = { capture, number };
  }
  return best;
}
