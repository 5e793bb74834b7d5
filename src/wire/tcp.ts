// TCP. The header is 20 bytes and up to 40 bytes of options, by the data offset field.
import { defineHeader, flag, reserved, uint } from './header.ts';
import { portName } from './ports.ts';

export const TCP = defineHeader('tcp', 'RFC 9293 §3.1', 20, {
  srcport: uint(0, 16, 'Source port', { meaning: portName }),
  dstport: uint(16, 16, 'Destination port', { meaning: portName }),
  seq_raw: uint(32, 32, 'Sequence number'),
  ack_raw: uint(64, 32, 'Acknowledgment number'),
  hdr_len: uint(96, 4, 'Header length', { unit: 4 }),
  flags: uint(100, 12, 'Flags', { hex: true, group: true, meaning: tcpFlagsText }),
  'flags.res': reserved(100, 3, { named: true }),
  'flags.ae': flag(103, 'Accurate ECN'),
  'flags.cwr': flag(104, 'Congestion window reduced'),
  'flags.ece': flag(105, 'ECN echo'),
  'flags.urg': flag(106, 'Urgent'),
  'flags.ack': flag(107, 'Acknowledgment'),
  'flags.push': flag(108, 'Push'),
  'flags.reset': flag(109, 'Reset'),
  'flags.syn': flag(110, 'Syn'),
  'flags.fin': flag(111, 'Fin'),
  window_size_value: uint(112, 16, 'Window'),
  checksum: uint(128, 16, 'Checksum', { hex: true }),
  urgent_pointer: uint(144, 16, 'Urgent pointer'),
});

/** Masks for `TCP.flags.read`. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128, ae: 256 } as const;

/** `SYN, ACK`; `none` when no flag is set. Made once for each of the 512 values. */
export function tcpFlagsText(flags: number): string {
  return FLAG_TEXTS[flags & 0x1ff]!;
}

/** Bytes of the whole header with options: data offset in bytes, 0..60. `TCP.hdr_len.read` itself counts 32-bit words. */
export function tcpHeaderLength(bytes: Uint8Array, at: number): number {
  return TCP.hdr_len.read(bytes, at) << 2;
}

const FLAGS_AS_SAID = ['syn', 'fin', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ae'] as const;

/** `SYN`, `ACK`, in the order in which people say them. */
export function tcpFlagNames(flags: number): string[] {
  return FLAGS_AS_SAID.filter((name) => (flags & TCP_FLAG[name]) !== 0).map((name) => name.toUpperCase());
}

const FLAG_TEXTS: readonly string[] = Array.from(
  { length: 0x200 },
  (_, flags) => tcpFlagNames(flags).join(', ') || 'none',
);
