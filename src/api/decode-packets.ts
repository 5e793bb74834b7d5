// `decode` as a function of the library: packets as objects that may be kept.
import { overlayPorts } from '../attribution/overlay-settings.ts';
import { OUTCOME_NAMES } from '../decode/layer-stack.ts';
import type { Packet } from '../decode/packet.ts';
import { type FaultView, viewFault } from '../decode/view/fault-view.ts';
import { type LayerView, viewPacket } from '../decode/view/packet-view.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { OverlensError } from '../errors.ts';
import { formatTime } from '../net/time.ts';
import { parsePacketNumbers } from '../packets/packet-numbers.ts';
import { type PacketRequest, readPackets } from '../packets/read-packets.ts';
import type { Topology } from '../topology/model.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { Handover } from './handover.ts';
import { unlessAborted } from './unless-aborted.ts';
import { type FileInput, withFiles } from './with-files.ts';

export interface DecodeOptions extends Pick<PacketRequest, 'since' | 'until' | 'reader' | 'signal' | 'onProgress'> {
  captures: readonly FileInput[];
  /** For the ports and VNIs that it names; null: the defaults. */
  topology?: Topology | null;
  vxlanPorts?: readonly number[];
  /** `44`, `1-20`, `3,5,100-`: packets of each capture, from 1. Absent: all. */
  numbers?: string;
  /** Of these captures, read before: packets are then found where they stand in a plain file, without reading those before them. */
  trace?: Trace;
  /** Several captures as one, in the order of time; else one after the other. */
  merged?: boolean;
}

/** One packet. */
export interface DecodedPacket {
  /** Index of its capture. */
  capture: number;
  /** From 1, as in Wireshark. */
  number: number;
  /** RFC 3339, in UTC; null where the capture has no time for it. */
  time: string | null;
  /** Bytes on the wire. */
  original: number;
  /** Bytes in the capture. */
  bytes: Uint8Array;
  /** Device, where the capture names it. */
  interface: string | null;
  outcome: (typeof OUTCOME_NAMES)[number];
  layers: LayerView[];
  /** What is wrong with it, and where. */
  fault: FaultView | null;
}

/**
 * Packets in the order of their captures, read as they are asked for.
 * @throws OverlensError when a capture cannot be opened, or read to its end; `signal.reason` when aborted
 */
export async function* decodePackets(options: DecodeOptions): AsyncGenerator<DecodedPacket, void, void> {
  const handover = new Handover<DecodedPacket>();
  const read = unlessAborted(options.signal, () =>
    withFiles(options.captures, (captures) => readInto(handover, captures, options)),
  ).finally(() => handover.end());
  // who left early does not wait for it
  read.catch(() => {});
  yield* handover.items();
  await read;
}

async function readInto(
  handover: Handover<DecodedPacket>,
  captures: readonly string[],
  options: DecodeOptions,
): Promise<void> {
  const { topology = null, vxlanPorts = [], numbers, trace, signal, ...how } = options;
  const ports = overlayPorts(topology, vxlanPorts);
  let batch: DecodedPacket[] = [];
  const request: PacketRequest = {
    ...how,
    ...(signal === undefined ? {} : { signal }),
    ...{ captures, ports, trueTimes: true },
    ...(numbers === undefined ? {} : numbersOf(numbers, trace, options)),
  };
  const { infos } = await readPackets(request, {
    packet(packet) {
      batch.push(decoded(packet, ports));
      return true;
    },
    async pause() {
      const full = batch;
      batch = [];
      return full.length === 0 || handover.give(full);
    },
  });
  if (batch.length > 0) await handover.give(batch);
  for (const { error } of infos) if (error !== null) throw error;
}

/** Only the stretches of a plain file that have them, where they are known. */
function numbersOf(
  text: string,
  trace: Trace | undefined,
  { merged = false, captures, since = null, until = null }: DecodeOptions,
): Pick<PacketRequest, 'numbers' | 'partly'> {
  const numbers = parsePacketNumbers(text);
  if (numbers === null)
    throw new OverlensError('E_USAGE', `numbers ${text}: not packet numbers`, { hint: 'give 44, 1-20, 3,5 or 100-' });
  const stretches = trace?.index?.stretches;
  // times may be relative to the first packet
  const isPlain = since === null && until === null && (!merged || captures.length === 1);
  if (stretches === undefined || !isPlain) return { numbers };
  return {
    numbers,
    partly: (capture) => ({
      stretches: stretches[capture] ?? [],
      isWanted: ({ packet }, end) => numbers.some(({ from, to }) => from < end && to >= packet),
    }),
  };
}

function decoded(packet: Packet, ports: WalkPorts): DecodedPacket {
  const { bytes, start, captured, stack } = packet;
  return {
    capture: packet.capture,
    number: packet.number,
    time: formatTime(packet, packet.interface?.timeDigits ?? 6),
    original: packet.original,
    bytes: bytes.slice(start, start + captured),
    interface: packet.interface?.name ?? null,
    outcome: OUTCOME_NAMES[stack.outcome] as DecodedPacket['outcome'],
    layers: viewPacket(bytes, start, stack, ports),
    fault: viewFault(stack, start),
  };
}
