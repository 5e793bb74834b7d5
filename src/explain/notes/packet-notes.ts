// What is unusual about the IP packet itself: fragments, congestion marks, TTLs, options, ICMP errors; and what `trace` found.
import { OVERHEAD } from '../../cluster/tunnel-overhead.ts';
import { sentenceCase } from '../../net/sentence-case.ts';
import { FINDINGS, OF_TUNNEL_PACKETS } from '../../verdict/codes.ts';
import { icmpCodeName } from '../../wire/icmp.ts';
import type { ExplainedLayer, Note } from '../explanation.ts';
import { type Scene, type SideLayers, shownSides, sideLayers } from '../packet-facts.ts';
import { numberIn, spanOf, textIn } from '../rows/field-cells.ts';
import { ttlMeaning } from '../rows/ttl-meaning.ts';
import { note } from './frame-notes.ts';

export function packetNotes(scene: Scene): Note[] {
  const sides = shownSides(scene).map((side) => sideLayers(scene, side));
  return sides.flatMap((side) => [
    ...fragmentNotes(scene, side),
    ...markNotes(scene, side),
    ...ttlNotes(scene, side),
    ...optionNotes(side),
    ...lengthNotes(side),
    ...icmpNotes(scene, side),
  ]);
}

/** Warnings of `trace` about the flow; a violation is told in the story, beside the table that is to blame. */
export function findingNotes({ flow, walked, place }: Scene): Note[] {
  // on a pod's veth or a tunnel device it is still to be wrapped, or was
  const isPlain = walked.tunnel < 0 && place.role === 'underlay';
  const warnings = (flow?.findings ?? []).filter(
    ({ severity, code }) => severity === 'warning' && !(isPlain && OF_TUNNEL_PACKETS.has(code)),
  );
  const texts = new Map(warnings.map(({ code, message }) => [`${code} ${message}`, { code, message }]));
  return [...texts.values()].map(({ code, message }) =>
    note(code, 'notable', sentenceCase(FINDINGS[code].title), `${sentenceCase(message)}.`),
  );
}

function span(layer: ExplainedLayer | null, name: string): Note['span'] {
  const field = layer?.fields.find((one) => one.name === name);
  return layer === null || field === undefined ? null : spanOf(layer, field);
}

function sideWord({ side }: SideLayers): string {
  return side === 'outer' ? 'outer ' : side === 'inner' ? 'inner ' : '';
}

function fragmentNotes(scene: Scene, side: SideLayers): Note[] {
  const layer = side.fragment ?? side.ip;
  const prefix = side.fragment === null ? 'ip' : 'ipv6.fraghdr';
  const offsetName = side.fragment === null ? 'ip.frag_offset' : 'ipv6.fraghdr.offset';
  const offset = (numberIn(layer, offsetName) ?? 0) * 8;
  const more = numberIn(layer, `${prefix}.${side.fragment === null ? 'flags.mf' : 'more'}`) === 1;
  if (offset === 0 && !more) return [];
  const isOuter = side.side === 'outer' || isOuterRest(scene, side);
  const place = offset === 0 ? 'the first' : more ? 'a middle' : 'the last';
  const what = `This is ${place} piece of a larger ${isOuter ? 'outer ' : ''}packet${offset === 0 ? '' : `, from its byte ${offset} on`}`;
  const ports =
    offset === 0
      ? 'It has all headers; the rest follows in other packets.'
      : 'It has no UDP header, no VXLAN header and no ports: only the first piece has them, and a filter on ports misses it.';
  const title = `A fragment of the ${isOuter ? 'outer' : `${sideWord(side) || 'IP '}`.trim()} packet`;
  return [
    note(
      isOuter ? 'outer-fragment' : 'fragment',
      'notable',
      title,
      `${what}. ${ports} ${fragmentCause(isOuter)}`,
      span(layer, offsetName),
    ),
  ];
}

/** Without its first fragment: a piece of UDP between two nodes is most likely an outer packet's. */
function isOuterRest({ topology, walked }: Scene, { ip }: SideLayers): boolean {
  const [from, to] = [textIn(ip, 'ip.src'), textIn(ip, 'ip.dst')];
  if (walked.tunnel >= 0 || topology === null || from === null || to === null) return false;
  return (
    topology.nodeByAddress(from) !== null && topology.nodeByAddress(to) !== null && numberIn(ip, 'ip.proto') === 17
  );
}

function fragmentCause(isOuter: boolean): string {
  return isOuter
    ? `The underlay's MTU is smaller than the tunnel's MTU and ${OVERHEAD.vxlan} bytes: since the outer header does not forbid it, the node cuts the packet. It costs speed, and one lost piece loses all.`
    : 'The sender allowed cutting (no DF), and its packet was larger than an MTU on the way. Each piece is encapsulated by itself.';
}

function markNotes(scene: Scene, side: SideLayers): Note[] {
  const isV6 = side.ip?.protocol === 'ipv6';
  const [dscpName, ecnName] = isV6 ? ['ipv6.tclass.dscp', 'ipv6.tclass.ecn'] : ['ip.dsfield.dscp', 'ip.dsfield.ecn'];
  const [dscp, ecn] = [numberIn(side.ip, dscpName), numberIn(side.ip, ecnName)];
  const notes: Note[] = [];
  if (ecn === 3) {
    const text = `A router on the way was congested and said so instead of dropping the packet. ${side.side === 'outer' ? 'The receiving node carries the mark into the inner header.' : 'The receiver will ask the sender to slow down.'}`;
    notes.push(
      note('congestion', 'notable', `Congestion experienced (${sideWord(side)}ECN)`, text, span(side.ip, ecnName)),
    );
  } else if ((ecn === 1 || ecn === 2) && side.side !== 'outer') {
    const text =
      'Both ends of the connection understand congestion marks (ECN). The tunnel copies the bits to the outer header (a mark "congestion experienced" becomes ECT(0) there).';
    notes.push(note('ecn-capable', 'notable', 'ECN-capable', text, span(side.ip, ecnName)));
  }
  const hidden = dscp !== null && dscp !== 0 && side.side === 'inner' && scene.walked.encapsulation === 'vxlan';
  if (hidden) {
    const text = `The pod asked for class ${textIn(side.ip, dscpName)}; the outer header says 0, because VXLAN does not copy DSCP. The underlay treats the packet like any other.`;
    notes.push(
      note('dscp-not-copied', 'notable', 'The class of service is inside only', text, span(side.ip, dscpName)),
    );
  }
  return notes;
}

function ttlNotes(scene: Scene, side: SideLayers): Note[] {
  const name = side.ip?.protocol === 'ipv6' ? 'ipv6.hlim' : 'ip.ttl';
  const ttl = numberIn(side.ip, name);
  const inner = sideLayers(scene, 'inner').ip;
  const innerTtl = numberIn(inner, 'ip.ttl') ?? numberIn(inner, 'ipv6.hlim');
  const meant = ttl === null ? null : ttlMeaning(scene, side.side, ttl, innerTtl);
  if (ttl === null || meant === null || meant.look === 'usual' || meant.meaning === null) return [];
  const text = `${sentenceCase(meant.meaning)}.${ttl === 1 ? ' The next router drops it.' : ''}`;
  return [note('ttl', 'notable', `${sentenceCase(`${sideWord(side)}TTL`)} ${ttl}`, text, span(side.ip, name))];
}

function optionNotes({ ip }: SideLayers): Note[] {
  if (ip?.protocol !== 'ip' || ip.length <= 20) return [];
  const text = `The IPv4 header is ${ip.length} bytes, ${ip.length - 20} of them options. Many routers treat such packets slowly or drop them; everything behind stands later than usual.`;
  return [note('ip-options', 'notable', 'IP options', text, { offset: ip.offset + 20, length: ip.length - 20 })];
}

function lengthNotes({ ip }: SideLayers): Note[] {
  if (numberIn(ip, 'ip.len') !== 0) return [];
  const text =
    'The total length is 0: the packet is larger than 65535 bytes (BIG TCP), or the network card was to fill it in. Its end is taken from the frame.';
  return [note('length-zero', 'notable', 'IP length 0', text, span(ip, 'ip.len'))];
}

function icmpNotes(scene: Scene, { upper }: SideLayers): Note[] {
  const name = upper?.protocol === 'icmpv6' ? 'icmpv6' : 'icmp';
  const [type, code] = [numberIn(upper, `${name}.type`), numberIn(upper, `${name}.code`)];
  const mtu = numberIn(upper, `${name}.mtu`);
  const from = scene.flow?.src.ip ?? 'a router';
  if (upper === null || type === null || code === null) return [];
  if (mtu !== null) {
    const device = scene.topology?.nodes
      .flatMap((node) => node.links)
      .find((link) => link.vxlan !== null && link.mtu === mtu);
    const whose =
      device === undefined
        ? ''
        : ` It is the MTU of ${device.name}, so the pod's own MTU is larger than the tunnel allows: pods keep the MTU they were made with.`;
    const text = `${from} could not pass on a packet without cutting it, and says that the next hop takes ${mtu} bytes. The sender must make its packets smaller; the packet it was about follows.${whose}`;
    return [
      note('too-big', 'notable', `Packets may be ${mtu} bytes at most`, text, {
        offset: upper.offset,
        length: upper.length,
      }),
    ];
  }
  if (name === 'icmp' && type === 3) {
    const text = `${from} says: ${icmpCodeName(type, code) ?? 'unreachable'}. The packet it is about follows in this one.`;
    return [
      note('unreachable', 'notable', 'A packet could not be delivered', text, { offset: upper.offset, length: 2 }),
    ];
  }
  return [];
}
