// `trace -o hubble --per packet`: a second reading of the captures, in which each packet is told its flow by the table that counted it.
import { setImmediate } from 'node:timers/promises';
import { isReadAgain } from '../../bytes/open-path.ts';
import { FlowSelector } from '../../packets/flow-selector.ts';
import { readPackets } from '../../packets/read-packets.ts';
import { walkSettings } from '../../packets/walked-packet.ts';
import { type HubbleLook, hubbleLine } from '../../render/hubble/hubble-line.ts';
import { hubblePacket } from '../../render/hubble/hubble-packet.ts';
import type { TracedFlow } from '../../verdict/trace-types.ts';
import { type Io, writePiece } from '../io.ts';
import { usageError } from '../report-error.ts';
import type { TraceRun } from '../run-trace.ts';

/** Flows kept as objects while their packets are written. */
const KEPT_FLOWS = 4096;
/** Characters that are written at once. */
const PIECE = 256 * 1024;

/** Throws bad usage for captures that can be read once only. */
export function checkReadAgain(captures: readonly string[]): void {
  if (!captures.every(isReadAgain))
    throw usageError('--per packet: reads the captures twice', 'a pipe can be read once only: save it to a file first');
}

/** Writes a line for each packet of the flows that were asked for, in the order of time. */
export async function writeHubblePackets(
  { trace, topology, options }: TraceRun,
  look: HubbleLook,
  io: Io,
): Promise<void> {
  const { index } = trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  const { pipeline, captures } = options;
  const { ports, locator } = walkSettings(topology, pipeline, index.table);
  const selector = new FlowSelector(index, locator);
  const flows = new Map<number, TracedFlow>();
  const flowOf = (id: number): TracedFlow | null => {
    const known = flows.get(id) ?? trace.flow(id);
    if (known === null) return null;
    if (flows.size >= KEPT_FLOWS) flows.clear();
    flows.set(id, known);
    return known;
  };
  let text = '';
  const flush = async (): Promise<boolean> => {
    const piece = text;
    text = '';
    const isOpen = piece === '' || (await writePiece(io.stdout, piece));
    await setImmediate();
    return isOpen && !io.signal.aborted;
  };
  await readPackets(
    {
      ...(pipeline.reader === undefined ? {} : { reader: pipeline.reader }),
      ...{ captures, ports, signal: io.signal, merged: true, tests: [selector] },
      since: pipeline.since ?? null,
      until: pipeline.until ?? null,
    },
    {
      packet(packet) {
        const flow = flowOf(selector.id);
        if (flow !== null) text += hubbleLine(flow, look, hubblePacket(packet, flow, locator));
        return true;
      },
      pause: () => (text.length >= PIECE ? flush() : Promise.resolve(true)),
    },
  );
  await flush();
}
