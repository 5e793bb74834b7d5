// Addresses as text and as bytes. IPv6 addresses of worlds are written `prefix::tail`, already in canonical form.

export function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function fromNumber(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export function isIpv6(ip: string): boolean {
  return ip.includes(':');
}

const bytesOf = new Map<string, Buffer>();

/** 4 or 16 bytes. */
export function ipBytes(ip: string): Buffer {
  let bytes = bytesOf.get(ip);
  if (bytes === undefined) {
    bytes = isIpv6(ip) ? ipv6Bytes(ip) : Buffer.from(ip.split('.').map(Number));
    if (bytesOf.size > 5000) bytesOf.clear();
    bytesOf.set(ip, bytes);
  }
  return bytes;
}

function ipv6Bytes(ip: string): Buffer {
  const [head = '', tail = ''] = ip.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [front, back] = [groups(head), groups(tail)];
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

export function macText(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Whether a CIDR holds an address of its family. */
export function holds(cidr: string, ip: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  if (isIpv6(base) !== isIpv6(ip)) return false;
  const [one, other] = [ipBytes(base), ipBytes(ip)];
  const bits = Number(length);
  for (let bit = 0; bit < bits; bit++) {
    const mask = 0x80 >> (bit & 7);
    if (((one[bit >> 3] ?? 0) & mask) !== ((other[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}
