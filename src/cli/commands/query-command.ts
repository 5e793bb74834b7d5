// `overlens query SQL DIR`: SQL over the files that `trace -o parquet` wrote, with the shipped views.
import { existsSync, readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OverlensError } from '../../errors.ts';
import { OBSERVATION_COLUMNS } from '../../export/parquet/observation-columns.ts';
import { VIEWS, viewStatements } from '../../export/parquet/views.ts';
import { csvLine, jsonRow, MEASURED_ROWS, type ResultRow, tableLines } from '../../render/query/result-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, writePiece } from '../io.ts';
import { loadSqlEngine, type SqlEngine, type SqlResult } from '../parquet/sql-engine.ts';
import { printProblem, usageError } from '../report-error.ts';
import { nearest, parseChoice } from '../values.ts';

const OUTPUTS = ['table', 'csv', 'json'] as const;
type Output = (typeof OUTPUTS)[number];

export interface RawQuery {
  output: string;
}

/** Questions that need no folder. */
const ABOUT = ['.schema', '.views'] as const;

export async function runQuery(
  [sql, folder, ...more]: readonly string[],
  raw: RawQuery,
  io: Io,
  load: () => Promise<SqlEngine | null> = loadSqlEngine,
): Promise<ExitCode> {
  const output = parseChoice('-o', raw.output, OUTPUTS);
  if (sql === undefined)
    throw usageError('no SQL given', "overlens query 'FROM leaks' DIR; overlens query .views lists what there is");
  if (sql.startsWith('.')) return about(sql, output, io);
  if (folder === undefined) throw usageError('no folder given', `overlens query '${sql}' DIR`);
  if (more.length > 0) throw usageError(`${more[0]}: one folder only`, 'SQL with blanks is one argument: quote it');
  if (!existsSync(folder) && existsSync(sql))
    throw usageError(`${folder}: no such folder`, `the SQL stands first: overlens query '${folder}' ${sql}`);
  await checkFolder(folder);
  const statements = viewStatements(folder);
  const engine = await load();
  if (engine === null) return withoutEngine([...statements, sql].join(' '), output, io);
  try {
    await write(await engine.query(statements, sql), output, io);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof OverlensError) || error.code !== 'E_USAGE') throw error;
    throw new OverlensError('E_USAGE', error.message, { hint: whatThereIs(), cause: error });
  } finally {
    engine.close();
  }
}

function whatThereIs(): string {
  const names = ['observations', ...VIEWS.map(({ name }) => name)];
  return `there are ${names.join(', ')}\noverlens query .schema lists the columns of observations, and .views the others`;
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  const wrong = found === null ? 'no such folder' : found.isDirectory() ? null : 'not a folder';
  const hint = 'overlens trace CAPTURE... -t SNAPSHOT -o parquet -w DIR makes one';
  if (wrong !== null) throw new OverlensError('E_UNREADABLE', `${folder}: ${wrong}`, { hint });
  if (!hasFiles(folder)) throw new OverlensError('E_UNREADABLE', `${folder}: no observations are in it`, { hint });
}

/** One is enough. */
function hasFiles(folder: string): boolean {
  for (const cluster of below(folder, 'cluster='))
    for (const date of below(cluster, 'date='))
      for (const node of below(date, 'node='))
        if (below(node, 'capture-').some((file) => file.endsWith('.parquet'))) return true;
  return false;
}

/** Nothing where it cannot be read: the query tells why. */
function below(folder: string, prefix: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => (name.startsWith(prefix) ? [join(folder, name)] : []));
  } catch {
    return [];
  }
}

/** What is installed beside overlens, or the same with DuckDB's own program. */
async function withoutEngine(sql: string, output: Output, io: Io): Promise<ExitCode> {
  const mode = { table: '', csv: '-csv ', json: '-json ' }[output];
  await writePiece(io.stdout, `duckdb ${mode}-c ${shellQuoted(sql)}\n`);
  await printProblem(
    io,
    'DuckDB is not installed beside overlens: the line on stdout asks the same of its own program',
    'npm install @duckdb/node-api (70 MB) lets overlens query answer itself',
  );
  return EXIT.error;
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `.schema`: the columns of a row; `.views`: what is built of them. */
async function about(question: string, output: Output, io: Io): Promise<ExitCode> {
  if (!ABOUT.some((one) => one === question)) {
    const near = nearest(question, ABOUT);
    throw usageError(
      `${question}: not known`,
      `${near === null ? '' : `did you mean ${near}? `}It is ${ABOUT.join(' or ')}.`,
    );
  }
  const isSchema = question === '.schema';
  const names = isSchema ? ['column', 'type', 'about'] : ['view', 'about', ...(output === 'table' ? [] : ['sql'])];
  const rows: ResultRow[] = isSchema
    ? [...OBSERVATION_COLUMNS.map(({ name, type, about }) => [name, SQL_TYPES[type], about]), ...OF_PATHS]
    : VIEWS.map(({ name, about, sql }) => [name, about, ...(output === 'table' ? [] : [sql.trim()])]);
  const columns = names.map((name) => ({ name, isNumber: false }));
  await write({ columns, pieces: () => once(rows) }, output, io);
  return EXIT.ok;
}

const SQL_TYPES = { text: 'VARCHAR', int32: 'INTEGER', int64: 'BIGINT' } as const;

/** What the paths of the files say. */
const OF_PATHS: readonly ResultRow[] = [
  ['cluster', 'VARCHAR', 'of --cluster'],
  ['date', 'DATE', "of the capture's first packet"],
];

async function* once(rows: readonly ResultRow[]): AsyncGenerator<readonly ResultRow[]> {
  yield rows;
}

async function write(
  { columns, pieces }: Pick<SqlResult, 'columns' | 'pieces'>,
  output: Output,
  io: Io,
): Promise<void> {
  const lines =
    output === 'table'
      ? tableOf(columns, pieces())
      : output === 'csv'
        ? csvOf(columns, pieces())
        : jsonOf(columns, pieces());
  for await (const text of lines) if (!(await writePiece(io.stdout, text)) || io.signal.aborted) return;
}

type Pieces = ReturnType<SqlResult['pieces']>;
type Columns = SqlResult['columns'];

async function* tableOf(columns: Columns, pieces: Pieces): AsyncGenerator<string> {
  const lines = tableLines(columns);
  let first: ResultRow[] | null = [];
  const begin = (): string => {
    const rows = first ?? [];
    first = null;
    return [lines.head(rows), ...rows.map(lines.row)].join('');
  };
  for await (const rows of pieces) {
    if (first === null) yield rows.map(lines.row).join('');
    else {
      first.push(...rows);
      if (first.length >= MEASURED_ROWS) yield begin();
    }
  }
  if (first !== null) yield begin();
}

async function* csvOf(columns: Columns, pieces: Pieces): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const rows of pieces) yield rows.map(csvLine).join('');
}

async function* jsonOf(columns: Columns, pieces: Pieces): AsyncGenerator<string> {
  let separator = '[\n  ';
  for await (const rows of pieces)
    for (const row of rows) {
      yield separator + jsonRow(columns, row);
      separator = ',\n  ';
    }
  yield separator === '[\n  ' ? '[]\n' : '\n]\n';
}
