// The lab's captures of one run, in every role: NIC, vxlan.calico, veth, -i any.
import { describe } from 'vitest';
import { labGroup } from '../support/matrix-groups.ts';
import { neverAViolation } from './healthy.ts';

describe('the lab is never a violation', () => {
  neverAViolation(labGroup());
});
