// What holds of every healthy capture, however it was taken and whatever its snapshot lacks.
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { filesets, type Group } from '../support/matrix-groups.ts';
import { type Outcome, outcomes } from '../support/matrix-run.ts';

/** What an outcome says that is wrong of a group without violations: that it has one, or that `verify` fails. */
export function falseAlarms({ name, violations, report, trace }: Outcome): string[] {
  const wrong: string[] = [];
  if (violations.length > 0) wrong.push(`${name}: ${violations.join()}`);
  if (report.exitCode === 1 || trace.summary.violation > 0) wrong.push(`${name}: a violation without a cause`);
  return wrong;
}

/** No violation, by any name, through any filter, with any subset; and `verify` never fails. */
export function neverAViolation(group: Group): void {
  for (const files of filesets(group.files)) {
    const told = files.length === 1 ? basename(files[0] ?? '') : `${files.length} captures together`;
    it(`${group.name}: ${told}`, async () => {
      let runs = 0;
      const wrong: string[] = [];
      for await (const outcome of outcomes(files, group)) {
        runs++;
        wrong.push(...falseAlarms(outcome));
      }
      expect(wrong).toEqual([]);
      expect(runs).toBeGreaterThan(files.length === group.files.length ? 3 : 1);
    });
  }
}
