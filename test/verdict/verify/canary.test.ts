// A plain packet sent on purpose shows that a capture would have held others.
import { describe, expect, it } from 'vitest';
import { type Canary, parseCanary } from '../../../src/verdict/verify/canary.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import {
  arpRequest,
  clusterDocuments,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
/** An address of the tunnel pool that nobody has. */
const NOBODY = POD.a.replace(/\d+$/, '250');
const CANARY = parseCanary(`udp and dst host ${NOBODY} and port 9`) as Canary;

const arp = arpRequest(NODE.a, NODE.b, NIC.a);
const ping = vxlan(ip({ src: POD.a, dst: POD.b }));
const pong = vxlan(ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0 }) }), {
  from: NODE.b,
  to: NODE.a,
});
const canary = plain(
  ip({ src: NODE.a, dst: NOBODY, proto: 17, ttl: 64, transport: build.udp({ srcport: 4000, dstport: 9 }) }),
);

async function verify(files: Uint8Array[][], given: Canary | null = CANARY): Promise<VerifyReport> {
  const named = files.map((frames, i) => ({ frames, name: `${'ab'[i]}-eth0.pcap` }));
  const trace = await traceFrames(named, TOPOLOGY);
  return verifyTrace(trace, { expect: 'config', pools: [], strict: false, canary: given, topology: TOPOLOGY });
}

describe('a canary', () => {
  it('that every NIC shows lets the proof pass, and is left out of it', async () => {
    const report = await verify([[arp, ping, pong, canary]]);
    expect(report).toMatchObject({ result: 'pass', flows: 2, canary: { nics: 1, seen: 1, missing: [], flows: 1 } });
    expect((await verify([[arp, ping, pong, canary]], null)).result).toBe('fail');
  });

  it('refutes the guess of a filter that it would not have passed', async () => {
    expect((await verify([[ping, pong]], null)).undecided).toEqual(['filtered']);
    const echo = plain(ip({ src: NODE.a, dst: NOBODY, ttl: 64 }));
    expect((await verify([[ping, pong, echo]], parseCanary(NOBODY))).result).toBe('pass');
    // all of it UDP: plain TCP may still have been kept out
    expect((await verify([[ping, pong, canary]])).undecided).toEqual(['filtered']);
  });

  it('that one NIC lacks keeps it from passing, and names that capture', async () => {
    const report = await verify([
      [arp, ping, pong, canary],
      [arp, ping, pong],
    ]);
    expect(report).toMatchObject({ exitCode: 3, undecided: ['canary-missing'], canary: { nics: 2, seen: 1 } });
    expect(report.canary?.missing.map((path) => path.replace(/.*\//, ''))).toEqual(['b-eth0.pcap']);
  });

  it('in a tunnel is none', async () => {
    const tunnelled = vxlan(
      ip({ src: NODE.a, dst: NOBODY, proto: 17, transport: build.udp({ srcport: 4000, dstport: 9 }) }),
    );
    expect((await verify([[arp, ping, pong, tunnelled]])).undecided).toContain('canary-missing');
  });

  it('hides no other bypass', async () => {
    const bypass = plain(ip({ src: POD.a, dst: POD.b }));
    expect((await verify([[arp, ping, pong, canary, bypass]])).result).toBe('fail');
  });

  it('is an expression about addresses, protocols and ports', () => {
    for (const text of [
      '',
      '  ',
      '(',
      'host host',
      'vlan 7',
      'less 100',
      'host 10.1.1.1 and port smtp',
      'host 10.1.1.1 and port 9\x1b[31m',
    ])
      expect(parseCanary(text)).toBeNull();
    for (const text of ['10.48.0.250', 'dst host 10.48.0.250', 'udp port 9 and dst net 10.48'])
      expect(parseCanary(text)).not.toBeNull();
  });
});
