// IPPools alone are no worse than no snapshot: what the packets say of the place stays, and nobody's tunnel is called foreign.
import { expect, it } from 'vitest';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import {
  arpRequest,
  clusterDocuments,
  flowBetween,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools } = clusterDocuments();
const frames = [
  arpRequest(NODE.a, NODE.b, NIC.a),
  vxlan(ip({ src: POD.a, dst: POD.b })),
  vxlan(ip({ src: POD.b, dst: POD.a }), { from: NODE.b, to: NODE.a }),
];

it('a capture of tunnels is of a NIC, and what is in them waits for the Nodes', async () => {
  const trace = await traceFrames([{ frames }], cluster(pools));
  expect(trace.captures[0]?.points.map(({ role }) => role)).toEqual(['underlay']);
  expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('vxlan unverifiable nodes-missing');
  expect(flowBetween(trace, POD.a, POD.b).unverified?.advice).toContain('kubectl get nodes');
});

it('the same capture without a snapshot is told to be of a NIC by the same', async () => {
  const trace = await traceFrames([{ frames }], null);
  expect(trace.captures[0]?.points.map(({ role }) => role)).toEqual(['underlay']);
});

it('what is plain where the pool asks for a tunnel is not accused: the pool may claim the nodes too; it keeps verify from passing', async () => {
  const trace = await traceFrames([{ frames: [...frames, plain(ip({ src: POD.c, dst: POD.b }))] }], cluster(pools));
  expect(gist(flowBetween(trace, POD.c, POD.b))).toBe('none unverifiable nodes-missing');
  const asked = { expect: 'config', pools: [], strict: false, topology: cluster(pools) } as const;
  expect(verifyTrace(trace, asked).exitCode).toBe(3);
});
