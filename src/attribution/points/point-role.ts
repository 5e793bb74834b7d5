// The role of one capture point: the first of design section 4's rules that speaks, with its evidence; what later rules
// say otherwise is a contradiction and is reported too.
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { POD_DEVICE } from '../../cluster/device.ts';
import { PACKET_TYPE } from '../../flow/frame-records.ts';
import type { Evidence, Node, Owner, Topology } from '../../topology/model.ts';
import type { PointRole } from '../vocabulary.ts';
import type { LinkFacts } from './link-facts.ts';
import { isUnicast, type MacKnowledge } from './mac-roles.ts';
import { type DeviceRole, roleOfDevice } from './point-device.ts';

/** What is known of a point before its role is decided. */
export interface PointInput {
  facts: readonly LinkFacts[];
  topology: Topology | null;
  macs: MacKnowledge;
  node: Node | null;
  /** From --at; null when the user said nothing. */
  userInterface: string | null;
  /** pcapng if_name, or SLL2 ifindex through the node's `ip link`. */
  device: string | null;
  /** The device that the file name names, if the node has it. */
  fileDevice: string | null;
  /** SLL v1: one point per role, no company to keep. */
  perFrame: boolean;
  ownerOf(address: string): Owner;
}

export interface RoleDecision {
  role: PointRole;
  evidence: Evidence[];
  contradictions: string[];
}

interface Opinion {
  role: PointRole;
  source: string;
  detail: string;
}

export function decideRole(input: PointInput): RoleDecision {
  const device = byDevice(input);
  const links = byLinkAddresses(input);
  const isNamesake = device !== null && isOfPod(input, device, links);
  const opinions = [
    byUser(input),
    isNamesake ? null : device,
    byLinkType(input),
    links,
    // as a pod's own name it contradicts nothing
    isNamesake && (input.node !== null || input.device !== POD_DEVICE) ? device : null,
    input.perFrame ? (byRawAnswers(input) ?? byPodBehind(input)) : byCompany(input),
    byFileName(input),
    byElimination(input),
  ].filter((o) => o !== null);
  const first = opinions[0];
  if (first === undefined) return { role: 'unknown', evidence: [], contradictions: [] };
  const others = opinions.slice(1).filter((o) => o.role !== first.role && o.source !== 'elimination');
  return {
    role: first.role,
    evidence: [{ source: first.source, detail: first.detail }],
    contradictions: others.map((o) => `${first.detail}, so it counts as ${first.role}; but ${o.detail} (${o.role})`),
  };
}

function opinion(source: string, found: DeviceRole | null): Opinion | null {
  return found === null ? null : { role: found.role, source, detail: found.detail };
}

function byUser({ topology, node, userInterface }: PointInput): Opinion | null {
  if (userInterface === null) return null;
  return opinion('user', roleOfDevice(topology, node, userInterface));
}

function byDevice({ topology, node, device }: PointInput): Opinion | null {
  return device === null ? null : opinion('device', roleOfDevice(topology, node, device));
}

/**
 * Whether a device that has the name of a NIC is a pod's own: both are called `eth0`, and what nodes' tables say of the name holds in their
 * own namespace. Frames of a veth or of a tunnel device are never a NIC's; where no frame tells, the name alone does not.
 */
function isOfPod(input: PointInput, device: Opinion, links: Opinion | null): boolean {
  if (device.role !== 'underlay') return false;
  if (links !== null) return links.role !== 'underlay' && isMostly(input, links.role);
  return input.node === null && input.device === POD_DEVICE && byCompany(input) === null;
}

/** Whether most frames are those of a veth or of a tunnel device. */
function isMostly({ facts, macs }: PointInput, role: PointRole): boolean {
  let [own, all] = [0, 0];
  for (const { link } of facts) {
    const seen = classesOf(link.src, link.dst, macs);
    all += link.packets;
    if (role === 'workload' ? seen.workload : seen.vtep) own += link.packets;
  }
  return own > all / 2;
}

function byLinkType({ facts }: PointInput): Opinion | null {
  const raw = facts.length > 0 && facts.every((f) => f.link.type === 'raw');
  return raw ? { role: 'tunnel', source: 'link-type', detail: 'raw IP frames come from a tunnel device' } : null;
}

/** Rule 4: MACs of the outermost header, and outer headers between nodes. */
function byLinkAddresses({ facts, macs }: PointInput): Opinion | null {
  const count = { outer: 0, half: 0, nic: 0, vtep: 0, workload: 0 };
  let nicMac = '';
  for (const { link, outers, halfOuters, isRawAnswer } of facts) {
    if (isRawAnswer) continue;
    const seen = classesOf(link.src, link.dst, macs);
    if (!seen.vtep && !seen.workload) {
      count.outer += outers;
      count.half += halfOuters;
    }
    if (seen.workload) count.workload += link.packets;
    else if (seen.vtep) count.vtep += link.packets;
    else if (seen.nic !== null) {
      count.nic += link.packets;
      nicMac = seen.nic;
    }
  }
  if (count.outer > 0) {
    const what = `outer headers between node addresses in ${count.outer} packets`;
    return { role: 'underlay', source: 'link-addresses', detail: what };
  }
  const best = Math.max(count.nic, count.vtep, count.workload);
  if (best === 0 && count.half > 0) {
    const what = `outer headers of the overlay with a node's address at one end, in ${count.half} packets`;
    return { role: 'underlay', source: 'link-addresses', detail: what };
  }
  if (best === 0) return null;
  if (count.nic === best) {
    const who = macs.nicNode(nicMac);
    const detail =
      who === null ? `${nicMac} is a NIC that carried outer packets` : `${nicMac} is the NIC of ${who.node.name}`;
    return { role: 'underlay', source: 'link-addresses', detail };
  }
  if (count.vtep === best) return { role: 'tunnel', source: 'link-addresses', detail: 'the MACs are those of VTEPs' };
  return {
    role: 'workload',
    source: 'link-addresses',
    detail: `the MAC ${WORKLOAD_MAC}, or a pod's, is that of a veth`,
  };
}

/**
 * Whether frames of several places stand in one interface, as when captures were merged without their names: some are a NIC's,
 * others a tunnel device's or a veth's by their MACs. Each link must then speak for itself.
 */
export function isMixed(facts: readonly LinkFacts[], macs: MacKnowledge): boolean {
  let nic = false;
  let inside = false;
  for (const { link, outers, isRawAnswer } of facts) {
    if (link.type !== 'ethernet') return false;
    if (isRawAnswer) continue;
    const seen = classesOf(link.src, link.dst, macs);
    if (seen.workload || seen.vtep) inside = true;
    else if (outers > 0 || seen.nic !== null) nic = true;
  }
  return nic && inside;
}

interface SeenClasses {
  workload: boolean;
  vtep: boolean;
  nic: string | null;
}

/** Ethernet: a VTEP frame has VTEP MACs on both sides (the destination may be a group). Cooked: the one MAC there is. */
function classesOf(src: string | null, dst: string | null, macs: MacKnowledge): SeenClasses {
  const from = isUnicast(src) ? macs.classOf(src) : null;
  if (dst === null) return { workload: from === 'workload', vtep: from === 'vtep', nic: from === 'nic' ? src : null };
  const to = isUnicast(dst) ? macs.classOf(dst) : from;
  return {
    workload: from === 'workload' || to === 'workload',
    vtep: from === 'vtep' && to === 'vtep',
    nic: from === 'nic' ? src : to === 'nic' && isUnicast(dst) ? dst : null,
  };
}

function byCompany({ facts }: PointInput): Opinion | null {
  const packets = facts.reduce((sum, f) => sum + f.nodeToNode, 0);
  if (packets === 0) return null;
  return {
    role: 'underlay',
    source: 'company',
    detail: `packets or ARP from one node's own address to another's (${packets})`,
  };
}

/** Among frames of several places, each of which speaks for itself. */
function byRawAnswers({ facts }: PointInput): Opinion | null {
  if (facts.length === 0 || !facts.every(({ isRawAnswer }) => isRawAnswer)) return null;
  const detail = `frames of a pod to ${WORKLOAD_MAC} that its node has routed, and that no capture has in a tunnel`;
  return { role: 'underlay', source: 'link-addresses', detail };
}

/**
 * What a node gets from a MAC that sends one pod's packets as the pod made them, and nothing else, is from that pod: whoever else hands
 * them on has taken one off the TTL. Only where the snapshot has the pod on this node.
 */
function byPodBehind({ facts, macs, node, ownerOf }: PointInput): Opinion | null {
  const pods = new Set(facts.flatMap(({ unroutedFrom }) => [...unroutedFrom]));
  const [pod, ...others] = pods;
  const isVeth = ({ link, plainPackets, unroutedPods, outers, halfOuters }: LinkFacts): boolean =>
    link.packetType === PACKET_TYPE.toUs &&
    !link.carried &&
    isUnicast(link.src) &&
    macs.classOf(link.src) === null &&
    outers + halfOuters === 0 &&
    unroutedPods === plainPackets;
  if (pod === undefined || others.length > 0 || !facts.every(isVeth)) return null;
  if (node === null || ownerOf(pod).node !== node) return null;
  const detail = `the node got ${pod}'s packets there before anybody had routed them`;
  return { role: 'workload', source: 'link-addresses', detail };
}

function byFileName({ topology, node, fileDevice }: PointInput): Opinion | null {
  return fileDevice === null ? null : opinion('file-name', roleOfDevice(topology, node, fileDevice));
}

/**
 * Rule 7, the weakest: both MACs present, neither a VTEP's nor a veth's, and a TTL that one router has lowered. Not where pods'
 * packets were seen before any router, nor where a VTEP may have any MAC: a veth whose MAC is not Calico's, on which those of the same node arrive routed once.
 */
function byElimination({ facts, macs }: PointInput): Opinion | null {
  if (macs.mayHideVteps || facts.some(({ unroutedPods, link }) => unroutedPods > 0 || link.carried)) return null;
  const routed = facts.filter(({ link, routedPods }) => {
    if (routedPods === 0 || !isUnicast(link.src) || !isUnicast(link.dst)) return false;
    const classes = [macs.classOf(link.src), macs.classOf(link.dst)];
    return !classes.includes('vtep') && !classes.includes('workload');
  });
  if (routed.length === 0) return null;
  return {
    role: 'underlay',
    source: 'elimination',
    detail: 'routed pod packets between MACs of neither a VTEP nor a veth',
  };
}
