// Address ranges (RFC 4632): parsing with or without host bits, containment, overlap, text. Both families, no I/O.
import { formatIp, type Ip, parseIp } from './ip.ts';

/** An address with a prefix length. `value` keeps the host bits as written; `networkOf` clears them. */
export interface Cidr extends Ip {
  /** 0-32 for family 4, 0-128 for family 6. */
  prefixLength: number;
}

/** Reads `10.0.1.20/24`, host bits kept. Null without a prefix length or when it is out of range. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const ip = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (ip === null || !/^(0|[1-9]\d{0,2})$/.test(digits)) return null;
  const prefixLength = Number(digits);
  return prefixLength > bitsOf(ip.family) ? null : { ...ip, prefixLength };
}

/** Like `parseCidr`, but a bare address counts as a range of one (`10.48.0.130` is `10.48.0.130/32`). */
export function parseCidrOrIp(text: string): Cidr | null {
  if (text.includes('/')) return parseCidr(text);
  const ip = parseIp(text);
  return ip === null ? null : hostCidr(ip);
}

/** The range that holds one address only. */
export function hostCidr(ip: Ip): Cidr {
  return { ...ip, prefixLength: bitsOf(ip.family) };
}

/** The range with its host bits cleared: `10.0.1.20/24` becomes `10.0.1.0/24`. */
export function networkOf(cidr: Cidr): Cidr {
  return { ...cidr, value: maskAddress(cidr, cidr.prefixLength) };
}

/** The range of `prefixLength` that holds the address. */
export function enclosingNetwork(ip: Ip, prefixLength: number): Cidr {
  return { family: ip.family, value: maskAddress(ip, prefixLength), prefixLength };
}

/** True when bits beyond the prefix length are set. */
export function hasHostBits(cidr: Cidr): boolean {
  return maskAddress(cidr, cidr.prefixLength) !== cidr.value;
}

/** True when the address lies in the range; never across families. */
export function cidrContains(cidr: Cidr, ip: Ip): boolean {
  return cidr.family === ip.family && maskAddress(ip, cidr.prefixLength) === maskAddress(cidr, cidr.prefixLength);
}

/** True when the two ranges share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return a.prefixLength <= b.prefixLength ? cidrContains(a, b) : cidrContains(b, a);
}

/** Text as written, host bits included. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr)}/${cidr.prefixLength}`;
}

/** Canonical text of the network that `text` names, a bare address being a range of one; null when it is neither. */
export function canonicalNetwork(text: string): string | null {
  const cidr = parseCidrOrIp(text);
  return cidr === null ? null : formatCidr(networkOf(cidr));
}

/** Address length in bits. */
export function bitsOf(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128;
}

function maskAddress(ip: Ip, prefixLength: number): bigint {
  const hostBits = BigInt(bitsOf(ip.family) - prefixLength);
  return (ip.value >> hostBits) << hostBits;
}
