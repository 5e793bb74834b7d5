// One capture as Wireshark shows the most of it: every packet as it was, with names, places and comments. No I/O.

import type { CapturePoint } from '../../attribution/vocabulary.ts';
import { LINK_TYPE } from '../../capture/link-type.ts';
import type { CaptureInfo, CaptureInterface, HostName } from '../../capture/source.ts';
import { PcapngWriter } from '../../capture/write/pcapng-writer.ts';
import { sourceBlock } from '../../capture/write/written-packet.ts';
import type { Packet } from '../../decode/packet.ts';

export interface Annotations {
  /** Who writes: program and version. */
  application: string;
  names: readonly HostName[];
  /** Where the capture was taken. */
  points: readonly CapturePoint[];
}

export class AnnotatedCapture {
  readonly #writer: PcapngWriter;
  readonly #given: Annotations;
  /** The capture's interfaces as they are written, in its order. */
  readonly #interfaces = new Map<CaptureInterface, CaptureInterface>();
  packets = 0;
  commented = 0;

  constructor(given: Annotations) {
    this.#given = given;
    this.#writer = new PcapngWriter(given.application);
    this.#writer.names(given.names);
  }

  get length(): number {
    return this.#writer.length;
  }

  take(): Uint8Array {
    return this.#writer.take();
  }

  write(packet: Packet, comments: readonly string[]): void {
    const { info, interface: own } = packet;
    if (own === null) return;
    this.#describe(info);
    this.packets++;
    if (comments.length > 0) this.commented++;
    this.#writer.packet(packet, this.#interfaces.get(own) ?? own, sourceBlock(info.format, packet), comments);
  }

  /** What is known once all packets were read: interfaces without any, drops, names that the capture itself has. */
  end(info: CaptureInfo): void {
    this.#describe(info);
    for (const [own, written] of this.#interfaces) if (own.dropped !== null) this.#writer.dropped(written, own.dropped);
    const ours = new Set(this.#given.names.map(({ address }) => address.join()));
    this.#writer.names((info.hostNames ?? []).filter(({ address }) => !ours.has(address.join())));
  }

  /** In their order, so that they keep their numbers. */
  #describe({ interfaces, format }: CaptureInfo): void {
    for (let i = this.#interfaces.size; i < interfaces.length; i++) {
      const own = interfaces[i]!;
      const points = format === 'pcapng' && own.linkType !== LINK_TYPE.sll2 ? this.#pointsOf(i) : this.#given.points;
      const written = placed(own, points);
      this.#interfaces.set(own, written);
      this.#writer.interface(written);
    }
  }

  /** Of pcapng, points know the number of their interface. */
  #pointsOf(index: number): CapturePoint[] {
    return this.#given.points.filter((point) => point.index === index || point.index === null);
  }
}

/** The interface with its device's name, its node and its role, as far as they are one. */
function placed(own: CaptureInterface, points: readonly CapturePoint[]): CaptureInterface {
  const only = <T>(values: readonly (T | null)[]): T | null => {
    const [first = null, ...more] = new Set(values);
    return more.length === 0 ? first : null;
  };
  const node = only(points.map((point) => point.node));
  const role = only(points.map((point) => point.role));
  const isAny = own.linkType === LINK_TYPE.sll || own.linkType === LINK_TYPE.sll2;
  const place = [
    node === null ? null : `node ${node.replaceAll(/\p{Cc}/gu, '_')}`,
    role === null || role === 'unknown' ? null : role,
  ].filter(Boolean);
  const name = own.name ?? (isAny ? 'any' : only(points.map((point) => point.interface)));
  const description = [own.description, place.join(', ')].filter(Boolean).join('; ');
  return { ...own, name, description: description === '' ? null : description };
}
