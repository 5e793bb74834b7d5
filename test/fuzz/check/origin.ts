// Whether a name or an address that is printed stands in the input.

/** Looks texts and addresses up in the content of an input. */
export class Origin {
  readonly #content: readonly Buffer[];
  readonly #known = new Map<string, boolean>();

  constructor(content: readonly Uint8Array[], texts: readonly string[]) {
    this.#content = [...content, ...texts.map((text) => Buffer.from(text))].map((bytes) => Buffer.from(bytes));
  }

  hasText(text: string): boolean {
    return this.#has(text, Buffer.from(text));
  }

  /** As it stands in a packet: four bytes or sixteen. */
  hasPacketAddress(address: string): boolean {
    return this.#has(`packet ${address}`, addressBytes(address));
  }

  #has(key: string, bytes: Buffer): boolean {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#content.some((one) => one.includes(bytes));
    this.#known.set(key, found);
    return found;
  }
}

function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  // an IPv4-mapped or -compatible one ends in a dotted quad (RFC 5952 section 5)
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...quad: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = quad.map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [left = '', right = ''] = hexadecimal.split('::');
  const [head, tail] = [left, right].map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...(head ?? []), ...Array(8 - (head?.length ?? 0) - (tail?.length ?? 0)).fill('0'), ...(tail ?? [])];
  return Buffer.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}
