import { expect, it } from 'vitest';
import { traceSays } from '../../../src/render/report/report-says.ts';
import { buildTrace, capture, flow, pod } from '../../support/trace-builder.ts';

const well = flow(pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1'));

it('a capture that was not read to its end is said at once, and nothing is called good then', () => {
  const error = { code: 'too-long', message: 'n2.pcap: damaged', hint: null };
  const captures = [capture('a/n1.pcap'), capture('a/n\u202e2.pcap', { error, complete: false })];
  const says = traceSays(buildTrace({ conversations: [[well]], captures }), true, null);
  expect(says.more).toEqual(['Not read to the end: n\\u202e2.pcap. Evidence says why.']);
  expect(says.tone).toBe('notable');
  const whole = traceSays(buildTrace({ conversations: [[well]], captures: [capture('n1.pcap')] }), true, null);
  expect([whole.more, whole.tone]).toEqual([[], 'good']);
});
