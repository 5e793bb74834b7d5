// Whether a reading that was made with some addresses stands for others: by what packets had asked.
import { describe, expect, it } from 'vitest';
import { NodeAddresses, POD, type PodAnswer } from '../../../src/flow/paths/node-addresses.ts';
import { Fields } from '../../../src/store/saved.ts';
import { PROTOCOL } from '../../../src/wire/protocols.ts';
import { ipv4, ipv6, ipv6Bytes } from '../../support/packet-builder.ts';

const NODES = ['10.0.1.1', '10.0.1.2', 'fd00::1'];
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function answering(
  answer: PodAnswer,
  nodes = NODES,
  vnis = [4096],
  isMissentVni = (_vni: number) => false,
): NodeAddresses {
  return new NodeAddresses(nodes, vnis, { isPod: () => answer, isMissentVni });
}

/** What is saved after some packets have asked. */
function asked(): Fields {
  const nodes = answering(POD.surely);
  nodes.isPodSource(PROTOCOL.ipv4, viewOf(ipv4({ src: '10.48.0.9', dst: '10.48.0.10' })), 0);
  nodes.isPodDestination(PROTOCOL.ipv6, viewOf(ipv6({ src: ipv6Bytes(1), dst: ipv6Bytes(2) })), 0);
  nodes.mayHaveVni(77);
  return new Fields(nodes.save() ?? undefined);
}

describe('the addresses of a cluster', () => {
  it('answer as those that were saved where they answer all that was asked alike, in any order', () => {
    expect(answering(POD.surely).answersAs(asked())).toBe(true);
    expect(answering(POD.surely, [...NODES].reverse()).answersAs(asked())).toBe(true);
  });

  it.each<[string, NodeAddresses]>([
    ['there is one node more', answering(POD.surely, [...NODES, '10.0.1.3'])],
    ['a node has another address', answering(POD.surely, ['10.0.1.1', '10.0.1.3', 'fd00::1'])],
    ['there is another VNI', answering(POD.surely, NODES, [4097])],
    ['an address that packets asked about is no pod', answering(POD.no)],
    [
      'a VNI that packets asked about may be sent by mistake',
      answering(POD.surely, NODES, [4096], (vni) => vni === 77),
    ],
  ])('do not where %s', (_what, nodes) => {
    expect(nodes.answersAs(asked())).toBe(false);
  });

  it('are not saved where more was asked than is remembered', () => {
    const nodes = answering(POD.no);
    for (let vni = 0; vni <= (1 << 16) + 1; vni++) nodes.mayHaveVni(vni);
    expect(nodes.save()).toBeNull();
  });
});
