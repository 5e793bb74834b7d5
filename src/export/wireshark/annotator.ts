// Which comments a packet gets: those of its flow, told by the table that counted the packets, as `decode --verdict` tells them.
import type { Packet } from '../../decode/packet.ts';
import type { PacketLocator } from '../../flow/packet-locator.ts';
import type { PacketTest } from '../../packets/read-packets.ts';
import type { TraceIndex } from '../../verdict/trace-types.ts';
import type { FlowComments } from './flow-comments.ts';

const NONE: readonly string[] = [];

/** Told of every packet, since later fragments are of the flow of their first one. */
export class Annotator implements PacketTest {
  /** Index of the capture that is read, as the trace has it. */
  capture = 0;
  readonly #locator: PacketLocator;
  readonly #index: TraceIndex;
  readonly #comments: FlowComments;

  /** @param locator with the table of the index */
  constructor(locator: PacketLocator, index: TraceIndex, comments: FlowComments) {
    this.#locator = locator;
    this.#index = index;
    this.#comments = comments;
  }

  /** Always: it only looks. */
  fits({ bytes, stack, interface: device }: Packet): boolean {
    this.#locator.locate(bytes, stack, this.capture, device?.index ?? -1);
    return true;
  }

  /** Of the packet looked at last. */
  comments(): readonly string[] {
    const { flow } = this.#locator;
    return flow < 0 ? NONE : this.#comments.of(this.#index.idOf(flow));
  }
}
