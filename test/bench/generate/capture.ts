// A made capture as a stream of bytes: conversations make packets, frames get headers, records get times.
import { Random } from '../../worlds/random.ts';
import { Cluster } from './cluster.ts';
import { Conversations } from './conversations.ts';
import { Frames, LONGEST_HEAD, OUTER_END } from './frames.ts';
import type { CaptureOptions } from './options.ts';
import { Packet } from './packet.ts';
import { PAYLOAD_BYTES, Payload } from './payload.ts';
import { fileHead, Records } from './records.ts';

/** Bytes given at once. */
const CHUNK = 4 << 20;
/** One buffer holds all: head, payload and output, so that bytes move inside it without a view being made. */
const PAYLOAD_AT = LONGEST_HEAD + (LONGEST_HEAD % 2);
const OUTPUT_AT = PAYLOAD_AT + PAYLOAD_BYTES;
/** Where an IPv4 packet behind its header is cut for a link with MTU 1500, and the flag that says that more follows. */
const [FRAGMENT, MORE_FRAGMENTS] = [1480, 0x2000];
const IPV4_HEADER = 20;

/** The bytes of the capture, head first. **Each piece is valid until the next one is asked for.** */
export function* captureBytes(options: CaptureOptions): Generator<Uint8Array> {
  yield fileHead(options.format, options.snaplen);
  const maker = new CaptureMaker(options);
  for (let piece = maker.piece(); piece.length > 0; piece = maker.piece()) yield piece;
}

class CaptureMaker {
  private readonly memory = new Uint8Array(OUTPUT_AT + CHUNK);
  private readonly packet = new Packet();
  private readonly random: Random;
  private readonly conversations: Conversations;
  private readonly frames: Frames;
  private readonly records: Records;

  constructor(options: CaptureOptions) {
    this.random = new Random(options.seed);
    const payload = new Payload(this.memory, PAYLOAD_AT, this.random);
    this.conversations = new Conversations(options, this.random, payload, PAYLOAD_AT);
    this.frames = new Frames(this.memory, new Cluster(options), payload);
    this.records = new Records(this.memory, OUTPUT_AT, options);
  }

  /** As many packets as fit; empty at the end. */
  piece(): Uint8Array {
    const { packet, conversations, frames, records } = this;
    records.clear();
    while (records.hasRoom() && conversations.next(packet, records.milliseconds())) {
      records.tick(1 + this.random.int(3));
      const head = frames.write(packet);
      if (packet.fragmented) this.fragments(head);
      else records.add(head, packet.payloadAt, packet.length);
    }
    return this.memory.subarray(OUTPUT_AT, records.end());
  }

  private fragments(head: number): void {
    const { packet, frames, records } = this;
    const first = OUTER_END + FRAGMENT - head;
    const rest = packet.length - first;
    frames.fragment(IPV4_HEADER + FRAGMENT, MORE_FRAGMENTS);
    records.add(head, packet.payloadAt, first);
    records.tick(1);
    frames.fragment(IPV4_HEADER + rest, FRAGMENT / 8);
    records.add(OUTER_END, packet.payloadAt + first, rest);
  }
}
