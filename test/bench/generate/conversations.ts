// HOT: per packet. No allocation.
// Conversations as healthy hosts have them: every SYN is answered, acknowledgements say what has arrived, sequence numbers go on
// where they stood, nothing is sent twice, who has enough packets ends with FIN from both sides; questions have answers.
import type { Random } from '../../worlds/random.ts';
import { Cluster, POOLS } from './cluster.ts';
import { CARRIERS, type CaptureOptions, LEAST_PACKETS } from './options.ts';
import { type Packet, PROTOCOL, TCP_FLAG } from './packet.ts';
import { type Payload, POOL_BYTES, TEXT_RUN } from './payload.ts';

const { fin: FIN, syn: SYN, psh: PSH, ack: ACK } = TCP_FLAG;
/** Kinds of conversations. */
const [TCP, UDP, DNS] = [0, 1, 2] as const;
/** FIN, FIN, ACK, for who has a handshake and a packet before. */
const CLOSING = 3;
const LEAST_CLOSED = 7;
/** Bytes on their way before the receiver acknowledges, whatever the dice say. */
const MOST_IN_FLIGHT = 40_000;
/** Payload of a full segment with timestamps where pods have the MTU of the link, 1500: too much for the tunnel. */
const FULL_SEGMENT = 1448;
/** One conversation of 64 has a third of the packets. */
const HEAVY = { one: 64, times: 22 };
const PORTS = { first: 32_768, count: 28_232 };
const SERVER_PORTS = { first: 15_000, count: 64 };
/** Payload begins where the longest one fits behind it; that of UDP with text, in which no dissector sees a protocol of its own. */
const PLACES = (POOL_BYTES - 16_384) / 2;
const TEXT_RUNS = (POOL_BYTES - 16_384) / (2 * TEXT_RUN);

export class Conversations {
  private readonly options: CaptureOptions;
  private readonly cluster: Cluster;
  private readonly random: Random;
  private readonly payload: Payload;
  private readonly payloadBase: number;
  /** The carrier of every hundredth of the conversations. */
  private readonly carriers: Uint8Array;
  /** Slots of open conversations: those below `alive` are in use. */
  private alive = 0;
  private opened = 0;
  /** Packets not given to a conversation yet. */
  private unassigned: number;
  /** Opened so far of each kind, for ports that are no other's. */
  private readonly ofKind = [0, 0, 0];
  private readonly kind: Uint8Array;
  private readonly carrier: Uint8Array;
  private readonly fragments: Uint8Array;
  private readonly number: Uint32Array;
  private readonly left: Uint32Array;
  private readonly step: Uint32Array;
  private readonly closes: Uint8Array;
  // two values per slot: of the client, of the server
  private readonly node: Uint16Array;
  private readonly address: Uint32Array;
  private readonly port: Uint16Array;
  private readonly seq: Uint32Array;
  private readonly acked: Uint32Array;
  private readonly tsVal: Uint32Array;

  constructor(options: CaptureOptions, random: Random, payload: Payload, payloadBase: number) {
    this.options = options;
    this.cluster = new Cluster(options);
    this.random = random;
    this.payload = payload;
    this.payloadBase = payloadBase;
    this.unassigned = options.packets;
    this.carriers = carrierTable(options);
    const slots = options.open;
    [this.kind, this.carrier, this.fragments, this.closes] = [0, 0, 0, 0].map(
      () => new Uint8Array(slots),
    ) as Four<Uint8Array>;
    [this.number, this.left, this.step] = [0, 0, 0].map(() => new Uint32Array(slots)) as Three<Uint32Array>;
    [this.node, this.port] = [new Uint16Array(2 * slots), new Uint16Array(2 * slots)];
    [this.address, this.seq, this.acked, this.tsVal] = [0, 0, 0, 0].map(
      () => new Uint32Array(2 * slots),
    ) as Four<Uint32Array>;
  }

  /** Puts the next packet, sent at `milliseconds`, into `packet`; false when all were sent. */
  next(packet: Packet, milliseconds: number): boolean {
    const { flows, open } = this.options;
    const isRoom = this.alive < open && this.opened < flows;
    if (isRoom && (this.alive === 0 || this.random.int(2) === 0)) this.open();
    else if (this.alive === 0) return false;
    const slot = this.random.int(this.alive);
    if (this.kind[slot] === TCP) this.tcp(slot, packet, milliseconds);
    else this.datagram(slot, packet);
    this.step[slot]!++;
    if (this.left[slot] === 0) this.close(slot);
    return true;
  }

  private open(): void {
    const slot = this.alive++;
    const { random, options } = this;
    const isLast = ++this.opened === options.flows;
    const dice = random.next();
    const kind = isLast || dice >= options.dns + options.udp ? TCP : dice < options.dns ? DNS : UDP;
    const number = this.ofKind[kind]!++;
    this.kind[slot] = kind;
    this.carrier[slot] = this.carriers[random.int(this.carriers.length)]!;
    this.number[slot] = number;
    this.step[slot] = 0;
    this.budget(slot, isLast);
    const isTunnelV4 = CARRIERS[this.carrier[slot]!] === 'vxlan' || CARRIERS[this.carrier[slot]!] === 'ipip';
    this.fragments[slot] = isTunnelV4 && kind === TCP && random.next() < options.fragments ? 1 : 0;
    this.place(slot, Math.floor(number / PORTS.count));
    this.port[2 * slot] = PORTS.first + (number % PORTS.count);
    this.port[2 * slot + 1] = kind === DNS ? 53 : serverPort(number);
    for (const side of [2 * slot, 2 * slot + 1]) {
      this.seq[side] = random.int(0x1_0000_0000);
      this.acked[side] = 0;
      this.tsVal[side] = 0;
    }
  }

  /** How many packets it gets: few have many. What remains is enough for those that come. */
  private budget(slot: number, isLast: boolean): void {
    const later = this.options.flows - this.opened;
    const most = this.unassigned - LEAST_PACKETS * later;
    const mean = this.unassigned / (later + 1);
    let count = Math.floor(mean * (this.random.int(HEAVY.one) === 0 ? HEAVY.times : 0.35 + 0.65 * this.random.next()));
    if (isLast) count = this.unassigned;
    else if (this.kind[slot] === DNS) count = this.random.int(2) === 0 && most >= 4 ? 4 : 2;
    else count = Math.min(most, Math.max(LEAST_PACKETS, count));
    if (this.kind[slot] === UDP) count -= count % 2;
    this.unassigned -= count;
    this.left[slot] = count;
    this.closes[slot] = count >= LEAST_CLOSED ? 1 : 0;
  }

  /** Chooses pods of one pool on two nodes. Servers of DNS are few: with each round of ports it is another one. */
  private place(slot: number, round: number): void {
    const { cluster, random } = this;
    const carrier = CARRIERS[this.carrier[slot]!];
    const pool = carrier === 'ipv6' ? random.int(POOLS.length) : this.carrier[slot]!;
    const pods = cluster.podsOfPool(pool);
    const client = cluster.podOf(pool, random.int(pods));
    let index = this.kind[slot] === DNS ? round % pods : random.int(pods);
    while (cluster.nodeOf(cluster.podOf(pool, index)) === cluster.nodeOf(client)) index = (index + 1) % pods;
    const server = cluster.podOf(pool, index);
    this.node[2 * slot] = cluster.nodeOf(client);
    this.node[2 * slot + 1] = cluster.nodeOf(server);
    this.address[2 * slot] = carrier === 'ipv6' ? cluster.podV6(client) : cluster.podAddress(client);
    this.address[2 * slot + 1] = carrier === 'ipv6' ? cluster.podV6(server) : cluster.podAddress(server);
  }

  /** The last open conversation takes its slot. */
  private close(slot: number): void {
    const last = --this.alive;
    if (slot === last) return;
    for (const column of [this.kind, this.carrier, this.fragments, this.closes, this.number, this.left, this.step])
      column[slot] = column[last]!;
    for (const column of [this.node, this.address, this.port, this.seq, this.acked, this.tsVal]) {
      column[2 * slot] = column[2 * last]!;
      column[2 * slot + 1] = column[2 * last + 1]!;
    }
  }

  private envelope(slot: number, packet: Packet, side: 0 | 1): void {
    const [from, to] = [2 * slot + side, 2 * slot + 1 - side];
    packet.carrier = this.carrier[slot]!;
    packet.fromNode = this.node[from]!;
    packet.toNode = this.node[to]!;
    packet.from = this.address[from]!;
    packet.to = this.address[to]!;
    packet.fromPort = this.port[from]!;
    packet.toPort = this.port[to]!;
    packet.outerPort = PORTS.first + (Math.imul(this.number[slot]! * 2 + side + 1, 0x9e3779b1) >>> 18);
    packet.id = (this.port[from]! + this.step[slot]!) & 0xffff;
    packet.fragmented = false;
    packet.hasDnsId = false;
    packet.length = 0;
    this.left[slot]!--;
  }

  /** Question and answer in turn; of DNS both questions (A and AAAA) come first, as resolvers send them. */
  private datagram(slot: number, packet: Packet): void {
    const step = this.step[slot]!;
    const isDns = this.kind[slot] === DNS;
    const isPair = isDns && step + this.left[slot]! === 4;
    const side = isPair ? (step >> 1) & 1 : step & 1;
    this.envelope(slot, packet, side as 0 | 1);
    packet.protocol = PROTOCOL.udp;
    if (!isDns) {
      packet.length = this.payloadSize();
      packet.payloadAt = this.payloadBase + 2 * TEXT_RUN * this.random.int(TEXT_RUNS);
      return;
    }
    const question = isPair ? step & 1 : 0;
    const message = this.payload.messages[side * 2 + question]!;
    packet.hasDnsId = true;
    packet.dnsId = (this.number[slot]! * 2 + question) & 0xffff;
    packet.length = message.length;
    packet.payloadAt = message.at;
  }

  private payloadSize(): number {
    const { payloads } = this.options;
    return payloads[this.random.int(payloads.length)]!;
  }

  private fill(packet: Packet, length: number): void {
    packet.length = length;
    packet.payloadAt = this.payloadBase + 2 * this.random.int(PLACES);
  }

  private tcp(slot: number, packet: Packet, milliseconds: number): void {
    const step = this.step[slot]!;
    const isClosing = this.closes[slot] === 1 && this.left[slot]! <= CLOSING;
    if (step < 3) this.segment(slot, packet, (step & 1) as 0 | 1, milliseconds, HANDSHAKE[step]!, 0);
    else if (!isClosing) this.data(slot, packet, milliseconds);
    else {
      const nth = CLOSING - this.left[slot]!;
      this.segment(slot, packet, (nth & 1) as 0 | 1, milliseconds, FAREWELL[nth]!, 0);
    }
  }

  /** Requests are seldom, answers are many, and somebody acknowledges: who has something to acknowledge. */
  private data(slot: number, packet: Packet, milliseconds: number): void {
    const dice = this.random.int(8);
    const side =
      this.inFlight(slot, 0) > MOST_IN_FLIGHT ? 1 : this.inFlight(slot, 1) > MOST_IN_FLIGHT || dice < 3 ? 0 : 1;
    const waiting = this.inFlight(slot, (1 - side) as 0 | 1);
    if (waiting > MOST_IN_FLIGHT || (waiting > 0 && dice >= 2 && dice < 4)) {
      this.segment(slot, packet, side, milliseconds, ACK, 0);
      return;
    }
    const size = this.payloadSize();
    const spare = this.left[slot]! - (this.closes[slot] === 1 ? CLOSING : 0);
    const isFragmented = this.fragments[slot] === 1 && spare >= 2 && this.random.int(2) === 0;
    this.segment(slot, packet, side, milliseconds, PSH | ACK, isFragmented ? FULL_SEGMENT : size);
    if (!isFragmented) return;
    packet.fragmented = true;
    this.left[slot]!--;
  }

  /** Bytes that this side sent and the other has not acknowledged. */
  private inFlight(slot: number, side: 0 | 1): number {
    return (this.seq[2 * slot + side]! - this.acked[2 * slot + 1 - side]!) >>> 0;
  }

  private segment(slot: number, packet: Packet, side: 0 | 1, milliseconds: number, flags: number, size: number): void {
    this.envelope(slot, packet, side);
    const [own, peer] = [2 * slot + side, 2 * slot + 1 - side];
    packet.protocol = PROTOCOL.tcp;
    packet.flags = flags;
    packet.seq = this.seq[own]!;
    packet.ack = (flags & ACK) !== 0 ? this.seq[peer]! : 0;
    packet.tsVal = (milliseconds + (this.address[own]! & 0xffff) * 1000) >>> 0;
    packet.tsEcr = (flags & ACK) !== 0 ? this.tsVal[peer]! : 0;
    this.tsVal[own] = packet.tsVal;
    if ((flags & ACK) !== 0) this.acked[own] = this.seq[peer]!;
    this.seq[own] = this.seq[own]! + size + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    if (size > 0) this.fill(packet, size);
  }
}

type Three<T> = [T, T, T];
type Four<T> = [T, T, T, T];

const HANDSHAKE = [SYN, SYN | ACK, ACK] as const;
const FAREWELL = [FIN | ACK, FIN | ACK, ACK] as const;

/** No two conversations of one kind have both ports in common. */
function serverPort(number: number): number {
  const spread = Math.imul(number % PORTS.count, 0x9e3779b1) >>> 26;
  return SERVER_PORTS.first + ((spread + Math.floor(number / PORTS.count)) % SERVER_PORTS.count);
}

function carrierTable({ shares }: CaptureOptions): Uint8Array {
  const sum = CARRIERS.reduce((total, carrier) => total + shares[carrier], 0);
  const counts = CARRIERS.map((carrier) =>
    shares[carrier] === 0 ? 0 : Math.max(1, Math.round((1000 * shares[carrier]) / sum)),
  );
  return Uint8Array.from(counts.flatMap((count, carrier) => Array<number>(count).fill(carrier)));
}
