// Rows -> the bytes of a Parquet file, a row group at a time: what is written is forgotten. The columns are snappy or uncompressed, so that
// any reader of Parquet needs nothing else.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type ColumnBuffer, columnBuffer } from './column-buffer.ts';
import type { Cell, Column } from './observation-columns.ts';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** Rows of a row group. */
export const GROUP_ROWS = 4096;

/** Bytes of room that a file keeps between row groups. */
const KEPT_ROOM = 1 << 14;

export class ParquetFile {
  /** Rows that are waiting for their row group. */
  waiting = 0;
  /** All rows that were added. */
  rows = 0;
  readonly #columns: readonly Column[];
  readonly #buffers: readonly ColumnBuffer[];
  readonly #bytes = new ByteWriter(KEPT_ROOM);
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
    this.#buffers = columns.map(columnBuffer);
    const kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: schemaOf(columns), kvMetadata, createdBy });
  }

  /** @param cells one for each column */
  add(cells: readonly Cell[]): void {
    const buffers = this.#buffers;
    for (let i = 0; i < buffers.length; i++) buffers[i]?.add(cells[i] ?? null);
    this.rows++;
    if (++this.waiting >= GROUP_ROWS) this.flush();
  }

  /** Writes what is waiting as a row group. */
  flush(): void {
    if (this.waiting === 0) return;
    const columnData = this.#columns.map(({ name, isPlain = false, isRanged = false }, i) => ({
      name,
      // the writer asks for one column after the other: none is made before
      get data() {
        return buffers[i]?.cells() ?? [];
      },
      ...(isPlain ? { encoding: 'PLAIN' as const, codec: 'UNCOMPRESSED' as const } : {}),
      statistics: isRanged,
      offsetIndex: false,
    }));
    const buffers = this.#buffers;
    // one page a column: so few rows are never split, and their sizes need not be estimated
    this.#writer.write({ columnData, rowGroupSize: this.waiting, pageSize: 0 });
    for (const buffer of buffers) buffer.clear();
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
    if (this.#bytes.buffer.byteLength <= KEPT_ROOM) return;
    this.#bytes.buffer = new ArrayBuffer(KEPT_ROOM);
    this.#bytes.view = new DataView(this.#bytes.buffer);
  }
}

function schemaOf(columns: readonly Column[]): Schema {
  const leaves = columns.map(({ name, type, isRequired = false }): Schema[number] => {
    const shared = { name, repetition_type: isRequired ? ('REQUIRED' as const) : ('OPTIONAL' as const) };
    if (type === 'text') return { ...shared, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    return { ...shared, type: type === 'int32' ? 'INT32' : 'INT64' };
  });
  return [{ name: 'observation', num_children: columns.length }, ...leaves];
}
