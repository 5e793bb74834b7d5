// `overlens query` on the command line: its outputs, what it says of mistakes, hostile names, and the line for DuckDB's own program.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/cli/commands/query-command.ts';
import { OBSERVATION_COLUMNS } from '../../src/export/parquet/observation-columns.ts';
import { VIEWS } from '../../src/export/parquet/views.ts';
import { collector, runCli, testIo } from '../support/run-cli.ts';

const SAMPLE = 'samples/04-overlay-bypassed';
const folder = mkdtempSync(join(tmpdir(), 'overlens-query-'));
/** A name that shells, SQL and patterns would each take for something else. */
const FLOWS = join(folder, `it's [flows] *$HOME`);

beforeAll(async () => {
  await runCli(['trace', SAMPLE, '-t', `${SAMPLE}/topology`, '-o', 'parquet', '-w', FLOWS]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (sql: string, ...more: string[]) => runCli(['query', sql, FLOWS, ...more]);

describe('results', () => {
  it('are tables, CSV and JSON of the same rows; integers keep all their digits', async () => {
    const sql = "SELECT 9007199254740993 AS n, 'a,b' AS t, NULL AS none, [1, 2] AS list";
    expect((await ask(sql)).stdout).toBe('               n  t    none  list\n9007199254740993  a,b        [1, 2]\n');
    expect((await ask(sql, '-o', 'csv')).stdout).toBe('n,t,none,list\n9007199254740993,"a,b",,"[1, 2]"\n');
    expect((await ask(sql, '-o', 'json')).stdout).toBe(
      '[\n  {"n": 9007199254740993, "t": "a,b", "none": null, "list": [1, 2]}\n]\n',
    );
    expect((await ask('FROM leaks WHERE false', '-o', 'json')).stdout).toBe('[]\n');
  });

  it('show what names hide: no control character reaches the terminal, and no formula a spreadsheet', async () => {
    const sql = "SELECT chr(27) || '[2J' AS a, '=1+1' AS b, chr(8238) || 'x' AS c";
    for (const output of ['table', 'csv', 'json']) {
      const { stdout } = await ask(sql, '-o', output);
      expect({ output, hidden: /[\u001b\u202e]/.test(stdout) }).toEqual({ output, hidden: false });
    }
    expect((await ask(sql, '-o', 'csv')).stdout).toContain(",'=1+1,");
  });

  it('come of every shipped view', async () => {
    for (const { name } of VIEWS) {
      const { code, stderr } = await ask(`SELECT count(*) FROM ${name}`);
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
    }
    expect((await ask('SELECT count(*) > 0 AS found FROM leaks', '-o', 'csv')).stdout).toBe('found\ntrue\n');
  });

  it('have the cluster, the date and the node of the paths, a node named by digits as text', async () => {
    const { stdout } = await ask('SELECT DISTINCT cluster, date, typeof(node) AS t FROM observations', '-o', 'csv');
    expect(stdout).toBe('cluster,date,t\ndefault,2026-11-22,VARCHAR\n');
  });
});

describe('.schema and .views', () => {
  it('list the columns with their types, and the views, without a folder', async () => {
    const schema = await runCli(['query', '.schema', '-o', 'json']);
    const columns = JSON.parse(schema.stdout) as { column: string; type: string }[];
    expect(columns.map(({ column }) => column)).toEqual([
      ...OBSERVATION_COLUMNS.map(({ name }) => name),
      ...['cluster', 'date'],
    ]);
    const described = await ask('DESCRIBE observations', '-o', 'json');
    const real = JSON.parse(described.stdout) as { column_name: string; column_type: string }[];
    const typeOf = new Map(real.map((one) => [one.column_name, one.column_type]));
    expect(columns.filter(({ column, type }) => typeOf.get(column) !== type)).toEqual([]);
    const views = await runCli(['query', '.views']);
    expect(views.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['leaks', 'node_pairs', 'by_pool', 'timeline', 'sent_arrived']),
    );
  });
});

describe('mistakes', () => {
  it.each([
    [['query'], 'no SQL given'],
    [['query', 'FROM leaks'], 'no folder given'],
    [['query', '.tables'], '.tables: not known'],
    [['query', 'FROM leaks', 'samples', 'docs'], 'docs: one folder only'],
    [['query', 'FROM leaks', 'nowhere'], 'nowhere: no such folder'],
    [['query', 'samples', 'FROM leaks'], 'FROM leaks: no such folder'],
    [['query', 'FROM leaks', 'samples'], 'samples: no observations are in it'],
    [['query', 'FROM leaks', 'samples', '-o', 'xml'], '-o xml: not known'],
  ])('%j', async (argv, message) => {
    const { code, stderr } = await runCli(argv);
    expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 2, first: `overlens: ${message}` });
  });

  it('in SQL are said with what there is', async () => {
    const { code, stderr } = await ask('FROM leak');
    expect(code).toBe(2);
    expect(stderr).toContain('Table with name leak does not exist');
    expect(stderr).toContain('there are observations, flows, leaks, node_pairs, by_pool, timeline, sent_arrived');
  });
});

describe('without DuckDB', () => {
  it('the line on stdout asks the same of its own program, as it stands', async () => {
    const sql = `SELECT count(*) AS n, 'it''s "$HOME"' AS t FROM leaks`;
    const [stdout, stderr] = [collector(), collector()];
    const io = testIo({ stdout: stdout.stream, stderr: stderr.stream });
    const code = await runQuery([sql, FLOWS], { output: 'csv' }, io, async () => null);
    expect({ code, said: stderr.text().split('\n')[0] }).toEqual({
      ...{ code: 2, said: expect.stringContaining('DuckDB is not installed beside overlens') },
    });
    const { format, asked } = asShellReads(stdout.text());
    expect(format).toBe('-csv');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = await (await connection.runAndReadAll(asked)).getRowsJson();
    connection.closeSync();
    const own = await ask(sql, '-o', 'csv');
    expect(`n,t\n${rows.map((row) => row.join(',')).join('\n')}\n`).toBe(
      own.stdout.replaceAll('""', '"').replace(/"(it.*)"\n/, '$1\n'),
    );
  });
});

/** What a `duckdb` on the PATH would get from a shell. */
function asShellReads(line: string): { format: string; asked: string } {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const got = join(folder, 'got');
  writeFileSync(join(bin, 'duckdb'), `#!/bin/sh\nprintf '%s\\n%s' "$1" "$3" > "${got}"\n`);
  chmodSync(join(bin, 'duckdb'), 0o755);
  execFileSync('sh', ['-c', line], { env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } });
  const [format = '', ...asked] = readFileSync(got, 'utf8').split('\n');
  return { format, asked: asked.join('\n') };
}
