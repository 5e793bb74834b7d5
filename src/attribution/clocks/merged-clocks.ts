// A merge of captures of two nodes has what they said to each other twice. Where their clocks differ, the second time comes later by
// that: the same for every packet, whichever way it went. Whoever asks again, or sends the same from time to time, does otherwise.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { PacketSample } from '../../flow/packet-sample.ts';
import { flowEnds } from './shared-packets.ts';

/** Packets that tell. */
const ENOUGH = 4;
/** Share of the packets of a conversation that came once more, by one difference: drops and chance aside. */
const NEARLY_ALL = 0.8;
/** What packets take on their way, and what clocks gain meanwhile, seconds. */
const NEAR = 0.05;

interface Conversation {
  packets: number;
  /** Of those that came once more, by way: seconds until then. */
  again: [number[], number[]];
}

/** Whether several clocks stamped a capture's packets: whole conversations are there twice, both ways, by one difference. */
export function holdsSeveralClocks(table: FlowTable, samples: readonly PacketSample[]): boolean {
  const conversations = new Map<string, Conversation>();
  for (const { packets } of samples)
    for (const { row, again } of packets.values()) {
      const { ends, way } = flowEnds(table, row);
      const own: Conversation = conversations.get(ends) ?? { packets: 0, again: [[], []] };
      conversations.set(ends, own);
      own.packets++;
      if (again !== null) own.again[way].push(again);
    }
  return areTwice([...conversations.values()]);
}

function areTwice(conversations: readonly Conversation[]): boolean {
  const all = conversations.flatMap(({ again }) => again.flat()).filter(Number.isFinite);
  const middle = all.sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
  const isNear = (one: number): boolean => Math.abs(one - middle) <= NEAR;
  let near = 0;
  for (const { packets, again } of conversations) {
    const own = again.flat().filter(isNear).length;
    if (own >= packets * NEARLY_ALL && again.every((way) => way.some(isNear))) near += own;
  }
  return near >= ENOUGH;
}
