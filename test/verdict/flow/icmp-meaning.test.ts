// What an ICMP error says of the flow that it quotes, by type and code (RFC 792, RFC 1191, RFC 4443): alone, and as a trace tells it.
import { describe, expect, it } from 'vitest';
import type { IcmpError } from '../../../src/flow/rare/icmp-errors.ts';
import { isRefusal, isUnreachable } from '../../../src/verdict/flow/flow-facts.ts';
import { joinBytes } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NODE,
  POD,
  SYN,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

type Meaning = 'refusal' | 'unreachable' | 'neither';

const error = (family: 4 | 6, type: number, code: number): IcmpError => ({ family, type, code }) as IcmpError;

function meaningOf(one: IcmpError): Meaning[] {
  const found: Meaning[] = [];
  if (isRefusal(one)) found.push('refusal');
  if (isUnreachable(one)) found.push('unreachable');
  return found.length === 0 ? ['neither'] : found;
}

describe('an error by its numbers', () => {
  it.each<[4 | 6, number, number, Meaning, string]>([
    [4, 3, 0, 'unreachable', 'no network'],
    [4, 3, 1, 'unreachable', 'no host'],
    [4, 3, 3, 'refusal', 'no port'],
    [4, 3, 4, 'neither', 'too large: another matter'],
    [4, 3, 13, 'unreachable', 'forbidden'],
    [4, 11, 0, 'unreachable', 'its time was over'],
    [4, 12, 3, 'neither', 'a bad header'],
    [4, 1, 4, 'neither', 'no type of IPv4, though one of IPv6'],
    [4, 5, 3, 'neither', 'a redirect'],
    [6, 1, 0, 'unreachable', 'no route'],
    [6, 1, 3, 'unreachable', 'no address'],
    [6, 1, 4, 'refusal', 'no port'],
    [6, 1, 5, 'unreachable', 'source refused'],
    [6, 2, 0, 'neither', 'too large: another matter'],
    [6, 3, 0, 'unreachable', 'its time was over'],
    [6, 4, 4, 'neither', 'a bad header'],
  ])('IPv%i type %i code %i is %s: %s', (family, type, code, meaning) => {
    expect(meaningOf(error(family, type, code))).toEqual([meaning]);
  });
});

describe('an error in a capture', () => {
  const { pools, nodes, pods } = clusterDocuments();
  const topology = cluster(pools, nodes, pods);
  const question = tcpPacket({ src: POD.a, dst: POD.b }, SYN);

  /** The codes of the flow that an ICMP error of that type and code quotes. */
  async function codes(type: number, code: number, rest = 0): Promise<string[]> {
    const header = Uint8Array.of(type, code, 0, 0, 0, 0, rest >> 8, rest & 255);
    const answer = ip({ src: POD.b, dst: POD.a, proto: 1, transport: joinBytes([header, question]) });
    const frames = [vxlan(question), vxlan(answer, { from: NODE.b, to: NODE.a })];
    const flow = flowBetween(await traceFrames([{ frames }], topology), POD.a, POD.b);
    return flow.findings.map((finding) => finding.code);
  }

  it('says that a packet does not fit by type 3 and code 4 alone', async () => {
    expect(await codes(3, 4, 1400)).toContain('packet-exceeds-mtu');
    for (const [type, code] of [
      [3, 1],
      [3, 13],
      [11, 4],
      [2, 0],
    ] as const)
      expect(await codes(type, code), `${type}/${code}`).not.toContain('packet-exceeds-mtu');
  });
});
