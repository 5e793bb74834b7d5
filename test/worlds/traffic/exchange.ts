// What the ends say to each other: conversations as real stacks hold them, packet by packet, so that what does not arrive is
// repeated and never answered.
import { isIpv6 } from '../address.ts';
import type { End, WorldService } from '../cluster/cluster-model.ts';
import { LARGE_BYTES } from '../delivery/delivery.ts';
import type { DeliveryFault } from '../delivery/fates.ts';
import { echo, type IpPacket, type Ports, TCP_FLAG, tcp, udp } from '../frames.ts';
import type { Random } from '../random.ts';
import { transmit } from './path.ts';
import { flowKey, type Scene } from './scene.ts';

export type ConversationKind = 'tcp' | 'dns' | 'echo' | 'one-way' | 'tunnel' | 'service' | 'external';

/** What one packet of a pods' own tunnel holds. */
export type Payload = () => { protocol: number; ports: Ports | null; body: Buffer };

export interface Conversation {
  kind: ConversationKind;
  a: End;
  b: End;
  /** Addresses on the wire; a host may show its tunnel address. */
  src: string;
  dst: string;
  start: number;
  random: Random;
  service: WorldService | null;
  /** Payloads of pods' own tunnels. */
  payload: Payload | null;
}

/** Lets two ends talk. */
export function converse(scene: Scene, talk: Conversation): void {
  const line = new Line(scene, talk);
  const tellers: Record<ConversationKind, () => void> = {
    tcp: () => tcpTalk(line),
    service: () => tcpTalk(line),
    external: () => tcpTalk(line),
    dns: () => dnsTalk(line),
    echo: () => echoTalk(line),
    'one-way': () => datagrams(line),
    tunnel: () => ownTunnel(line),
  };
  tellers[talk.kind]();
  const { forward, backward } = line;
  const asking = scene.flows.get(forward ?? '');
  if (asking !== undefined) asking.replied = asking.replied === true || line.answered;
  if (!line.answered) return;
  for (const key of [forward, backward]) {
    const flow = key === null ? undefined : scene.flows.get(key);
    if (flow !== undefined) flow.answered = true;
  }
}

/** Both directions of a conversation, with its own clock. */
class Line {
  readonly random: Random;
  readonly ports: Ports;
  time: number;
  answered = false;
  forward: string | null = null;
  backward: string | null = null;
  /** As the asking pod has them, where translated. */
  private shownThere: string | null = null;
  private shownBack: string | null = null;
  private id: number;
  readonly talk: Conversation;
  private readonly scene: Scene;

  constructor(scene: Scene, talk: Conversation) {
    this.scene = scene;
    this.talk = talk;
    this.random = talk.random;
    this.time = talk.start;
    this.id = this.random.between(1, 60_000);
    const known = talk.kind === 'dns' ? [53, 123] : talk.kind === 'one-way' ? [514, 8125] : [80, 443, 8080, 5432];
    this.ports = { src: this.random.between(33_000, 60_000), dst: this.random.pick(known) };
  }

  wait(seconds: number): void {
    this.time += seconds * (0.5 + this.random.next());
  }

  /** From the one who asks, or back; whether it arrives. */
  send(back: boolean, make: (src: string, dst: string, ports: Ports) => { protocol: number; body: Buffer }): boolean {
    const { talk, ports } = this;
    const [src, dst] = back ? [talk.dst, talk.src] : [talk.src, talk.dst];
    const way = back ? { src: ports.dst, dst: ports.src } : ports;
    const packet = this.packetOf(src, dst, way, make);
    const shown = this.translated(back, packet, make);
    const { arrived, late } = transmit(this.scene, {
      packet,
      ...shown,
      from: back ? talk.b : talk.a,
      to: back ? talk.a : talk.b,
      time: this.time,
      kind: talk.kind,
      asks: talk.kind !== 'one-way' && talk.kind !== 'tunnel',
    });
    if (back) this.backward = flowKey(packet);
    else this.forward = flowKey(packet);
    this.shownThere = shown.atSource === undefined ? this.shownThere : flowKey(shown.atSource);
    this.shownBack = shown.atTarget === undefined ? this.shownBack : flowKey(shown.atTarget);
    if (back && arrived) this.answered = true;
    this.wait(0.0008);
    this.time += late;
    return arrived;
  }

  /** What delivery does to this conversation. */
  get fault(): DeliveryFault | null {
    return this.scene.delivery;
  }

  /** Notes that the last segment of a direction had been sent before. */
  sentAgain(back: boolean): void {
    const { resent } = this.scene.fates;
    for (const key of [back ? this.backward : this.forward, back ? this.shownBack : this.shownThere])
      if (key !== null) resent.set(key, (resent.get(key) ?? 0) + 1);
  }

  /** What becomes of questions to a DNS server that has troubles of its own. */
  get troubles(): 'dns-silent' | 'dns-failing' | null {
    const { fault, talk, forward, scene } = this;
    if (fault === null || fault.pod !== talk.b.ip || forward === null) return null;
    if (fault.kind !== 'dns-silent' && fault.kind !== 'dns-failing') return null;
    scene.fates.troubled.set(forward, fault.kind);
    return fault.kind;
  }

  private packetOf(
    src: string,
    dst: string,
    ports: Ports,
    make: (src: string, dst: string, ports: Ports) => { protocol: number; body: Buffer },
  ): IpPacket {
    this.id = (this.id % 65_000) + 1;
    return { src, dst, id: this.id, dontFragment: !isIpv6(src), ...make(src, dst, ports) };
  }

  /** What the asking pod sees: a service's address, or its own where the node stands in for it. */
  private translated(
    back: boolean,
    packet: IpPacket,
    make: (src: string, dst: string, ports: Ports) => { protocol: number; body: Buffer },
  ): { atSource?: IpPacket; atTarget?: IpPacket } {
    const { a, service, src, dst } = this.talk;
    if (a.pod === null || (service === null && src === a.ip)) return {};
    const remote = service?.ip ?? dst;
    const port = service?.port ?? this.ports.dst;
    const [from, to] = back ? [remote, a.ip] : [a.ip, remote];
    const ports = back ? { src: port, dst: this.ports.src } : { src: this.ports.src, dst: port };
    const seen = { ...packet, src: from, dst: to, ...make(from, to, ports) };
    return back ? { atTarget: seen } : { atSource: seen };
  }
}

/** Of a segment that nobody acknowledges. */
const MOST_TRIES = 5;
const NOTHING: Buffer = Buffer.alloc(0);

function tcpTalk(line: Line): void {
  const { random } = line;
  const start = { ask: random.int(2 ** 31), reply: random.int(2 ** 31) };
  const segment = (back: boolean, flags: number, at: [number, number], payload: Buffer = NOTHING): boolean =>
    line.send(back, (src, dst, ports) => ({
      protocol: 6,
      body: tcp(src, dst, ports, { seq: at[0], ack: at[1], flags }, payload),
    }));
  const { syn, ack, psh, fin } = TCP_FLAG;
  /** Until it arrives, in a world where that is in question. */
  const surely = (back: boolean, flags: number, at: [number, number], payload?: Buffer): boolean => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const arrived = segment(back, flags, at, payload);
      if (tries > 0) line.sentAgain(back);
      if (arrived || line.fault === null) return true;
      line.wait(0.2 * 2 ** tries);
    }
    return false;
  };
  let [answered, offered] = [false, 0];
  for (let tries = 0; tries < 3 && !answered; tries++) {
    const there = segment(false, syn, [start.ask, 0]);
    if (tries > 0) line.sentAgain(false);
    answered = there && segment(true, syn | ack, [start.reply, start.ask + 1]);
    if (there && offered++ > 0) line.sentAgain(true);
    if (!answered) line.wait(tries + 1);
  }
  if (!answered) return;
  let [asked, replied] = [start.ask + 1, start.reply + 1];
  segment(false, ack, [asked, replied]);
  for (let i = random.between(1, 2); i > 0; i--) {
    const [question, reply] = [random.bytes(random.between(20, 60)), random.bytes(random.between(30, 200))];
    if (!surely(false, ack | psh, [asked, replied], question)) return;
    asked += question.length;
    if (!surely(true, ack | psh, [replied, asked], reply)) return;
    replied += reply.length;
    segment(false, ack, [asked, replied]);
  }
  if (line.fault?.kind === 'mtu') {
    const [up, down] = [random.bytes(LARGE_BYTES + 300), random.bytes(LARGE_BYTES + 200)];
    if (!surely(false, ack, [asked, replied], up)) return;
    asked += up.length;
    if (!surely(true, ack, [replied, asked], down)) return;
    replied += down.length;
    segment(false, ack, [asked, replied]);
  }
  if (random.chance(0.5)) return;
  if (!surely(false, ack | fin, [asked, replied])) return;
  if (!surely(true, ack | fin, [replied, asked + 1])) return;
  segment(false, ack, [asked + 1, replied + 1]);
}

/** RFC 1035, section 4.1.1. */
const SERVFAIL = 2;

function dnsTalk(line: Line): void {
  const { random } = line;
  for (let i = random.between(1, 2); i > 0; i--) {
    const id = random.bytes(2);
    const name = Buffer.from([4, ...Buffer.from('shop'), 3, ...Buffer.from('svc'), 0, 0, 1, 0, 1]);
    const message = (flags: number, code = 0): Buffer =>
      Buffer.concat([id, Buffer.from([flags, code, 0, 1, 0, 0, 0, 0, 0, 0]), name]);
    const ntp = (mode: number): Buffer => Buffer.concat([Buffer.from([0x20 | mode, 2, 6, 0xe9]), random.bytes(44)]);
    const payload = (back: boolean): Buffer =>
      line.ports.dst === 53
        ? message(back ? 0x81 : 0x01, back && line.troubles !== null ? SERVFAIL : 0)
        : ntp(back ? 4 : 3);
    const datagram = (back: boolean): boolean =>
      line.send(back, (src, dst, ports) => ({ protocol: 17, body: udp(src, dst, ports, payload(back)) }));
    if (datagram(false) && (line.ports.dst !== 53 || line.troubles !== 'dns-silent')) datagram(true);
    line.wait(0.3);
  }
}

function echoTalk(line: Line): void {
  const { random } = line;
  const id = random.int(65_536);
  const data = random.bytes(48);
  const message = (back: boolean, seq: number): boolean =>
    line.send(back, (src, dst) => ({ protocol: isIpv6(src) ? 58 : 1, body: echo(src, dst, !back, id, seq, data) }));
  const count = random.between(1, 3);
  for (let seq = 1; seq <= count; seq++) {
    if (message(false, seq)) message(true, seq);
    line.wait(0.4);
  }
}

function datagrams(line: Line): void {
  const count = line.random.between(1, 4);
  for (let i = 0; i < count; i++) {
    const text = Buffer.from(`<13>app[${i}]: ${line.random.int(1e6)}`);
    line.send(false, (src, dst, ports) => ({ protocol: 17, body: udp(src, dst, ports, text) }));
    line.wait(0.2);
  }
}

/** A tunnel between two pods: its outer packets are what the cluster carries. */
function ownTunnel(line: Line): void {
  const { payload } = line.talk;
  if (payload === null) return;
  const count = line.random.between(2, 4);
  for (let i = 0; i < count; i++) {
    const { protocol, ports, body } = payload();
    line.send(i % 2 === 1, (src, dst) => ({ protocol, body: ports === null ? body : udp(src, dst, ports, body) }));
  }
}
