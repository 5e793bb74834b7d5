import { expect, it } from 'vitest';
import { endpointName, placeWords } from '../../../src/render/text/endpoint-names.ts';
import type { FlowEnd } from '../../../src/verdict/trace-types.ts';

const END: FlowEnd = {
  ...{ ip: '192.0.2.7', kind: 'external', namespace: null, pod: null, node: null, pool: null },
  ...{ candidates: [], evidence: [] },
};

it('a service stands under its address, and under what it leads to outside: neither is on a node', () => {
  const below = [
    { ...END, service: 'shop/ledger' },
    { ...END, kind: 'service' as const, service: 'default/kubernetes' },
    { ...END, kind: 'unknown' as const, service: 'shop/ledger' },
    END,
  ].map((end) => endpointName(end).below);
  expect(below).toEqual(['shop/ledger (external)', 'default/kubernetes (service)', 'behind shop/ledger', 'external']);
  expect(below.map(placeWords)).toEqual(below);
  expect(placeWords('worker1 (tunnel)')).toBe('on worker1 (tunnel)');
});
