// What can be odd inside a packet, as data: stable codes, numbers for the hot path, texts for people.
// Codes never change their meaning. A notice leaves the packet's outcome as it is; a fault makes it `faulty`.
import { byNumber, PROTOCOLS, type ProtocolRow } from '../wire/protocols.ts';

/**
 * Numbers for typed arrays and counters; 0 is no fault. The numbers of headers that are cut off stand in the protocols' rows
 * (wire/protocols.ts). A new one is the next that is free in both.
 */
export const FAULT = {
  none: 0,
  rawVersion: 9,
  ipv4Version: 11,
  ipv4HeaderLength: 12,
  ipv4TotalLengthShort: 13,
  ipv4LengthBeyondFrame: 14,
  ipv6Version: 16,
  ipv6LengthBeyondFrame: 17,
  udpLengthShort: 26,
  udpLengthZero: 27,
  udpLengthBeyondPacket: 28,
  tcpHeaderLength: 30,
  tcpOptionsTruncated: 31,
  vxlanFlagClear: 37,
  tooDeep: 41,
  tunnelTooDeep: 42,
  fragmentWithoutFirst: 43,
} as const;

export interface FaultInfo {
  /** Kebab-case and stable. */
  readonly name: string;
  /** One sentence: what was wrong. */
  readonly text: string;
  /** The rule it breaks. */
  readonly spec: string;
  /** True: worth knowing, but the packet is decoded and counted as usual. */
  readonly notice: boolean;
}

const OTHERS: Readonly<Record<keyof typeof FAULT, FaultInfo>> = {
  none: notice('none', 'nothing wrong', ''),
  rawVersion: fault('raw-version', 'a raw IP packet starts with neither version 4 nor version 6', 'LINKTYPE_RAW'),
  ipv4Version: fault('ipv4-version', 'announced as IPv4, but the version field is not 4', 'RFC 791 §3.1'),
  ipv4HeaderLength: fault('ipv4-header-length', 'the IPv4 header says it is shorter than 20 bytes', 'RFC 791 §3.1'),
  ipv4TotalLengthShort: fault(
    'ipv4-total-length-short',
    'the IPv4 total length is less than the header',
    'RFC 791 §3.1',
  ),
  ipv4LengthBeyondFrame: notice(
    'ipv4-length-beyond-frame',
    'the IPv4 total length is more than the frame holds',
    'RFC 791 §3.1',
  ),
  ipv6Version: fault('ipv6-version', 'announced as IPv6, but the version field is not 6', 'RFC 8200 §3'),
  ipv6LengthBeyondFrame: notice(
    'ipv6-length-beyond-frame',
    'the IPv6 payload length is more than the frame holds',
    'RFC 8200 §3',
  ),
  udpLengthShort: fault('udp-length-short', 'the UDP length is less than the 8 bytes of its header', 'RFC 768'),
  udpLengthZero: notice(
    'udp-length-zero',
    'the UDP length is 0: the payload is taken to reach the end of the IP packet',
    'RFC 2675 §4',
  ),
  udpLengthBeyondPacket: notice(
    'udp-length-beyond-packet',
    'the UDP length is more than the IP packet holds',
    'RFC 768',
  ),
  tcpHeaderLength: fault('tcp-header-length', 'the TCP header says it is shorter than 20 bytes', 'RFC 9293 §3.1'),
  tcpOptionsTruncated: notice('tcp-options-truncated', 'the TCP options are cut off', 'RFC 9293 §3.1'),
  vxlanFlagClear: notice(
    'vxlan-flag-clear',
    'sent to the VXLAN port without the I flag: taken as plain UDP',
    'RFC 7348 §5',
  ),
  tooDeep: fault('too-deep', 'more than 16 layers are nested', 'overlens'),
  tunnelTooDeep: fault('tunnel-too-deep', 'more than 4 tunnels are nested', 'overlens'),
  fragmentWithoutFirst: notice(
    'fragment-without-first',
    'a later fragment whose first one was not seen',
    'RFC 791 §3.2',
  ),
};

/** By PROTOCOL number the fault of a header that is cut off; 0 for protocols that have none. */
export const TRUNCATED: Uint8Array = Uint8Array.from(byNumber<ProtocolRow>(PROTOCOLS), (row) => row.cut?.fault ?? 0);

/** By number: `FAULTS[stack.fault]`. */
export const FAULTS: readonly FaultInfo[] = faultsByNumber();

export const FAULT_NAMES: readonly string[] = FAULTS.map((info) => info.name);

/** Who said that no more bytes follow: what limits the layer that could not be read. */
export const LIMIT = {
  captured: 0,
  frame: 1,
  ethernetLength: 2,
  ipv4Length: 3,
  ipv6Length: 4,
  udpLength: 5,
  pppoeLength: 6,
} as const;

/** As Wireshark names them; `captured`: the snaplen cut the packet, `frame.len`: it was no longer on the wire. */
export const LIMIT_NAMES = [
  'captured',
  'frame.len',
  'eth.len',
  'ip.len',
  'ipv6.plen',
  'udp.length',
  'pppoe.payload_length',
] as const;

/** What kind of number `LayerStack.unsupported` is. */
export const NUMBER_SPACE = {
  linkType: 0,
  etherType: 1,
  sllProtocol: 2,
  gpeNextProtocol: 3,
  erspanVersion: 4,
  family: 5,
  mplsPayload: 6,
  pppoeCode: 7,
  pppProtocol: 8,
} as const;
export const NUMBER_SPACE_NAMES = [
  'link type',
  'EtherType',
  'cooked protocol',
  'VXLAN-GPE next protocol',
  'ERSPAN version',
  'address family',
  'MPLS payload with first four bits',
  'PPPoE code',
  'PPP protocol',
] as const;

function fault(name: string, text: string, spec: string): FaultInfo {
  return { name, text, spec, notice: false };
}

function notice(name: string, text: string, spec: string): FaultInfo {
  return { name, text, spec, notice: true };
}

function faultsByNumber(): FaultInfo[] {
  const faults: FaultInfo[] = [];
  for (const key of Object.keys(FAULT) as (keyof typeof FAULT)[]) faults[FAULT[key]] = OTHERS[key];
  for (const { cut } of Object.values<ProtocolRow>(PROTOCOLS))
    if (cut !== null) faults[cut.fault] = fault(cut.code, `the ${cut.what} is cut off`, cut.spec);
  return faults;
}
