// The thread that decodes: reads its jobs in their order, writes facts into a ring, and waits where the ring is full.

import type { BufferSupply } from '../bytes/chunk.ts';
import { openAgain } from '../capture/open.ts';
import { PcapParts } from '../capture/pcap/pcap-parts.ts';
import type { CaptureInfo, CaptureReader, PacketBatch } from '../capture/source.ts';
import { OverlensError } from '../errors.ts';
import { FactWriter } from '../flow/fact-writer.ts';
import { ByteRingSource } from './byte-ring.ts';
import { type DecodeMessage, infoMessage } from './messages.ts';
import { type CaptureOrder, type DecodeOrders, type PartsOrder, partsOf } from './orders.ts';
import { HEAD, type RingWriter, SLOT, type Slot } from './ring.ts';

/** Sends a message to the thread that counts. */
export type Post = (message: DecodeMessage) => void;

/** @param piece bytes asked for at once */
export async function decode(orders: DecodeOrders, ring: RingWriter, piece: number, post: Post): Promise<void> {
  const { captures, every, mine, ports } = orders;
  const decoder = new Decoder(ring, piece, post, new FactWriter({ kind: ports.kind, vnis: new Set(ports.vnis) }));
  const isMine = (job: number): boolean => job % every === mine;
  for (const order of captures) {
    if (order.parts !== null) await decoder.parts(order, order.parts, isMine);
    else if (isMine(order.firstJob)) await decoder.whole(order);
  }
}

class Decoder {
  readonly #ring: RingWriter;
  readonly #post: Post;
  readonly #writer: FactWriter;
  readonly #buffers: BufferSupply;
  #messages = 0;
  #slot: Slot | null = null;

  constructor(ring: RingWriter, piece: number, post: Post, writer: FactWriter) {
    this.#ring = ring;
    this.#post = post;
    this.#writer = writer;
    this.#buffers = { piece, next: () => (this.#slot as Slot).bytes };
  }

  async whole(order: CaptureOrder): Promise<void> {
    this.#slot = await this.#ring.free();
    if (this.#ring.isWanted(order.capture)) this.#send(await this.#readWhole(order));
    this.#end(-1, -1, false);
  }

  async #readWhole({ capture, path, head, once }: CaptureOrder): Promise<DecodeMessage> {
    let reader: CaptureReader | null = null;
    try {
      const source = once === null ? null : new ByteRingSource(once, this.#ring.wait);
      reader = await openAgain(path, head, this.#buffers, source);
      const { info } = reader;
      // a pcap's one was told when it was opened
      let told = info.format === 'pcap' ? info.interfaces.length : 0;
      for await (const batch of reader.batches()) {
        if (info.interfaces.length > told) this.#send({ kind: 'interfaces', interfaces: info.interfaces.slice(told) });
        told = info.interfaces.length;
        await this.#block(batch, { capture, info, start: -1, end: reader.position() });
        if (!this.#ring.isWanted(capture)) break;
      }
      return infoMessage(info);
    } catch (error) {
      if (!(error instanceof OverlensError)) throw error;
      return infoMessage(reader?.info ?? null, error);
    }
  }

  async parts(order: CaptureOrder, of: PartsOrder, isMine: (job: number) => boolean): Promise<void> {
    let file: PcapParts | null | undefined;
    try {
      for (const [index, part] of partsOf(of).entries()) {
        if (!isMine(order.firstJob + index)) continue;
        this.#slot = await this.#ring.free();
        const isWanted = this.#ring.isWanted(order.capture);
        if (isWanted && file === undefined) file = await partsIn(order.path, of.id, order.head);
        if (isWanted && file) await this.#part(file, part, order.capture);
        else this.#end(-1, -1, false);
      }
    } finally {
      file?.close();
    }
  }

  /** What is not regular about its end is read again by who counts. */
  async #part(file: PcapParts, { from, until }: { from: number; until: number }, capture: number): Promise<void> {
    const start = await file.guess(from);
    if (start === null || start >= until) {
      this.#end(-1, -1, false);
      return;
    }
    const info = file.newInfo();
    const { batches, end } = file.read({ from: start, until, packet: 1 }, info, { buffers: this.#buffers });
    for await (const batch of batches) {
      await this.#block(batch, { capture, info, start, end: end() });
      if (!this.#ring.isWanted(capture)) break;
    }
    this.#end(start, end(), info.error === null && info.warnings.length === 0 && end() >= until);
  }

  /** Publishes a batch with its facts, and takes the next slot. */
  async #block(batch: PacketBatch, { capture, info, start, end }: BlockPlace): Promise<void> {
    const { head, bytes, block } = this.#slot as Slot;
    copyBatch(block.batch, batch);
    this.#writer.write(block, capture, info.interfaces);
    const isLarge = batch.bytes !== bytes;
    if (isLarge) this.#send({ kind: 'large', bytes: batch.bytes.slice() });
    head[HEAD.kind] = isLarge ? SLOT.large : SLOT.block;
    head[HEAD.packets] = batch.count;
    head[HEAD.numbering] = block.numbering;
    head[HEAD.hasComments] = batch.hasComments === true ? 1 : 0;
    head[HEAD.start] = start;
    head[HEAD.end] = end;
    head[HEAD.base] = batch.base ?? -1;
    this.#publish(head);
    // what is outside the ring is bounded by being one at a time
    this.#slot = await (isLarge ? this.#ring.free(0) : this.#ring.free());
  }

  #end(start: number, end: number, isRegular: boolean): void {
    const { head } = this.#slot as Slot;
    head[HEAD.kind] = SLOT.end;
    head[HEAD.start] = start;
    head[HEAD.end] = end;
    head[HEAD.isRegular] = isRegular ? 1 : 0;
    this.#publish(head);
  }

  #send(message: DecodeMessage): void {
    this.#post(message);
    this.#messages++;
  }

  #publish(head: Float64Array): void {
    head[HEAD.messages] = this.#messages;
    this.#ring.publish();
  }
}

/** What a block is of. */
interface BlockPlace {
  capture: number;
  info: CaptureInfo;
  /** See HEAD. */
  start: number;
  end: number;
}

/** Null where it cannot be read, or is another file by now: who counts will find out, and say so. */
async function partsIn(path: string, id: string, head: Uint8Array): Promise<PcapParts | null> {
  try {
    return await PcapParts.open(path, id, head);
  } catch (error) {
    if (error instanceof OverlensError) return null;
    throw error;
  }
}

function copyBatch(to: PacketBatch, from: PacketBatch): void {
  const { count } = from;
  to.bytes = from.bytes;
  to.count = count;
  to.start.set(from.start.subarray(0, count));
  to.captured.set(from.captured.subarray(0, count));
  to.original.set(from.original.subarray(0, count));
  to.seconds.set(from.seconds.subarray(0, count));
  to.nanos.set(from.nanos.subarray(0, count));
  to.interface.set(from.interface.subarray(0, count));
}
