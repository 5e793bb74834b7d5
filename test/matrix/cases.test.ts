// The single cases that are healthy, or wrong in ways that no verdict on encapsulation is about.
import { describe } from 'vitest';
import { caseGroups } from '../support/matrix-groups.ts';
import { neverAViolation } from './healthy.ts';

describe('healthy cases are never a violation', () => {
  for (const group of caseGroups()) if (group.violations.length === 0) neverAViolation(group, true);
});
