// Answers that WireGuard may hold: silence in the clear is none.
import { describe, expect, it } from 'vitest';
import { BIT } from '../../../src/flow/rows/row-layout.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { type HiddenInput, hiddenAnswers } from '../../../src/verdict/flow/hidden-answers.ts';
import { arpRequest, flowBetween, ip, NIC, NODE, POD, plain, traceFrames } from '../../support/cluster-frames.ts';
import { blockAffinities, cluster, ippools, nodes, pods } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const POOLS = ippools({ vxlan: 'Never' });
const NODES = nodes(...(['a', 'b', 'c'] as const).map((name) => ({ name, ip: `${NODE[name]}/24`, key: name })));
const pod = (name: 'a' | 'b' | 'c') => ({ name: `pod-${name}`, ip: POD[name], node: name });

const echo = (src: string, dst: string, { type = 8, seq = 1 } = {}): Uint8Array =>
  ip({ src, dst, transport: build.icmpEcho({ type, seq, ident: 5 }) });
function wireguard(from: 'a' | 'b' | 'c', to: 'a' | 'b' | 'c'): Uint8Array {
  const message = new Uint8Array(16 + 96);
  message[0] = 4;
  const transport = build.udp({ srcport: 51820, dstport: 51820 }, message);
  return plain(ip({ src: NODE[from], dst: NODE[to], proto: 17, transport }), NIC[from], NIC[to]);
}
/** No filter was there. */
const OPEN = arpRequest(NODE.a, NODE.b, NIC.a);
/** Pods a and b talk in clear, which they should not; both ways are seen. */
const talk = [plain(echo(POD.a, POD.b)), plain(echo(POD.b, POD.a, { type: 0 }), NIC.b, NIC.a)];
const asked = [1, 2].map((seq) => plain(echo(POD.a, POD.c, { seq }), NIC.a, NIC.c));
const [toC, fromC] = [wireguard('a', 'c'), wireguard('c', 'a')];

async function outcome(topology: Topology, ...frames: Uint8Array[]): Promise<string | null> {
  const trace = await traceFrames([{ name: 'a-eth0.pcap', frames: [OPEN, ...talk, ...frames, ...asked] }], topology);
  return flowBetween(trace, POD.a, POD.c).outcome;
}

describe('a question in clear', () => {
  const known = cluster(POOLS, NODES, pods(pod('a'), pod('b'), pod('c')));

  it('is not unanswered where its receiver sends WireGuard to the node that asks', async () => {
    expect(await outcome(known, toC, fromC)).toBe('one-way');
    expect(await outcome(known, toC)).toBe('no-answer');
    expect(await outcome(known)).toBe('no-answer');
  });

  it('is not where there is any WireGuard, and nobody knows where its receiver is', async () => {
    const unknown = cluster(POOLS, NODES, pods(pod('a'), pod('b')));
    expect(await outcome(unknown, wireguard('b', 'a'))).toBe('one-way');
    expect(await outcome(unknown)).toBe('no-answer');
    expect(await outcome(known, wireguard('b', 'a'))).toBe('no-answer');
  });

  it('is not where only a block says where its receiver is: the address may be borrowed', async () => {
    const block = blockAffinities({ cidr: '10.48.0.192/26', node: 'c' });
    const byBlock = cluster(POOLS, NODES, block, pods(pod('a'), pod('b')));
    expect(await outcome(byBlock, wireguard('b', 'a'))).toBe('one-way');
    expect(await outcome(byBlock)).toBe('no-answer');
  });
});

describe('answers of which the snaplen cut off what they say', () => {
  interface Row {
    isCut: boolean;
    distinct: number;
  }
  /** Whether flow 0, or flow 1 which answers it, may be answered by what cannot be read in the rows of flow 1. */
  function hidden(rows: readonly Row[], dns: { questions: number; unanswered: number } | null, flow = 0): boolean {
    const table = {
      reverseOf: (one: number) => 1 - one,
      firstRow: (one: number) => (one === 1 ? 0 : -1),
      rows: {
        next: (row: number) => (row + 1 < rows.length ? row + 1 : -1),
        bits: (row: number) => (rows[row]?.isCut ? BIT.truncated : 0),
        distinct: (row: number) => rows[row]?.distinct ?? 0,
      },
    };
    const questions = { of: (one: number) => (one === 0 ? { dns } : null) };
    return hiddenAnswers({ table, questions } as unknown as HiddenInput)(flow);
  }
  /** Three asked, two answers read. */
  const dns = { questions: 3, unanswered: 1 };

  it.each<[boolean, string, Row[]]>([
    [true, 'more came back than was read', [{ isCut: true, distinct: 3 }]],
    [false, 'as many came back as were read', [{ isCut: true, distinct: 2 }]],
    [false, 'more came back, and all of it can be read', [{ isCut: false, distinct: 3 }]],
    [
      true,
      'more came back at one of several places',
      [
        { isCut: false, distinct: 3 },
        { isCut: true, distinct: 3 },
      ],
    ],
    [false, 'nothing came back', []],
  ])('%s: %s', (is, _, rows) => {
    expect(hidden(rows, dns)).toBe(is);
    expect(hidden(rows, dns, 1)).toBe(is);
  });

  it('are none of what asked nothing', () => {
    expect(hidden([{ isCut: true, distinct: 3 }], null)).toBe(false);
  });
});
