// The memory of rows: chunks of records that are never copied, but for the first one, which begins small and grows by doubling: most
// captures have few flows.
import { CHUNK_SHIFT, RARE, RECORD } from './row-layout.ts';

const CHUNK_ROWS = 1 << CHUNK_SHIFT;
const FIRST_ROWS = 16;

/** Records by chunk: those of nearly every packet, and those of what is rare, each as two views of the same bytes. */
interface Chunks {
  readonly words: Int32Array[];
  readonly doubles: Float64Array[];
  readonly rareWords: Int32Array[];
  readonly rareDoubles: Float64Array[];
}

/** Makes room for more rows than `room`, which are all there is room for. Returns for how many. */
export function makeRoom(room: number, { words, doubles, rareWords, rareDoubles }: Chunks): number {
  const chunk = room >>> CHUNK_SHIFT;
  const rows = room < CHUNK_ROWS ? Math.max(FIRST_ROWS, 2 * room) : CHUNK_ROWS;
  grow(words, doubles, chunk, rows * RECORD.words);
  grow(rareWords, rareDoubles, chunk, rows * RARE.words);
  return chunk * CHUNK_ROWS + rows;
}

function grow(words: Int32Array[], doubles: Float64Array[], chunk: number, length: number): void {
  const grown = new Int32Array(length);
  grown.set(words[chunk] ?? []);
  words[chunk] = grown;
  doubles[chunk] = new Float64Array(grown.buffer);
}
