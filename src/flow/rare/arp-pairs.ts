// ARP as evidence: who asked for whom, on which link. It tells whose NIC a capture is, and that a neighbour is missing
// (ARP on the tunnel device never happens in a healthy cluster: calico-facts 4.5, 10.7). Bounded to MAX_PAIRS pairs.
import { type Fields, must, type SavedFields } from '../../store/saved.ts';
import { ARP, isEthernetArp } from '../../wire/arp.ts';
import { u16, u32 } from '../../wire/bytes.ts';
import { WordTable } from '../word-table.ts';

export const MAX_PAIRS = 8192;
const SENDER_MAC = 8;
const SENDER_IP = 14;
const TARGET_IP = 24;
const OPERATION = 6;
const ARP_LENGTH = ARP.headerLength;
const [LINK, OP, SENDER, TARGET, MAC_HIGH, MAC_LOW] = [0, 1, 2, 3, 4, 5] as const;

export interface ArpPair {
  link: number;
  /** 1 request, 2 reply. */
  operation: number;
  /** u32 IPv4 addresses. */
  sender: number;
  target: number;
  senderMacHigh: number;
  senderMacLow: number;
  packets: number;
  firstPacket: number;
}

export class ArpPairs {
  readonly #table = new WordTable(64);
  /** Packets of each pair, and the first one. */
  readonly #packets: number[] = [];
  readonly #first: number[] = [];

  /** Counts the ARP header at `at` (IPv4 over Ethernet: RFC 826); others are passed over. */
  add(bytes: Uint8Array, at: number, end: number, link: number, packet: number): void {
    if (end - at < ARP_LENGTH || !isEthernetArp(bytes, at)) return;
    const key = this.#table.key;
    key[LINK] = link;
    key[OP] = u16(bytes, at + OPERATION);
    key[SENDER] = u32(bytes, at + SENDER_IP);
    key[TARGET] = u32(bytes, at + TARGET_IP);
    key[MAC_HIGH] = u16(bytes, at + SENDER_MAC);
    key[MAC_LOW] = u32(bytes, at + SENDER_MAC + 2);
    const index = this.#table.count < MAX_PAIRS ? this.#table.intern() : this.#table.find();
    if (index < 0) return;
    if (index === this.#packets.length) {
      this.#packets.push(0);
      this.#first.push(packet);
    }
    this.#packets[index]!++;
  }

  save(): SavedFields {
    const [packets, first] = [Float64Array.from(this.#packets), Float64Array.from(this.#first)];
    return { pairs: this.#table.save(), packets, first };
  }

  /** @param links how many there are */
  restore(saved: Fields, links: number): void {
    this.#table.restore(saved.group('pairs'));
    const { count } = this.#table;
    must(count <= MAX_PAIRS, 'there are too many ARP pairs');
    this.#packets.push(...saved.doubles('packets', count));
    this.#first.push(...saved.doubles('first', count));
    for (const { link } of this.pairs()) must(link < links, 'ARP came on a link that there is not');
  }

  *pairs(): Iterable<ArpPair> {
    for (let i = 0; i < this.#table.count; i++) {
      yield {
        link: this.#table.word(i, LINK),
        operation: this.#table.word(i, OP),
        sender: this.#table.word(i, SENDER),
        target: this.#table.word(i, TARGET),
        senderMacHigh: this.#table.word(i, MAC_HIGH),
        senderMacLow: this.#table.word(i, MAC_LOW),
        packets: this.#packets[i] ?? 0,
        firstPacket: this.#first[i] ?? 0,
      };
    }
  }
}
