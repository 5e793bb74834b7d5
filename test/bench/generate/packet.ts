// One packet as the conversations make it and the frame writer reads it: a single object, used again for every packet.

export const PROTOCOL = { ipip: 4, tcp: 6, udp: 17 } as const;
export const TCP_FLAG = { fin: 1, syn: 2, psh: 8, ack: 16 } as const;

export class Packet {
  /** Index in CARRIERS. */
  carrier = 0;
  protocol = 0;
  /** Sending and receiving node, by number. */
  fromNode = 0;
  toNode = 0;
  /** Inner addresses: u32, of IPv6 the last 32 bits. */
  from = 0;
  to = 0;
  fromPort = 0;
  toPort = 0;
  /** UDP source port of the tunnel: the same for all packets of one direction. */
  outerPort = 0;
  /** Inner IPv4 identification. */
  id = 0;
  seq = 0;
  ack = 0;
  flags = 0;
  /** TCP timestamps (RFC 7323). */
  tsVal = 0;
  tsEcr = 0;
  /** DNS: the head ends with this ID, the payload is the rest of the message. */
  hasDnsId = false;
  dnsId = 0;
  /** Bytes of payload, where they stand in the pool (even). */
  length = 0;
  payloadAt = 0;
  /** Sent in two outer fragments. */
  fragmented = false;
}
