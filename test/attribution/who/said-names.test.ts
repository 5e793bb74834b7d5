// Names that captures bring along in the comments of their packets (ptcpdump, NetObserv CLI, rustnet): below the snapshot, above nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import { traceCaptures } from '../../../src/trace.ts';
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { clusterDocuments, ip, NODE, POD, plain, SYN, tcpPacket, vxlan } from '../../support/cluster-frames.ts';
import { cluster, pods } from '../../support/cluster-text.ts';
import {
  type CommentedFrame,
  commentedCapture,
  netobservComments,
  ptcpdumpComments,
} from '../../support/commented-capture.ts';
import { HOSTILE } from '../../support/hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-said-'));
afterAll(() => rmSync(folder, { recursive: true }));

const documents = clusterDocuments();
const WHOLE = cluster(documents.pools, documents.nodes, documents.pods);
const WITHOUT_PODS = cluster(documents.pools, documents.nodes);

const QUESTION = plain(ip({ src: POD.a, dst: POD.b }));
const ANSWER = plain(ip({ src: POD.b, dst: POD.a }));
const OPENING = plain(tcpPacket({ src: POD.a, dst: POD.b }, { ...SYN, srcport: 40000, dstport: 80 }));
const OPENED = plain(
  tcpPacket({ src: POD.b, dst: POD.a }, { 'flags.syn': true, 'flags.ack': true, srcport: 80, dstport: 40000 }),
);

type Traced = Trace & { all: TracedFlow[] };

async function traceOf(topology: Topology | null, ...files: CommentedFrame[][]): Promise<Traced> {
  const captures = files.map((frames, i) => {
    const path = join(folder, `${i}.pcapng`);
    writeFileSync(path, commentedCapture(frames));
    return path;
  });
  const trace = await traceCaptures({ captures, topology });
  return { ...trace, all: [...trace.flows()] };
}

/** What each end of the flows is called, and whether a comment says so. */
function names({ all }: Traced): Record<string, string | null> {
  const ends = all.flatMap(({ src, dst }) => [src, dst]);
  return Object.fromEntries(
    ends.map(({ ip: address, namespace, pod, evidence }) => {
      const isSaid = evidence.some(({ source }) => source === 'capture-metadata');
      return [address, pod === null ? null : `${namespace}/${pod}${isSaid ? ' (said)' : ''}`];
    }),
  );
}

const cart = ptcpdumpComments('shop', 'cart-1');

describe('comments of ptcpdump', () => {
  it.each([
    ['outbound', { [POD.a]: 'shop/cart-1 (said)', [POD.b]: null }],
    ['inbound', { [POD.a]: null, [POD.b]: 'shop/cart-1 (said)' }],
    [undefined, { [POD.a]: null, [POD.b]: null }],
  ] as const)('name the end of the local process: %s', async (direction, expected) => {
    const frame = { data: QUESTION, comments: cart, ...(direction === undefined ? {} : { direction }) };
    expect(names(await traceOf(null, [frame]))).toEqual(expected);
    expect(names(await traceOf(WITHOUT_PODS, [frame]))).toEqual(expected);
  });

  it('make it a pod, with the packet that says so', async () => {
    const trace = await traceOf(null, [{ data: ANSWER }, { data: QUESTION, comments: cart, direction: 'outbound' }]);
    const end = trace.all.map(({ src }) => src).find((one) => one.ip === POD.a);
    expect(end?.kind).toBe('pod');
    expect(end?.evidence).toContainEqual({
      source: 'capture-metadata',
      detail: `ptcpdump says ${POD.a} is shop/cart-1 (comment of packet 2)`,
    });
  });

  it('say nothing of an address with two names, at two times or in two captures', async () => {
    const one: CommentedFrame = { data: QUESTION, comments: cart, direction: 'outbound' };
    const two: CommentedFrame = { ...one, comments: ptcpdumpComments('shop', 'cart-2'), time: 1_700_000_060 };
    expect(names(await traceOf(null, [one, two]))[POD.a]).toBeNull();
    expect(names(await traceOf(null, [one], [two]))[POD.a]).toBeNull();
    expect(names(await traceOf(null, [one], [{ ...two, comments: cart }]))[POD.a]).toBe('shop/cart-1 (said)');
  });

  it('say nothing of two addresses of one pod, and of addresses that every machine has', async () => {
    const from = (src: string): CommentedFrame => ({
      data: plain(ip({ src, dst: POD.c })),
      comments: cart,
      direction: 'outbound',
    });
    expect(names(await traceOf(null, [from(POD.a), from(POD.b)]))).toEqual({
      [POD.a]: null,
      [POD.b]: null,
      [POD.c]: null,
    });
    expect(names(await traceOf(null, [from('127.0.0.1')]))['127.0.0.1']).toBeNull();
    // the node's own address is known: the other one is the pod's
    expect(names(await traceOf(WITHOUT_PODS, [from(POD.a), from(NODE.a)]))).toMatchObject({
      [POD.a]: 'shop/cart-1 (said)',
      [NODE.a]: null,
    });
  });

  it('are below the snapshot: it counts, and the difference is said with both places', async () => {
    const trace = await traceOf(WHOLE, [{ data: QUESTION, comments: cart, direction: 'outbound' }]);
    expect(names(trace)[POD.a]).toBe('default/pod-a');
    expect(trace.captures[0]?.warnings).toContainEqual(
      expect.stringMatching(
        /^ptcpdump says 10\.48\.0\.70 is shop\/cart-1 \(comment of packet 1\), but the snapshot says default\/pod-a on a \(topology\/pods\.yaml:\d+ .*\): the snapshot counts$/,
      ),
    );
    const same = [{ data: QUESTION, comments: ptcpdumpComments('default', 'pod-a'), direction: 'outbound' as const }];
    expect((await traceOf(WHOLE, same)).captures[0]?.warnings).toEqual([]);
    expect((await traceOf(WITHOUT_PODS, same)).captures[0]?.warnings).toEqual([]);
  });

  it('of packets in tunnels name nobody', async () => {
    const data = vxlan(ip({ src: POD.a, dst: POD.b }));
    const trace = await traceOf(null, [{ data, comments: cart, direction: 'outbound' }]);
    expect(Object.values(names(trace))).toEqual(trace.all.flatMap(() => [null, null]));
  });

  it.each([
    ['hostile text', [`PodName: ${HOSTILE}\nPodNamespace: shop\nPodUID: 1`]],
    ['no namespace', ['PodName: cart-1\nPodUID: 1']],
    ['a name in the arguments of the process', ['PID: 1\nCmd: x\nArgs: \nPodName: cart-1\nPodNamespace: shop']],
    ['two pods', [...cart, 'PodName: cart-2\nPodNamespace: shop\nPodUID: 1']],
    ['somebody’s own words', ['the pod is cart-1 of shop']],
  ])('are nothing where they are none: %s', async (_, comments) => {
    const trace = await traceOf(null, [{ data: QUESTION, comments, direction: 'outbound' }]);
    expect(names(trace)).toEqual({ [POD.a]: null, [POD.b]: null });
  });

  it('decide nothing: the flow is judged as without them', async () => {
    const judged = async (comments: string[]): Promise<unknown> => {
      const { all } = await traceOf(WITHOUT_PODS, [{ data: QUESTION, comments, direction: 'outbound' }]);
      return all.map(({ verdict, expected, findings, observed }) => ({ verdict, expected, findings, observed }));
    };
    expect(await judged(cart)).toEqual(await judged([]));
  });
});

describe('comments of NetObserv', () => {
  const source = { ip: POD.a, kind: 'Pod', namespace: 'shop', name: 'cart-1', node: 'a' };
  const destination = { ip: POD.b, kind: 'Pod', namespace: 'shop', name: 'db-0', node: 'b' };

  it('name both ends, and without a snapshot their nodes', async () => {
    const trace = await traceOf(null, [{ data: QUESTION, comments: netobservComments(source, destination) }]);
    expect(names(trace)).toEqual({ [POD.a]: 'shop/cart-1 (said)', [POD.b]: 'shop/db-0 (said)' });
    expect(trace.all.map(({ src, dst }) => [src.node, dst.node])).toEqual([['a', 'b']]);
  });

  it('name no pod where the end is a service, a node or unknown', async () => {
    const service = { ...destination, kind: 'Service' };
    expect(
      names(await traceOf(null, [{ data: QUESTION, comments: netobservComments(source, service) }]))[POD.b],
    ).toBeNull();
    const node = { ip: POD.b, kind: 'Node', name: 'b' };
    const trace = await traceOf(null, [{ data: QUESTION, comments: netobservComments(source, node) }]);
    expect(trace.all.map(({ dst: { kind, pod, node: name } }) => [kind, pod, name])).toEqual([['node', null, 'b']]);
    const unknown = { ip: POD.b };
    expect(
      names(await traceOf(null, [{ data: QUESTION, comments: netobservComments(source, unknown) }]))[POD.b],
    ).toBeNull();
  });

  it('count for the address that they speak of only', async () => {
    const other = { ...source, ip: '10.48.0.71' };
    const trace = await traceOf(null, [{ data: QUESTION, comments: netobservComments(other, destination) }]);
    expect(names(trace)).toEqual({ [POD.a]: null, [POD.b]: 'shop/db-0 (said)' });
  });

  it('and a node against the snapshot: it counts, and that is said', async () => {
    const moved = { ...source, namespace: 'default', name: 'pod-a', node: 'c' };
    const same = { ...destination, namespace: 'default', name: 'pod-b', node: 'b' };
    const trace = await traceOf(WHOLE, [{ data: QUESTION, comments: netobservComments(moved, same) }]);
    expect(trace.all.map(({ src }) => src.node)).toEqual(['a']);
    const said = trace.captures[0]?.warnings.filter((warning) => warning.includes('NetObserv says')) ?? [];
    expect(said).toEqual([
      expect.stringContaining(`${POD.a} is default/pod-a on c (comment of packet 1), but the snapshot`),
    ]);
  });
});

describe('comments of rustnet', () => {
  const comment = (direction: string): string[] => [
    `rustnet process=web pid=7 uid=0 attr=exact pod=cart-1 ns=shop pod_uid=c3b4 container=web container_id=c16c direction=${direction} app=HTTP`,
  ];

  it.each([
    ['outgoing', POD.a],
    ['incoming', POD.b],
  ])('name who opened the connection, or the other one: %s', async (direction, named) => {
    const trace = await traceOf(null, [{ data: OPENING }, { data: OPENED, comments: comment(direction) }]);
    expect(names(trace)).toEqual({ [POD.a]: null, [POD.b]: null, [named]: 'shop/cart-1 (said)' });
  });

  it('name nobody where no packet shows who opened it', async () => {
    const trace = await traceOf(null, [{ data: QUESTION, comments: comment('outgoing') }]);
    expect(names(trace)).toEqual({ [POD.a]: null, [POD.b]: null });
  });
});

it('a snapshot with another pod of that name elsewhere is not contradicted', async () => {
  const topology = cluster(documents.pools, documents.nodes, pods({ name: 'cart-1', ip: POD.c, node: 'c' }));
  const trace = await traceOf(topology, [{ data: QUESTION, comments: cart, direction: 'outbound' }]);
  expect(names(trace)[POD.a]).toBe('shop/cart-1 (said)');
  expect(trace.captures[0]?.warnings).toEqual([]);
});
