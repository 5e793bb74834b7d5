// The single cases that are healthy, or wrong in ways that no verdict on encapsulation is about.
import { describe } from 'vitest';
import { caseGroups } from '../support/matrix-groups.ts';
import { neverAViolation } from './healthy.ts';

/** A frame of an eBPF node leaves the NIC raw (calico-facts 10.23): its maker leaves open whether that is a bypass. */
const OPEN = ['ebpf-raw-frame'];

describe('healthy cases are never a violation', () => {
  for (const group of caseGroups())
    if (group.violations.length === 0 && !OPEN.includes(group.name)) neverAViolation(group, true);
});
