// The single cases that are healthy. Those that are wrong in ways that no verdict on encapsulation is about are in faulty.test.ts.
import { describe } from 'vitest';
import { caseGroups } from '../support/matrix-groups.ts';
import { neverAViolation } from './healthy.ts';

describe('healthy cases are never a violation', () => {
  for (const group of caseGroups()) if (group.violations.length === 0 && group.mayPass) neverAViolation(group);
});
