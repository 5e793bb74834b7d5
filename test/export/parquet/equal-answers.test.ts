// The shipped views over captures that were traced one by one say what one trace of all of them says; also when the run was stopped
// between any two of them, and went on.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultStages } from '../../../src/cli/stages.ts';
import { runCli } from '../../support/run-cli.ts';
import { type Answer, type JsonTrace, viewAnswers } from '../../support/view-answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-views-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Samples whose captures are of several nodes. */
const SAMPLES = (process.env['PQ_SAMPLES'] ?? '01-vxlan-between-nodes,04-overlay-bypassed').split(',');

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

describe('the shipped views', () => {
  for (const sample of SAMPLES) {
    it(`say of ${sample} what one trace of all its captures says`, async () => {
      const captures = capturesIn(`samples/${sample}`);
      const snapshot = ['-t', `samples/${sample}/topology`];
      const flows = join(folder, sample);
      const whole = await runCli(['trace', ...captures, ...snapshot, '-o', 'json']);
      const expected = viewAnswers(JSON.parse(whole.stdout) as JsonTrace);
      await runCli(['trace', '--resume', ...captures, ...snapshot, '-w', flows]);
      const actual = await answersOf(Object.keys(expected), flows);
      for (const [view, rows] of Object.entries(expected)) {
        const columns = Object.keys(rows[0] ?? {});
        expect({ view, rows: comparable(actual[view] ?? [], columns) }).toEqual({ view, rows: comparable(rows, columns) });
      }
    });
  }
});
void defaultStages;
