// The single cases that are healthy. Those that are wrong in ways that no verdict on encapsulation is about are in faulty.test.ts.
import { describe } from 'vitest';
import { caseGroups } from '../support/matrix-groups.ts';
import { everyNth } from '../support/whole-matrix.ts';
import { neverAViolation } from './healthy.ts';

describe('healthy cases are never a violation', () => {
  const healthy = caseGroups().filter(({ violations, mayPass }) => violations.length === 0 && mayPass);
  for (const group of everyNth(healthy, 3)) neverAViolation(group);
});
