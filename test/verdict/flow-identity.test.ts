import { expect, it } from 'vitest';
import { flowIdentity } from '../../src/verdict/flow-identity.ts';

const flow = { protocol: 'tcp', src: { ip: '10.0.0.1', port: 80 }, dst: { ip: '10.0.0.2', port: 4000 } };

it('is the same for the same five-tuple, and another for each part that differs', () => {
  const others = [
    { ...flow, protocol: 'udp' },
    { ...flow, src: { ip: '10.0.0.3', port: 80 } },
    { ...flow, src: { ip: '10.0.0.1', port: 81 } },
    { ...flow, src: { ip: '10.0.0.1', port: null } },
    { ...flow, src: { ip: '10.0.0.1', port: 0 } },
    { ...flow, dst: { ip: '10.0.0.2', port: 4001 } },
    { ...flow, src: flow.dst, dst: flow.src },
  ];
  expect(flowIdentity({ ...flow })).toBe(flowIdentity(flow));
  expect(new Set([flow, ...others].map(flowIdentity)).size).toBe(others.length + 1);
});
