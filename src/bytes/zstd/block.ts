// Blocks of zstd frames to content. RFC 8878 section 3.1.1.3. Damage throws; no byte of the input can make it loop.
import { damage } from './fse.ts';
import { decodeHuffman, type HuffmanTable, readHuffmanTable, type Stretch } from './huffman.ts';
import { type Literals, newSequenceState, runSequences } from './sequences.ts';
import { MAX_BLOCK, Window } from './window.ts';

/** Bytes around a block that reading in words may touch. */
const MARGIN = 32;

/** Decodes the blocks of frames, in order. Owns its memory: the window, and room for a block and its literals. */
export class BlockDecoder {
  readonly #window = new Window();
  readonly #input = new Uint8Array(MARGIN + MAX_BLOCK + MARGIN);
  readonly #view = new DataView(this.#input.buffer);
  readonly #literals = new Uint8Array(MAX_BLOCK);
  #sequences = newSequenceState();
  #huffman: HuffmanTable | null = null;

  /** Forgets the frame before. @param windowSize bytes of history that the frame's header asks for */
  startFrame(windowSize: number): void {
    this.#window.startFrame(windowSize);
    this.#sequences = newSequenceState();
    this.#huffman = null;
  }

  /**
   * The content of one block, valid until the next.
   * @param type 0 raw, 1 RLE, 2 compressed
   * @param content of the block, behind its header
   * @param size as its header tells: of an RLE block, how often its byte is repeated
   * @throws Error for damage
   */
  decode(type: number, content: Uint8Array, size: number): Uint8Array {
    const window = this.#window;
    window.startBlock();
    const start = window.end;
    if (type === 0) window.append(content);
    else if (type === 1) window.repeat(content[0] ?? 0, size);
    else this.#decompress(content);
    return window.bytes.subarray(start, window.end);
  }

  #decompress(content: Uint8Array): void {
    this.#input.set(content, MARGIN);
    const end = MARGIN + content.length;
    const { literals, end: at } = this.#readLiterals({ start: MARGIN, end });
    runSequences(this.#view, { start: at, end }, literals, this.#sequences, this.#window);
  }

  /** RFC 8878 section 3.1.1.3.1. */
  #readLiterals({ start, end }: Stretch): { literals: Literals; end: number } {
    const view = this.#view;
    const first = start < end ? view.getUint8(start) : 0;
    const type = first & 3;
    const format = (first >> 2) & 3;
    if (type >= 2) return this.#readCoded({ start, end }, type === 2, format);
    const length = (format & 1) === 0 ? 1 : format === 1 ? 2 : 3;
    const word = view.getUint32(start, true);
    const size = (format & 1) === 0 ? first >> 3 : (word >>> 4) & (format === 1 ? 0xfff : 0xfffff);
    const at = start + length;
    const after = at + (type === 0 ? size : 1);
    if (size > MAX_BLOCK || after > end) throw damage('the literals of a block are longer than it');
    if (type === 0) return { literals: { bytes: this.#input, start: at, end: after }, end: after };
    this.#literals.fill(view.getUint8(at), 0, size);
    return { literals: { bytes: this.#literals, start: 0, end: size }, end: after };
  }

  #readCoded({ start, end }: Stretch, hasTree: boolean, format: number): { literals: Literals; end: number } {
    const view = this.#view;
    const width = format < 2 ? 10 : format === 2 ? 14 : 18;
    const header = format < 2 ? 3 : format === 2 ? 4 : 5;
    // Forty bits at most: more than a word has.
    const bits = view.getUint32(start, true) + view.getUint8(start + 4) * 2 ** 32;
    const size = Math.floor(bits / 16) % 2 ** width;
    const coded = Math.floor(bits / 2 ** (4 + width)) % 2 ** width;
    const after = start + header + coded;
    if (size > MAX_BLOCK || after > end) throw damage('the literals of a block are longer than it');
    let at = start + header;
    if (hasTree) {
      const tree = readHuffmanTable(view, at, after);
      this.#huffman = tree.table;
      at = tree.end;
    }
    this.#decodeStreams({ start: at, end: after }, size, format === 0 ? 1 : 4);
    return { literals: { bytes: this.#literals, start: 0, end: size }, end: after };
  }

  #decodeStreams({ start, end }: Stretch, size: number, streams: 1 | 4): void {
    const view = this.#view;
    const table = this.#huffman;
    if (table === null) throw damage('a Huffman tree is used again that was never there');
    const lengths = streams === 1 ? [] : [0, 2, 4].map((i) => view.getUint16(start + i, true));
    const share = streams === 1 ? size : (size + 3) >> 2;
    let at = start + (streams === 1 ? 0 : 6);
    for (let i = 0; i < streams; i++) {
      const length = lengths[i] ?? end - at;
      if (at + length > end) throw damage('a stream of literals is longer than its block');
      const from = Math.min(size, i * share);
      const to = i === streams - 1 ? size : Math.min(size, from + share);
      decodeHuffman(view, { start: at, end: at + length }, table, this.#literals, from, to);
      at += length;
    }
  }
}
