// DuckDB, where it is installed: an optional peer of the package, loaded when a query runs.
import { OverlensError } from '../../errors.ts';

export type SqlValue = null | boolean | number | bigint | string | readonly SqlValue[] | { [key: string]: SqlValue };

export interface SqlResult {
  columns: readonly { name: string; isNumber: boolean }[];
  /** Pieces of the rows. */
  pieces(): AsyncIterable<readonly (readonly SqlValue[])[]>;
}

export interface SqlEngine {
  /**
   * Runs statements and then the query; of several queries, the last one's result.
   * @throws OverlensError E_USAGE with what the engine says
   */
  query(statements: readonly string[], sql: string): Promise<SqlResult>;
  close(): void;
}

/** Null where it is not installed. */
export async function loadSqlEngine(): Promise<SqlEngine | null> {
  const duckdb = await import('@duckdb/node-api').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  });
  if (duckdb === null) return null;
  // nothing is fetched from anywhere
  const settings = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };
  const instance = await duckdb.DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  return {
    async query(statements, sql) {
      try {
        for (const statement of statements) await connection.run(statement);
        const result = await connection.stream(sql);
        const columns = result.columnNames().map((name, i) => ({ name, isNumber: isNumeric(result.columnType(i)) }));
        return {
          columns,
          async *pieces() {
            for await (const rows of result.yieldRows()) yield rows.map((row) => row.map(plainValue));
          },
        };
      } catch (error) {
        throw new OverlensError('E_USAGE', error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

function isNumeric(type: { toString(): string }): boolean {
  return NUMERIC.test(type.toString());
}

/** Lists and structs as such; times, intervals and the like as DuckDB writes them. */
function plainValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value as SqlValue;
  const { items, entries } = value as { items?: unknown; entries?: unknown };
  if (Array.isArray(items)) return items.map(plainValue);
  if (typeof entries === 'object' && entries !== null && !Array.isArray(entries))
    return Object.fromEntries(Object.entries(entries).map(([key, one]) => [key, plainValue(one)]));
  return String(value);
}
