// Takes a little-endian pcapng apart by the draft alone (draft-ietf-opsawg-pcapng section 3 and 4): nothing of src/ is used, so that writer and
// reader cannot be wrong together.

export interface PlainBlock {
  type: number;
  /** Without type and lengths. */
  body: Buffer;
}

export type PlainOption = [code: number, value: Buffer];

export interface PlainPacket {
  interface: number;
  units: bigint;
  original: number;
  data: string;
  options: PlainOption[];
}

const [SECTION, INTERFACE, ENHANCED] = [0x0a0d0d0a, 1, 6] as const;

/** Throws where two lengths of a block differ or bytes are left. */
export function blocksOf(file: Uint8Array): PlainBlock[] {
  const bytes = Buffer.from(file);
  const blocks: PlainBlock[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    if (length % 4 !== 0 || length < 12 || at + length > bytes.length)
      throw new Error(`block at ${at}: length ${length}`);
    if (bytes.readUInt32LE(at + length - 4) !== length) throw new Error(`block at ${at}: its lengths differ`);
    blocks.push({ type: bytes.readUInt32LE(at), body: bytes.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return blocks;
}

/** Throws where a list of options is not ended, or has bytes behind its end. */
export function optionsOf(list: Buffer): PlainOption[] {
  const options: PlainOption[] = [];
  if (list.length === 0) return options;
  for (let at = 0; ; ) {
    const [code, length] = [list.readUInt16LE(at), list.readUInt16LE(at + 2)];
    if (code === 0) {
      if (length !== 0 || at + 4 !== list.length) throw new Error('options end in the middle');
      return options;
    }
    options.push([code, list.subarray(at + 4, at + 4 + length)]);
    at += 4 + Math.ceil(length / 4) * 4;
  }
}

export function interfacesOf(
  blocks: readonly PlainBlock[],
): { linkType: number; snaplen: number; options: PlainOption[] }[] {
  return blocks
    .filter(({ type }) => type === INTERFACE)
    .map(({ body }) => ({
      linkType: body.readUInt16LE(0),
      snaplen: body.readUInt32LE(4),
      options: optionsOf(body.subarray(8)),
    }));
}

/** Enhanced packet blocks. */
export function packetsOf(blocks: readonly PlainBlock[]): PlainPacket[] {
  return blocks
    .filter(({ type }) => type === ENHANCED)
    .map(({ body }) => {
      const captured = body.readUInt32LE(12);
      return {
        interface: body.readUInt32LE(0),
        units: (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8)),
        original: body.readUInt32LE(16),
        data: body.subarray(20, 20 + captured).toString('hex'),
        options: optionsOf(body.subarray(20 + Math.ceil(captured / 4) * 4)),
      };
    });
}

export function sectionsIn(blocks: readonly PlainBlock[]): number {
  return blocks.filter(({ type }) => type === SECTION).length;
}

/** The first option of a code, as text. */
export function textOf(options: readonly PlainOption[], code: number): string | null {
  return options.find((one) => one[0] === code)?.[1].toString('utf8') ?? null;
}
