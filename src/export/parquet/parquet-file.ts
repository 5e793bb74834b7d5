// Rows -> the bytes of a Parquet file, a row group at a time: what is written is forgotten. The columns are snappy or uncompressed, so that
// any reader of Parquet needs nothing else.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell, Column } from './observation-columns.ts';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** Rows of a row group. */
export const GROUP_ROWS = 16_384;

export class ParquetFile {
  /** Rows that are waiting for their row group. */
  waiting = 0;
  /** All rows that were added. */
  rows = 0;
  readonly #columns: readonly Column[];
  #cells: Cell[][];
  readonly #bytes = new ByteWriter(1 << 16);
  readonly #writer: ParquetWriter;
  readonly #sink: (bytes: Uint8Array) => void;

  /** @param sink gets the file's bytes in order; they are valid until it returns */
  constructor(
    columns: readonly Column[],
    {
      sink,
      createdBy,
      metadata,
    }: { sink(bytes: Uint8Array): void; createdBy: string; metadata: Record<string, string> },
  ) {
    this.#columns = columns;
    this.#sink = sink;
    this.#cells = columns.map(() => []);
    const kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: schemaOf(columns), kvMetadata, createdBy });
  }

  /** @param cells one for each column */
  add(cells: readonly Cell[]): void {
    for (let i = 0; i < cells.length; i++) this.#cells[i]?.push(cells[i] ?? null);
    this.rows++;
    if (++this.waiting >= GROUP_ROWS) this.flush();
  }

  /** Writes what is waiting as a row group. */
  flush(): void {
    if (this.waiting === 0) return;
    const columnData = this.#columns.map(({ name, type, isPlain = false }, i) => ({
      name,
      data: type === 'int64' ? bigints(this.#cells[i] ?? []) : (this.#cells[i] ?? []),
      ...(isPlain ? { encoding: 'PLAIN' as const, codec: 'UNCOMPRESSED' as const, statistics: false } : {}),
      offsetIndex: false,
    }));
    this.#writer.write({ columnData, rowGroupSize: this.waiting });
    this.#cells = this.#columns.map(() => []);
    this.waiting = 0;
    this.#pass();
  }

  /** The end of the file. */
  finish(): void {
    this.flush();
    this.#writer.finish();
    this.#pass();
  }

  /** Hands over what was written since; offsets go on counting. */
  #pass(): void {
    this.#sink(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}

function bigints(cells: Cell[]): Cell[] {
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (typeof cell === 'number') cells[i] = BigInt(cell);
  }
  return cells;
}

function schemaOf(columns: readonly Column[]): Schema {
  const leaves = columns.map(({ name, type }): Schema[number] => {
    const shared = { name, repetition_type: 'OPTIONAL' as const };
    if (type === 'text') return { ...shared, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    return { ...shared, type: type === 'int32' ? 'INT32' : 'INT64' };
  });
  return [{ name: 'observation', num_children: columns.length }, ...leaves];
}
