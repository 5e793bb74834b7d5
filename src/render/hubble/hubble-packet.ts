// What a line of Hubble says of one packet, from its layers.
import type { Observation } from '../../attribution/vocabulary.ts';
import type { Packet } from '../../decode/packet.ts';
import { formatTime } from '../../net/time.ts';
import type { TracedFlow } from '../../verdict/trace-types.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import type { HubblePacket, TcpFlags } from './hubble-line.ts';

/** Bits of TCP's bytes 12 and 13 (RFC 9293 section 3.1, RFC 3540 for NS). */
const FLAGS = [
  ...[
    ['FIN', 0x01],
    ['SYN', 0x02],
    ['RST', 0x04],
    ['PSH', 0x08],
    ['ACK', 0x10],
    ['URG', 0x20],
  ],
  ...[
    ['ECE', 0x40],
    ['CWR', 0x80],
    ['NS', 0x100],
  ],
] as const as readonly (readonly [keyof TcpFlags, number])[];

/** What the table tells of a packet: stack index of the layer above the flow's IP header, and its tunnel. -1 without one. */
interface Located extends Pick<Observation, 'encapsulation'> {
  transport: number;
  tunnelLayer: number;
  tunnelRecord: Pick<Observation, 'outerSrc' | 'outerDst'>;
}

/** @param locator asked about this packet last */
export function hubblePacket(packet: Packet, flow: TracedFlow, locator: Located): HubblePacket {
  const { stack, capture, number } = packet;
  const at = locator.transport < 0 ? -1 : stack.start[locator.transport]!;
  const protocol = locator.transport < 0 ? -1 : stack.protocol[locator.transport]!;
  const end = packet.start + packet.captured;
  const byte = (offset: number): number => packet.bytes[at + offset] ?? 0;
  const isTcp = protocol === PROTOCOL.tcp && at + 14 <= end;
  const isIcmp = (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) && at + 2 <= end;
  return {
    ...{ capture, number },
    time: formatTime(packet, packet.interface?.timeDigits ?? 6),
    flags: isTcp ? flagsOf(((byte(12) & 1) << 8) | byte(13)) : null,
    icmp: isIcmp ? { type: byte(0), code: byte(1) } : null,
    observation: observationOf(flow, capture, locator),
    outerSourcePort: outerPort(packet, locator.tunnelLayer),
  };
}

function flagsOf(bits: number): TcpFlags {
  return Object.fromEntries(FLAGS.filter(([, bit]) => bits & bit).map(([name]) => [name, true]));
}

/** The observation that the packet counts in. */
function observationOf(flow: TracedFlow, capture: number, locator: Located): Observation | null {
  const { encapsulation, tunnelRecord } = locator;
  const here = flow.observations.filter((one) => one.capture === capture);
  const alike = here.filter((one) => one.encapsulation === encapsulation);
  const { outerSrc, outerDst } = tunnelRecord;
  return alike.find((one) => one.outerSrc === outerSrc && one.outerDst === outerDst) ?? alike[0] ?? here[0] ?? null;
}

/** Of the UDP header right around the tunnel's. */
function outerPort({ bytes, stack }: Packet, tunnelLayer: number): number | null {
  const udp = tunnelLayer - 1;
  if (udp < 0 || stack.protocol[udp] !== PROTOCOL.udp) return null;
  const at = stack.start[udp]!;
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
