// Every place that saw one packet: what `path` shows of it, for whoever shows the packet itself.
import { onReference } from '../attribution/clocks/clocks.ts';
import type { SeenFrame, Unit } from './journey.ts';
import type { PacketRef } from './path-model.ts';
import { type FollowRequest, type FollowWindow, follow, prepare } from './walk-path.ts';

export interface PlacesRequest extends Omit<FollowRequest, 'packets' | 'flowIds'> {
  packet: PacketRef;
  /** Of the packet, by its capture's clock, epoch seconds; null without times. */
  time: number | null;
  /** Seconds around it that are looked through. */
  within: number;
}

/**
 * Frames of the packet at other places, and the same frame in other captures of its own place, in order of time. Of a packet that came
 * in several frames somewhere the first one is told; nothing of a packet of no flow.
 * @throws OverlensError when the captures cannot be read again
 */
export async function otherPlaces(request: PlacesRequest): Promise<SeenFrame[]> {
  const { packet, time, within } = request;
  const asked = { ...request, packets: [packet], flowIds: null };
  const prepared = await prepare(asked);
  const { clocks } = prepared.index;
  const at = time === null ? null : onReference(clocks, packet.capture, time);
  const window: FollowWindow | null = at === null ? null : { from: at - within, to: at + within };
  const others = new Map<string, SeenFrame>();
  await follow(asked, prepared, window, (unit) => {
    if (unit.askedAt === null) return;
    for (const frame of framesBeside(unit, packet)) others.set(`${frame.capture} ${frame.number}`, frame);
  });
  const timeOf = ({ capture, seconds, nanos }: SeenFrame): number =>
    onReference(clocks, capture, seconds + nanos / 1e9);
  return [...others.values()].sort((a, b) => timeOf(a) - timeOf(b));
}

/** Of the place where a frame is, only those like it: not the other pieces of what it is a piece of. */
function framesBeside({ sights, askedAt }: Unit, packet: PacketRef): SeenFrame[] {
  const isIt = ({ capture, number }: SeenFrame): boolean => capture === packet.capture && number === packet.number;
  return sights.flatMap((sight) => {
    const frames: SeenFrame[] = [sight, ...(sight.copies ?? [])];
    const others = frames.filter((frame) => !isIt(frame));
    return sight.stop === askedAt && others.length === frames.length ? [] : others;
  });
}
