// The samples in every role, through every filter, under any name, with parts of their snapshot.
import { describe, expect, it } from 'vitest';
import { filesets, sampleGroups } from '../support/matrix-groups.ts';
import { outcomes } from '../support/matrix-run.ts';
import { everyNth } from '../support/whole-matrix.ts';
import { neverAViolation } from './healthy.ts';

const groups = sampleGroups();
/** Before the edit, plain is what the snapshot from after it does not ask for: only the switch itself excuses it. */
const EDITED = '07-pool-edited';

describe('healthy samples are never a violation', () => {
  const healthy = groups.filter(
    ({ violations, mayPass, name }) => violations.length === 0 && mayPass && name !== EDITED,
  );
  for (const group of everyNth(healthy, 3)) neverAViolation(group);
});

describe('the pool edited while capturing', () => {
  const WITHOUT_THE_SWITCH = /^(tcp|icmp|host|out|in|-c|first|second)/;
  const group = groups.find(({ name }) => name === EDITED);

  it('is never a violation where the switch is in the capture', async () => {
    const wrong: string[] = [];
    let runs = 0;
    if (group === undefined) throw new Error(`no sample ${EDITED}`);
    for (const files of filesets(group.files))
      for await (const { name, variant, violations } of outcomes(files, group)) {
        if (WITHOUT_THE_SWITCH.test(variant)) continue;
        runs++;
        if (violations.length > 0) wrong.push(`${name}: ${violations.join()}`);
      }
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(20);
  });
});
