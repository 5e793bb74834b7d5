// Long output on a terminal goes through a pager; what fits it, and what is in no terminal, does not.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Io, writeAll } from '../../src/cli/io.ts';
import { withoutPagerOption, withPager } from '../../src/cli/pager.ts';
import { collector } from '../support/run-cli.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'overlens-pager-'));

function world(env: Record<string, string>, partial: Partial<Io> = {}) {
  const [stdout, stderr] = [collector(), collector()];
  const io: Io = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdoutIsTTY: true,
    stderrIsTTY: true,
    columns: 80,
    rows: 10,
    signal: new AbortController().signal,
    now: () => new Date(),
    ...partial,
  };
  return { io, stdout, stderr };
}

async function paged(env: Record<string, string>, lines: number, partial: Partial<Io> = {}) {
  const { io, stdout, stderr } = world(env, partial);
  const paging = withPager(io, true);
  const taken = await writeAll(
    paging.io.stdout,
    Array.from({ length: lines }, (_, i) => `line ${i}\n`),
  );
  await writeAll(paging.io.stderr, ['a hint\n']);
  const before = stderr.text();
  await paging.finish();
  return { taken, stdout: stdout.text(), before, after: stderr.text() };
}

describe('a pager', () => {
  it('gets what is longer than the terminal, and LESS=FRX', async () => {
    const file = join(FOLDER, 'long');
    const { stdout, before, after } = await paged({ PAGER: `(printenv LESS; cat) > ${file}` }, 20);
    expect(stdout).toBe('');
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual(['FRX', 'line 0']);
    expect(readFileSync(file, 'utf8')).toContain('line 19\n');
    expect({ before, after }).toEqual({ before: '', after: 'a hint\n' });
  });

  it('is not started for what fits', async () => {
    const file = join(FOLDER, 'short');
    writeFileSync(file, 'untouched');
    const { stdout, after } = await paged({ PAGER: `cat > ${file}` }, 9);
    expect(stdout).toContain('line 8\n');
    expect(readFileSync(file, 'utf8')).toBe('untouched');
    expect(after).toBe('a hint\n');
  });

  it('may go away early', async () => {
    expect((await paged({ PAGER: 'head -1 > /dev/null' }, 200_000)).taken).toBe(false);
  });

  it('is OVERLENS_PAGER before PAGER', async () => {
    const file = join(FOLDER, 'own');
    await paged({ PAGER: 'nonesuch', OVERLENS_PAGER: `cat > ${file}` }, 20);
    expect(readFileSync(file, 'utf8')).toContain('line 19\n');
  });

  it.each([
    ['no terminal', {}, { stdoutIsTTY: false }],
    ['cat', { PAGER: 'cat' }, {}],
    ['nothing', { PAGER: '' }, {}],
    ['a program that is not there', { PAGER: 'nonesuch -R' }, {}],
    ['a dumb terminal', { TERM: 'dumb' }, {}],
  ])('is none: %s', async (_name, env, partial) => {
    expect((await paged({ PAGER: 'false', ...env }, 20, partial)).stdout).toContain('line 19\n');
  });

  it('never holds back what is seen as it is captured', async () => {
    const { io, stdout } = world({ PAGER: 'false' });
    const paging = withPager(io, true);
    paging.io.live?.();
    await writeAll(paging.io.stdout, ['now\n']);
    expect(stdout.text()).toBe('now\n');
    await paging.finish();
  });

  it('is turned off by an option of every command', () => {
    expect(withoutPagerOption(['trace', '--no-pager', 'a.pcap'])).toEqual(['trace', 'a.pcap']);
  });
});
