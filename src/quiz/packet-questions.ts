// Questions on one packet, from its explanation: each only where the packet and the snapshot leave exactly one right answer.
import { shellWord } from '../cluster/shell.ts';
import type { ExplainedField, ExplainedLayer, Explanation } from '../explain/explanation.ts';
import type { Topology } from '../topology/model.ts';
import type { Question, QuestionKind } from './question.ts';

/** A question before its choices are mixed: the right one, and wrong ones, of which some may be equal to it. */
export interface Draft extends Omit<Question, 'choices' | 'answer'> {
  right: string;
  wrong: readonly string[];
}

/** The usual MTU of an Ethernet (RFC 894). */
const UNDERLAY_MTU = 1500;

/**
 * @param topology null: nothing is asked of nodes
 * @param given the options that name the snapshot, for the command
 */
export function packetQuestions(packet: Explanation, topology: Topology | null, given: string): Draft[] {
  const about = aboutPacket(packet, given);
  return [
    vni(packet, about),
    udpPort(packet, about),
    outerAddresses(packet, about),
    ...nodes(packet, about, topology),
    overhead(packet, about),
    mtu(packet, about),
    whyPlain(packet, about),
    innerMac(packet, about, topology),
  ].filter((draft) => draft !== null);
}

/** What all questions on a packet share. */
type About = (kind: QuestionKind, place?: FieldPlace | null) => Pick<Draft, 'kind' | 'packet' | 'look' | 'bytes'>;

interface FieldPlace {
  layer: ExplainedLayer;
  field: ExplainedField;
}

function aboutPacket({ capture, number, bytes }: Explanation, given: string): About {
  return (kind, place = null) => ({
    kind,
    packet: { path: capture.path, number },
    look: `overlens explain ${shellWord(capture.path)}${given} -p ${number}`,
    bytes: place === null ? null : bytesOf(place, bytes),
  });
}

function bytesOf({ layer, field }: FieldPlace, frame: Uint8Array): Draft['bytes'] {
  const offset = layer.offset + (field.bit >> 3);
  const length = Math.max(1, Math.ceil(((field.bit & 7) + field.width) / 8));
  const hex = Array.from(frame.subarray(offset, offset + length), (byte) => byte.toString(16).padStart(2, '0'));
  return { offset, length, hex: hex.join(' '), field: field.name ?? field.label };
}

/** The first field of that name on a side. */
function fieldOf({ layers }: Explanation, name: string, sides: readonly string[]): FieldPlace | null {
  for (const layer of layers) {
    if (!sides.includes(layer.side)) continue;
    const field = layer.fields.find((one) => one.name === name);
    if (field !== undefined) return { layer, field };
  }
  return null;
}

function vni(packet: Explanation, about: About): Draft | null {
  const place = fieldOf(packet, 'vxlan.vni', ['outer', 'inner']);
  if (place === null) return null;
  const value = Number(place.field.value);
  return {
    ...about('vni', place),
    text: `Packet ${packet.number} is in a VXLAN tunnel. Which VNI does its VXLAN header carry?`,
    right: String(value),
    wrong: [String(value + 1), String(value ^ 1), '1', '4789', '8472', String(value * 256)],
    feedback: `The VNI is the 24 bits behind the four bytes of flags: ${value}.`,
  };
}

function udpPort(packet: Explanation, about: About): Draft | null {
  if (packet.encapsulation !== 'vxlan') return null;
  const place = fieldOf(packet, 'udp.dstport', ['outer']);
  if (place === null) return null;
  const value = String(place.field.value);
  return {
    ...about('udp-port', place),
    text: `To which UDP port is the outer datagram of packet ${packet.number} sent?`,
    right: value,
    wrong: ['4789', '8472', '6081', '4790', '51820'],
    feedback: `The outer UDP header says ${value}${value === '4789' ? ', which IANA gave to VXLAN (RFC 7348)' : ': what this cluster uses for VXLAN'}. The source port is made of a hash of the inner packet.`,
  };
}

function addressesOf(packet: Explanation, side: string): { text: string; place: FieldPlace } | null {
  const place = fieldOf(packet, 'ip.src', [side]) ?? fieldOf(packet, 'ipv6.src', [side]);
  const other = fieldOf(packet, 'ip.dst', [side]) ?? fieldOf(packet, 'ipv6.dst', [side]);
  return place === null || other === null ? null : { text: `${place.field.text} to ${other.field.text}`, place };
}

function outerAddresses(packet: Explanation, about: About): Draft | null {
  const [outer, inner] = [addressesOf(packet, 'outer'), addressesOf(packet, 'inner')];
  if (outer === null || inner === null) return null;
  const turned = ({ text }: { text: string }): string => text.split(' to ').reverse().join(' to ');
  const mixed = `${outer.text.split(' to ')[0]} to ${inner.text.split(' to ')[1]}`;
  return {
    ...about('outer-addresses', outer.place),
    text: `Between which addresses does the network of the nodes carry packet ${packet.number}?`,
    right: outer.text,
    wrong: [inner.text, turned(outer), mixed, turned(inner)],
    feedback: `Routers between the nodes see the outer IP header only: ${outer.text}. ${inner.text} is inside, pod to pod.`,
  };
}

/** Only where an outer address is one of exactly one node. */
function nodes(packet: Explanation, about: About, topology: Topology | null): (Draft | null)[] {
  if (topology === null || topology.nodes.length < 2) return [];
  const nodeOf = (name: 'src' | 'dst'): { node: string; place: FieldPlace } | null => {
    const place = fieldOf(packet, `ip.${name}`, ['outer']) ?? fieldOf(packet, `ipv6.${name}`, ['outer']);
    if (place === null) return null;
    const owners = topology.nodes.filter((node) => node.addresses.some(({ address }) => address === place.field.text));
    return owners.length === 1 ? { node: owners[0]?.name ?? '', place } : null;
  };
  const wrong = topology.nodes.map(({ name }) => name);
  const [from, to] = [nodeOf('src'), nodeOf('dst')];
  return [
    from && {
      ...about('sending-node', from.place),
      text: `Which node put packet ${packet.number} into its tunnel?`,
      ...{ right: from.node, wrong },
      feedback: `The outer source address ${from.place.field.text} is ${from.node}'s.`,
    },
    to && {
      ...about('receiving-node', to.place),
      text: `To which node is the tunnel packet ${packet.number} sent?`,
      ...{ right: to.node, wrong },
      feedback: `The outer destination address ${to.place.field.text} is ${to.node}'s.`,
    },
  ];
}

function overhead(packet: Explanation, about: About): Draft | null {
  if (packet.overhead === null) return null;
  const { bytes, parts } = packet.overhead;
  const sum = parts.map((part) => `${part.name} ${part.bytes}`).join(' + ');
  return {
    ...about('overhead'),
    text: `How many bytes of each packet of this tunnel do its headers take, from the outer IP header to the inner one (packet ${packet.number})?`,
    right: String(bytes),
    wrong: ['8', '14', '20', '28', '36', '42', '50', '54', '70'],
    feedback: `${sum} = ${bytes}. The outer Ethernet header does not count: an MTU is about what it carries.`,
  };
}

function mtu(packet: Explanation, about: About): Draft | null {
  if (packet.overhead === null) return null;
  const fits = UNDERLAY_MTU - packet.overhead.bytes;
  return {
    ...about('mtu'),
    text: `The network of the nodes has an MTU of ${UNDERLAY_MTU}. Which MTU must pods have, so that their packets fit into the tunnel of packet ${packet.number}?`,
    right: String(fits),
    wrong: [1500, 1450, 1480, 1440, 1460, 1430, 1550].map(String),
    feedback: `${UNDERLAY_MTU} - ${packet.overhead.bytes} = ${fits}: a larger packet would have to be cut, or be dropped.`,
  };
}

/** Sentences for the reasons of plain packets that a snapshot gives. */
const PLAIN: Readonly<Record<string, string>> = {
  'pool-never': "its IPPool's mode is Never: pods' packets travel plain",
  'crosssubnet-same': 'its IPPool says CrossSubnet, and both nodes are in one subnet',
  'same-node': 'both pods are on one node: nothing leaves it',
};
const NOT_PLAIN = [
  'the tunnel device was down when it was sent',
  'packets of that size are never put into a tunnel',
  'only TCP is put into a tunnel',
];

function whyPlain({ flow, encapsulation, number }: Explanation, about: About): Draft | null {
  if (flow === null || encapsulation !== 'none' || flow.verdict !== 'ok') return null;
  const right = PLAIN[flow.expected.reason];
  if (right === undefined) return null;
  return {
    ...about('why-plain'),
    text: `Packet ${number} goes from ${flow.src.ip} to ${flow.dst.ip} without a tunnel. Why is that as it should be?`,
    right,
    wrong: [...Object.values(PLAIN), ...NOT_PLAIN],
    feedback: `The snapshot says so (${flow.expected.reason}${flow.expected.pool === null ? '' : `, pool ${flow.expected.pool}`}).`,
  };
}

/** Only where the snapshot says of which node's tunnel device the address is. */
function innerMac(packet: Explanation, about: About, topology: Topology | null): Draft | null {
  if (packet.encapsulation !== 'vxlan' || topology === null) return null;
  const place = fieldOf(packet, 'eth.dst', ['inner']);
  if (place === null) return null;
  const mac = place.field.text;
  const owner = topology.nodeByVtepMac(mac);
  if (owner === null) return null;
  const device = (name: string): string => `the tunnel device of ${name}`;
  return {
    ...about('inner-mac', place),
    text: `The inner Ethernet header of packet ${packet.number} is addressed to ${mac}. Whose address is that?`,
    right: device(owner.node.name),
    wrong: [
      "the receiving pod's eth0",
      `the NIC of ${owner.node.name}`,
      'the next router of the nodes',
      ...topology.nodes.map(({ name }) => device(name)),
    ],
    feedback: `The sender's neighbour table gives the tunnel device's MAC for the route's next hop, and its FDB the node behind that MAC. Between nodes no pod's MAC is ever seen.`,
  };
}
