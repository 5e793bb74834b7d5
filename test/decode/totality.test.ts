// Whatever the bytes: the walk, the view, faults and checksums never throw, never loop, never read outside the packet.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LayerStack, MAX_LAYERS, MAX_TUNNELS, OUTCOME } from '../../src/decode/layer-stack.ts';
import { judgeChecksum } from '../../src/decode/view/checksums.ts';
import { unsupportedText, viewFault } from '../../src/decode/view/fault-view.ts';
import { namedFields, viewPacket } from '../../src/decode/view/packet-view.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { LINK_TYPES, mutated, randomBytes } from '../support/arbitraries.ts';
import {
  arp,
  ethernet,
  geneve,
  gre,
  hex,
  inBuffer,
  ipv4,
  ipv6,
  mpls,
  pppoe,
  tcp,
  udp,
  vlan,
  vxlanFrame,
} from '../support/packet-builder.ts';

const PORTS = walkPorts();
const ND = hex('87000000 00000000 fd000000000000000000000000000001 0101 66c9eeb19b47 0501 0000 000022f7');
const TCP_OPTIONS = hex('020422cf 0402 080a0000000100000002 01 030307 1c048005 fe08f98900000000');
const TCP_SACK = hex('0101 0512 00000064000000c8 0000012c00000190 00');
const PACKETS = [
  ethernet({ type: 0x0806 }, arp()),
  ethernet({ type: 0x8847 }, mpls({ bottom: false }), mpls({}, new Uint8Array(4), ethernet({}, ipv4({}, udp({}))))),
  ethernet({ type: 0x8864 }, pppoe({ protocol: 0x0281 }, mpls({}, ipv6({}, udp({}))))),
  vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({ options: TCP_OPTIONS })))),
  ethernet({ type: 0x86dd }, ipv6({ nxt: 6 }, tcp({ options: TCP_SACK }))),
  vxlanFrame(vxlanFrame(ethernet({ type: 0x86dd }, ipv6({ nxt: 58 }, ND)))),
  ethernet(
    { type: 0x8100 },
    vlan(
      { etype: 0x86dd },
      ipv6({ nxt: 0 }, hex('3c00 0502 0000 0100 2b00 0104 00000000 1102 0400 00000000'), udp({})),
    ),
  ),
  ethernet(
    {},
    ipv4(
      { options: hex('070b04 0a000001 00000000 01 4408090000000005 94040000') },
      udp({ dstport: 6081 }, geneve({}, ethernet({}, ipv4({}, udp({}))))),
    ),
  ),
  ethernet(
    {},
    ipv4(
      { proto: 47 },
      gre(
        { 'flags.key': true, proto: 0x6558 },
        hex('00000005'),
        ethernet({}, ipv4({ proto: 51 }, hex('11040000 00000001 00000002 000000000000000000000000'), udp({}))),
      ),
    ),
  ),
  ethernet({}, ipv4({}, udp({ dstport: 51820 }, new Uint8Array([1, 0, 0, 0, ...new Uint8Array(144)])))),
];

describe('any bytes', () => {
  it('random ones, on every link type', () => {
    fc.assert(fc.property(randomBytes(), fc.constantFrom(...LINK_TYPES), fc.nat({ max: 300 }), examine), {
      numRuns: 2000,
    });
  });

  it('real packets with bytes changed and the end cut off', () => {
    fc.assert(fc.property(mutated(PACKETS), fc.constant(1), fc.nat({ max: 300 }), examine), { numRuns: 3000 });
  });

  it('the same bytes are found the same, wherever they lie', () => {
    fc.assert(
      fc.property(mutated(PACKETS), fc.nat({ max: 9 }), (packet, place) => {
        expect(shape(inBuffer(packet, place), place, packet.length)).toEqual(shape(packet, 0, packet.length));
      }),
      { numRuns: 500 },
    );
  });
});

/** Plain comparisons, one assertion at the end: thousands of packets go through it. */
function examine(packet: Uint8Array, linkType: number, more: number): void {
  const start = 7;
  const bytes = inBuffer(packet, start);
  const stack = new LayerStack();
  walk(bytes, start, packet.length, packet.length + more, linkType, stack, PORTS);
  const problems = stackProblems(stack, start, packet.length);
  for (const layer of viewPacket(bytes, start, stack, PORTS)) {
    if (layer.offset + layer.length > packet.length) problems.push(`layer ${layer.index} leaves the packet`);
    const bits = (packet.length - layer.offset) * 8;
    problems.push(
      ...layer.fields.filter((field) => field.bit + field.width > bits).map((field) => `${field.name} leaves it`),
    );
    JSON.stringify(namedFields(layer));
    judgeChecksum(bytes, stack, layer.index);
  }
  if ((viewFault(stack, start) === null) !== (stack.fault === 0)) problems.push('a fault without words');
  if ((unsupportedText(stack) === null) !== (stack.outcome !== OUTCOME.unsupported))
    problems.push('unsupported without words');
  expect(problems).toEqual([]);
}

function stackProblems(stack: LayerStack, start: number, length: number): string[] {
  const problems: string[] = [];
  if (stack.depth > MAX_LAYERS || stack.tunnels > MAX_TUNNELS) problems.push('too deep');
  let at = start;
  let end = start + length;
  for (let i = 0; i < stack.depth; i++) {
    const [from, to] = [stack.start[i]!, stack.end[i]!];
    if (from < at || to > end || from > to) problems.push(`layer ${i} is not inside the one below`);
    [at, end] = [from, to];
  }
  if (stack.network >= stack.depth) problems.push('network beyond the stack');
  if (stack.transport !== -1 && stack.transport <= stack.network) problems.push('transport below network');
  if (stack.outcome === OUTCOME.faulty && stack.fault === 0) problems.push('faulty without a fault');
  return problems;
}

function shape(bytes: Uint8Array, start: number, length: number): unknown {
  const stack = new LayerStack();
  walk(bytes, start, length, length, 1, stack, PORTS);
  const places = [...stack.start.subarray(0, stack.depth)].map((at) => at - start);
  return [
    [...stack.protocol.subarray(0, stack.depth)],
    places,
    stack.outcome,
    stack.fault,
    stack.need,
    stack.have,
    stack.limit,
  ];
}
