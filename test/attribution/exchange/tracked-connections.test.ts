// Where packets show one side of a translation only, the connection tracking of the node tells the other: below packets, and for the
// very connection, at the time of the list.
import { describe, expect, it } from 'vitest';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import {
  clusterDocuments,
  flowBetween,
  NODE,
  POD,
  POD_MAC,
  plain,
  SYN,
  TUNNEL,
  tcpPacket,
  traceFrames,
  VETH,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, iproute2, services } from '../../support/cluster-text.ts';

const SERVICE = '10.96.0.10';
const { pools, nodes, pods } = clusterDocuments();
const topologyWith = (...more: SnapshotDocument[]) =>
  cluster(pools, nodes, pods, services({ name: 'db', ip: SERVICE }), ...more);
const list = (node: string, ...lines: string[]) => iproute2(node, 'conntrack-list', ...lines);
const DNAT = `tcp      6 86399 ESTABLISHED src=${POD.a} dst=${SERVICE} sport=40000 dport=80 src=${POD.b} dst=${POD.a} sport=8080 dport=40000 [ASSURED] mark=0 use=1`;
const SNAT = `tcp      6 86399 ESTABLISHED src=${POD.a} dst=${POD.b} sport=40000 dport=8080 src=${POD.b} dst=${TUNNEL.a} sport=8080 dport=61000 [ASSURED] mark=0 use=1`;

const ports = { srcport: 40000, dstport: 8080 };
const asked = vxlan(tcpPacket({ src: POD.a, dst: POD.b }, { ...SYN, ...ports, seq_raw: 100 }));
const toService = plain(
  tcpPacket({ src: POD.a, dst: SERVICE, ttl: 64 }, { ...SYN, srcport: 40000, dstport: 80, seq_raw: 100 }),
  POD_MAC,
  VETH,
);
const masked = vxlan(
  tcpPacket({ src: TUNNEL.a, dst: POD.b, ttl: 64 }, { ...SYN, srcport: 61000, dstport: 8080, seq_raw: 100 }),
);

describe('the service behind a pod', () => {
  it('is told where only the pod was captured', async () => {
    const flow = flowBetween(await traceFrames([{ frames: [asked] }], topologyWith(list('a', DNAT))), POD.a, POD.b);
    expect(flow.via).toMatchObject({
      ...{ service: 'default/db', ip: SERVICE, port: 80 },
      backend: { ip: POD.b, port: 8080, pod: 'default/pod-b' },
    });
    expect(flow.via?.evidence?.detail).toBe(
      `connection tracking of a: ${POD.a}:40000 to ${SERVICE}:80 became ${POD.a}:40000 to ${POD.b}:8080 (topology/a/conntrack-list.txt:1)`,
    );
  });

  it('is told of the answer, and where only the service was captured', async () => {
    const answer = vxlan(tcpPacket({ src: POD.b, dst: POD.a }, { srcport: 8080, dstport: 40000 }), {
      from: NODE.b,
      to: NODE.a,
    });
    const trace = await traceFrames([{ frames: [answer] }], topologyWith(list('a', DNAT)));
    expect(flowBetween(trace, POD.b, POD.a).via?.service).toBe('default/db');
    const before = await traceFrames([{ frames: [toService] }], topologyWith(list('a', DNAT)));
    const flow = flowBetween(before, POD.a, SERVICE);
    expect(flow.via?.backend.pod).toBe('default/pod-b');
    expect(flow.dst.evidence.at(-1)?.source).toBe('conntrack');
  });

  it('is not told of another connection, nor where two lists disagree', async () => {
    const other = DNAT.replaceAll('40000', '40001');
    const trace = await traceFrames([{ frames: [asked] }], topologyWith(list('a', other)));
    expect(flowBetween(trace, POD.a, POD.b).via).toBeNull();
    const odd = list('c', DNAT.replace(SERVICE, '10.96.0.99'));
    const both = await traceFrames([{ frames: [asked] }], topologyWith(list('a', DNAT), odd));
    expect(flowBetween(both, POD.a, POD.b).via).toBeNull();
  });

  it('is what packets show, whatever a list says', async () => {
    const wrong = list('a', DNAT.replace(`dst=${SERVICE}`, 'dst=10.96.0.99'));
    const frames = [{ frames: [toService] }, { frames: [asked] }];
    const flow = flowBetween(await traceFrames(frames, topologyWith(wrong)), POD.a, POD.b);
    expect(flow.via).toMatchObject({ ip: SERVICE });
    expect(flow.via?.evidence).toBeUndefined();
  });

  it('is told for the time of the list alone, where that is known', async () => {
    const at = async (seconds: number): Promise<unknown> => {
      const document = { ...list('a', DNAT), taken: { seconds, from: 'archive' as const, file: null } };
      const trace = await traceFrames([{ frames: [asked], start: 1_700_000_000 }], topologyWith(document));
      return flowBetween(trace, POD.a, POD.b).via?.service ?? null;
    };
    expect([await at(1_700_000_060), await at(1_700_000_600), await at(1_699_999_000)]).toEqual([
      'default/db',
      null,
      null,
    ]);
  });
});

describe('a translated source', () => {
  it('is told with the pod that it was, by the list of its node', async () => {
    const trace = await traceFrames([{ frames: [masked] }], topologyWith(list('a', SNAT)));
    const flow = flowBetween(trace, TUNNEL.a, POD.b);
    expect(flow.findings.find(({ code }) => code === 'source-translated')?.message).toBe(
      `default/pod-a (${POD.a}) to default/pod-b (${POD.b}) left a as ${TUNNEL.a}, by that node's connection tracking (topology/a/conntrack-list.txt:1): its source is translated there`,
    );
    expect(flow.src.evidence.at(-1)?.detail).toContain(`${POD.a}:40000`);
  });

  it('is nothing without the list, nor of an external client', async () => {
    const codes = async (...more: SnapshotDocument[]) =>
      flowBetween(await traceFrames([{ frames: [masked] }], topologyWith(...more)), TUNNEL.a, POD.b).findings.map(
        ({ code }) => code,
      );
    expect(await codes()).not.toContain('source-translated');
    expect(await codes(list('a', SNAT.replace(`src=${POD.a}`, 'src=192.0.2.9')))).not.toContain('source-translated');
  });
});

describe("eBPF's table of services", () => {
  const table = (node: string, ...backends: string[]) =>
    iproute2(
      node,
      'bpf-nat',
      `${SERVICE} port 80 proto 6 id 3 count ${backends.length} local 0`,
      ...backends.map((to, i) => `\t3:${i}\t ${to}`),
    );
  const via = async (...more: SnapshotDocument[]) =>
    flowBetween(await traceFrames([{ frames: [toService] }], topologyWith(...more)), POD.a, SERVICE).via;

  it('names the pod of a service that has one only', async () => {
    expect(await via(table('a', `${POD.b}:8080`))).toMatchObject({
      ...{ service: 'default/db', backend: { ip: POD.b, port: 8080, pod: 'default/pod-b' } },
      evidence: { source: 'bpf-nat', detail: expect.stringContaining(`leads to ${POD.b}:8080 alone`) },
    });
  });

  it('names none of several, nor where nodes differ', async () => {
    expect(await via(table('a', `${POD.b}:8080`, `${POD.c}:8080`))).toBeNull();
    expect(await via(table('a', `${POD.b}:8080`), table('b', `${POD.c}:8080`))).toBeNull();
  });

  it('is weaker than a connection', async () => {
    const found = await via(table('a', `${POD.c}:8080`), list('a', DNAT));
    expect(found?.backend.ip).toBe(POD.b);
  });
});
