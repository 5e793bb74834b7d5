// What is unusual in a packet and why it may be so: for explain and `decode -v`. Facts of the bytes only; whether something
// is an error where it was captured is for others to judge.
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { FRAGMENT } from '../wire/ipv6-extensions.ts';
import { VXLAN } from '../wire/vxlan.ts';
import { type LayerStack, PROTOCOL } from './layer-stack.ts';
import { type ChecksumView, judgeChecksum } from './view/checksums.ts';

export type RemarkCode =
  | 'cut-by-snaplen'
  | 'super-frame'
  | 'fragment-first'
  | 'fragment-later'
  | 'dont-fragment'
  | 'congestion-experienced'
  | 'checksum-zero'
  | 'checksum-unfinished'
  | 'checksum-wrong'
  | 'ttl-low'
  | 'reserved-bits'
  | 'trailing-bytes';

export interface Remark {
  code: RemarkCode;
  /** Stack index of the layer it is about. */
  layer: number;
  /** One or two sentences: what, and why it may be so. */
  text: string;
}

/** Longer than any link's MTU here (jumbo frames: 9216 bytes with headers): segmentation offload. */
const LARGEST_ON_A_WIRE = 9216;
const LOW_TTL = 5;

/** In order of the layers. `start` is where the packet begins, `captured` and `original` its lengths. */
export function remarks(
  bytes: Uint8Array,
  stack: LayerStack,
  packet: { start: number; captured: number; original: number },
): Remark[] {
  const found: Remark[] = [];
  const note: Note = (layer, code, text) => {
    found.push({ code, layer, text });
  };
  frameRemarks(stack, packet, note);
  for (let layer = 0; layer < stack.depth; layer++) {
    const protocol = stack.protocol[layer];
    if (protocol === PROTOCOL.ipv4) ipv4Remarks(bytes, stack, layer, note);
    if (protocol === PROTOCOL.ipv6) ipv6Remarks(bytes, stack, layer, note);
    if (protocol === PROTOCOL.fragment)
      fragmentRemark(FRAGMENT.offset.read(bytes, stack.start[layer]!), layer, stack, note);
    if (protocol === PROTOCOL.vxlan) vxlanRemarks(bytes, stack.start[layer]!, layer, note);
    const checksum = judgeChecksum(bytes, stack, layer);
    if (checksum !== null) checksumRemark(checksum, layer, note);
  }
  return found;
}

type Note = (layer: number, code: RemarkCode, text: string) => void;

function frameRemarks(
  stack: LayerStack,
  packet: { start: number; captured: number; original: number },
  note: Note,
): void {
  const { start, captured, original } = packet;
  if (captured < original) {
    note(0, 'cut-by-snaplen', `The capture kept ${captured} of ${original} bytes (snaplen, tcpdump -s).`);
  }
  if (original > LARGEST_ON_A_WIRE) {
    const why =
      'no wire carries that: the kernel leaves cutting it into segments to the NIC (GSO, TSO) or joined them (GRO)';
    note(0, 'super-frame', `${original} bytes in one frame; ${why}.`);
  }
  const innermost = stack.depth - 1;
  if (innermost < 0 || stack.network < 0) return;
  const trailing = start + captured - stack.end[stack.network]!;
  if (trailing > 0 && captured === original && stack.network <= 2) {
    note(
      0,
      'trailing-bytes',
      `${trailing} bytes follow the IP packet: padding to Ethernet’s least length, or a frame check sequence.`,
    );
  }
}

function ipv4Remarks(bytes: Uint8Array, stack: LayerStack, layer: number, note: Note): void {
  const at = stack.start[layer]!;
  const offset = IPV4.frag_offset.read(bytes, at);
  if (offset > 0 || IPV4['flags.mf'].read(bytes, at) === 1) fragmentRemark(offset, layer, stack, note);
  if (IPV4['flags.df'].read(bytes, at) === 1) {
    note(
      layer,
      'dont-fragment',
      'Don’t fragment is set: where the MTU is too small the packet is dropped and its sender told.',
    );
  }
  ipRemarks(IPV4['dsfield.ecn'].read(bytes, at), IPV4.ttl.read(bytes, at), layer, note);
}

function ipv6Remarks(bytes: Uint8Array, stack: LayerStack, layer: number, note: Note): void {
  const at = stack.start[layer]!;
  ipRemarks(IPV6['tclass.ecn'].read(bytes, at), IPV6.hlim.read(bytes, at), layer, note);
}

function ipRemarks(ecn: number, hops: number, layer: number, note: Note): void {
  if (ecn === 3)
    note(layer, 'congestion-experienced', 'A router on the way marked congestion instead of dropping (ECN).');
  if (hops < LOW_TTL)
    note(layer, 'ttl-low', `Only ${hops} hops are left: link-local traffic, traceroute or a routing loop.`);
}

function fragmentRemark(offset: number, layer: number, stack: LayerStack, note: Note): void {
  if (offset > 0) {
    note(layer, 'fragment-later', 'A later fragment: ports and inner headers are in the first one only.');
  } else if (stack.firstFragment >= 0) {
    note(layer, 'fragment-first', 'The first of several fragments: lengths inside are those of the whole packet.');
  }
}

function vxlanRemarks(bytes: Uint8Array, at: number, layer: number, note: Note): void {
  const { reserved1, reserved2, reserved3, reserved4, reserved8 } = VXLAN;
  const isSet = [reserved1, reserved2, reserved3, reserved4, reserved8].some((field) => field.read(bytes, at) !== 0);
  if (isSet) note(layer, 'reserved-bits', 'Reserved bits are set; receivers ignore them (RFC 7348 §5).');
}

function checksumRemark(checksum: ChecksumView, layer: number, note: Note): void {
  const { field, state, reason, expected } = checksum;
  if (state === 'zero-allowed') note(layer, 'checksum-zero', `${field} is 0: ${reason}.`);
  if (state === 'zero-not-allowed') note(layer, 'checksum-wrong', `${field} is 0: ${reason}.`);
  if (state === 'unfinished') {
    note(layer, 'checksum-unfinished', `${field}: ${reason}. Captured before it left this host.`);
  }
  if (state === 'wrong') {
    const should = expected === null ? '' : `, it would have to be 0x${expected.toString(16).padStart(4, '0')}`;
    note(layer, 'checksum-wrong', `${field}: ${reason}${should}.`);
  }
}
