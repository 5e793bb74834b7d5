// What a filter of tcpdump looks at: the outermost headers of a frame.
import { ipBytes } from '../address.ts';
import type { Sighting } from '../traffic/scene.ts';

export type TapKind = 'nic' | 'any1' | 'any2' | 'veth' | 'tunnel';

/** Outermost addresses, protocol and ports of a frame; null without IP. */
export function outermost({ frame, raw }: Pick<Sighting, 'frame' | 'raw'>): OutermostFacts | null {
  const at = raw ? 0 : 14;
  const type = raw ? 0x0800 : frame.readUInt16BE(12);
  if (type === 0x86dd) {
    const text = (from: number): string => frame.subarray(from, from + 16).toString('hex');
    return portsOf(frame, { protocol: frame[at + 6] ?? 0, src: text(at + 8), dst: text(at + 24) }, at + 40);
  }
  if (type !== 0x0800) return null;
  const text = (from: number): string => frame.subarray(from, from + 4).join('.');
  return portsOf(frame, { protocol: frame[at + 9] ?? 0, src: text(at + 12), dst: text(at + 16) }, at + 20);
}

export interface OutermostFacts {
  protocol: number;
  /** IPv6 addresses as 32 hex digits. */
  src: string;
  dst: string;
  ports: readonly [number, number];
}

function portsOf(frame: Buffer, facts: Omit<OutermostFacts, 'ports'>, at: number): OutermostFacts {
  const hasPorts = facts.protocol === 6 || facts.protocol === 17;
  return { ...facts, ports: hasPorts ? [frame.readUInt16BE(at), frame.readUInt16BE(at + 2)] : [0, 0] };
}

/** An address as `outermost` writes it. */
export function asOutermost(ip: string): string {
  return ip.includes(':') ? ipBytes(ip).toString('hex') : ip;
}
