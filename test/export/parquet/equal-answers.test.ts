// The shipped views over captures that were traced one by one say what one trace of all of them says; also when the run was stopped
// between any two of them, and went on.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultStages, type Stages } from '../../../src/cli/stages.ts';
import { runCli } from '../../support/run-cli.ts';
import { splitCapture } from '../../support/split-capture.ts';
import { type Answer, type JsonTrace, viewAnswers } from '../../support/view-answers.ts';
import { IS_WHOLE } from '../../support/whole-matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-views-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Wrong, on any interface. `npm run matrix` takes all samples.
 */
const SOME = ['04', '06'];
const SAMPLES = readdirSync('samples').filter((name) =>
  IS_WHOLE ? /^\d\d-/.test(name) : SOME.includes(name.slice(0, 2)),
);

function capturesIn(sample: string): string[] {
  return readdirSync(sample)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => `${sample}/${name}`)
    .sort();
}

async function answersOf(views: readonly string[], flows: string): Promise<Record<string, Answer[]>> {
  const answers: Record<string, Answer[]> = {};
  for (const view of views) {
    const { code, stdout, stderr } = await runCli(['query', `FROM ${view}`, flows, '-o', 'json']);
    expect({ view, code, stderr }).toEqual({ view, code: 0, stderr: '' });
    answers[view] = JSON.parse(stdout) as Answer[];
  }
  return answers;
}

/** Only the columns that were computed, in an order of their own. */
function comparable(rows: readonly Answer[], columns: readonly string[]): string[] {
  return rows.map((row) => JSON.stringify(columns.map((name) => row[name] ?? null))).sort();
}

/** What the views say of captures that were traced one by one, and what one trace of all of them says. */
async function compare(captures: readonly string[], topology: string, flows: string, atOnce = 1): Promise<void> {
  const snapshot = ['-t', topology];
  const whole = await runCli(['trace', ...captures, ...snapshot, '-o', 'json']);
  const expected = viewAnswers(JSON.parse(whole.stdout) as JsonTrace);
  await resumeTillDone(['trace', '--resume', ...captures, ...snapshot, '-w', flows], atOnce);
  const actual = await answersOf(Object.keys(expected), flows);
  for (const [view, rows] of Object.entries(expected)) {
    const columns = Object.keys(rows[0] ?? {});
    expect({ view, rows: comparable(actual[view] ?? [], columns) }).toEqual({
      view,
      rows: comparable(rows, columns),
    });
  }
}

describe('the shipped views', () => {
  for (const sample of SAMPLES) {
    it(`say of ${sample} what one trace of all its captures says`, () =>
      compare(capturesIn(`samples/${sample}`), `samples/${sample}/topology`, join(folder, sample)));
  }

  it('say of many pieces of three NICs what one trace of all of them says', async () => {
    const pieces = capturesIn('samples/01-vxlan-between-nodes').flatMap((path) =>
      splitCapture(path, IS_WHOLE ? 3 : 10, folder, (i) => `${basename(path)}${String(i).padStart(2, '0')}`),
    );
    expect(pieces.length).toBeGreaterThan(IS_WHOLE ? 50 : 12);
    await compare(
      pieces,
      'samples/01-vxlan-between-nodes/topology',
      join(folder, 'pieces'),
      Math.ceil(pieces.length / 3),
    );
  });
});

/** Stopped by Ctrl-C behind so many captures, and begun anew, until the last one is read. */
async function resumeTillDone(argv: readonly string[], atOnce: number): Promise<void> {
  for (let run = 1; ; run++) {
    const stop = new AbortController();
    let read = 0;
    const stages: Stages = {
      ...defaultStages,
      traceCaptures(options) {
        if (++read > atOnce) stop.abort();
        return defaultStages.traceCaptures(options);
      },
    };
    const { code, stderr } = await runCli(argv, { stages, signal: stop.signal });
    if (code === 0) {
      expect(run).toBeGreaterThan(1);
      return;
    }
    expect({ code, stderr }).toMatchObject({ code: 130 });
    expect(run).toBeLessThan(20);
  }
}
