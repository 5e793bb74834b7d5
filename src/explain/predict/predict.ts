// A prediction without a capture: which way a packet between two pods takes, with which headers, both ways.
import { expectedOf } from '../../attribution/sender/expected.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import { whoByTopology } from '../../attribution/who/who.ts';
import type { Topology } from '../../topology/model.ts';
import { type Settings, settingsOf } from '../../verdict/flow/overlay-in-use.ts';
import { plannedSteps } from '../decision.ts';
import type { Decision } from '../explanation.ts';
import { refFormatter } from '../packet-facts.ts';
import { findEnd } from './ends.ts';
import { hopsOf } from './hops.ts';
import { nicDevice, outerAddress, tunnelOf, vethOf } from './node-devices.ts';
import { type Example, isTunnel, type Journey, overheadFor } from './predicted-flow.ts';
import type { PredictedEnd, Prediction, Way } from './prediction.ts';
import { doubtsOf } from './prediction-doubts.ts';
import { wayHeadline, wayStory } from './prediction-words.ts';

export interface PredictOptions {
  topology: Topology;
  from: string;
  to: string;
  /** `tcp`, `udp` or `icmp`; and the port for the first two. */
  protocol: string;
  port: number | null;
  vxlanVNI?: number | null;
  vxlanPorts?: readonly number[];
}

/** @throws OverlensError E_USAGE for names that fit nobody or several */
export function predict(options: PredictOptions): Prediction {
  const { topology } = options;
  const from = findEnd(topology, '--from', options.from);
  const to = findEnd(topology, '--to', options.to);
  const settings = settingsOf(topology, options.vxlanVNI ?? null, options.vxlanPorts ?? []);
  const isV6 = to.owner.address.includes(':');
  const { example, words } = exampleOf(options, isV6);
  const there = wayOf(topology, settings, from, to, example);
  const back = wayOf(topology, settings, to, from, example);
  return {
    from,
    to,
    example: words,
    there,
    back,
    differs: back.expected.encapsulation !== null && there.expected.encapsulation !== back.expected.encapsulation,
    nodeNames: topology.nodes.map((node) => node.name),
    snapshotRoot: refFormatter(topology.files).root,
  };
}

const PING_PAYLOAD = 56;
const SYN_LENGTH = 40;
const DATAGRAM = 32;

function exampleOf({ protocol, port }: PredictOptions, isV6: boolean): { example: Example; words: string } {
  const ip = isV6 ? 40 : 20;
  const to = port === null ? '' : ` to port ${port}`;
  const parts =
    protocol === 'tcp'
      ? [{ title: 'TCP', protocol: 'tcp', length: SYN_LENGTH }]
      : protocol === 'udp'
        ? [
            { title: 'UDP', protocol: 'udp', length: 8 },
            { title: 'Payload', protocol: 'payload', length: DATAGRAM },
          ]
        : [
            { title: isV6 ? 'ICMPv6' : 'ICMP', protocol: isV6 ? 'icmpv6' : 'icmp', length: 8 },
            { title: 'Payload', protocol: 'payload', length: PING_PAYLOAD },
          ];
  const ipLength = parts.reduce((sum, part) => sum + part.length, ip);
  const words =
    { tcp: `a TCP SYN${to} of ${ipLength} bytes`, udp: `a UDP datagram${to} of ${ipLength} bytes` }[protocol] ??
    `a ping of ${ipLength} bytes`;
  return { example: { ipLength, parts }, words };
}

function wayOf(topology: Topology, settings: Settings, from: PredictedEnd, to: PredictedEnd, example: Example): Way {
  const expected = expectedOf({ topology, src: whoByTopology(from.owner), dst: whoByTopology(to.owner) });
  const [sender, receiver] = [from.owner.node, to.owner.node];
  const translated = translationOf(from, to, expected);
  const journey: Journey = { topology, settings, from, to, sender, receiver, expected, example, translated };
  const steps = plannedSteps(topology, { expected, destination: to.owner.address, sender, receiver });
  const decision: Decision | null =
    sender === null || steps.length === 0 ? null : { node: sender.name, steps, when: 'upcoming', comment: null };
  return {
    from,
    to,
    expected,
    headline: wayHeadline(journey),
    story: wayStory(journey),
    decision,
    hops: hopsOf(journey),
    largest: largestOf(journey),
    overhead: overheadFor(expected.encapsulation, isV6Underlay(journey)),
    doubts: doubtsOf(journey, steps),
  };
}

/** natOutgoing: towards what is in no pool a pod's packet leaves with its node's address (calico-facts 3.6). */
function translationOf(from: PredictedEnd, to: PredictedEnd, expected: Expected): Journey['translated'] {
  const pool = from.owner.pool;
  const outside = to.owner.kind === 'external' || to.owner.kind === 'node';
  const node = from.owner.node;
  if (from.owner.kind !== 'pod' || !outside || pool === null || !pool.natOutgoing || node === null) return null;
  if (expected.encapsulation !== 'none') return null;
  const address = outerAddress(node, from.owner.address.includes(':'));
  return address === null ? null : { address, why: `${node.name}'s: pool ${pool.name} has natOutgoing` };
}

function isV6Underlay({ receiver, from }: Journey): boolean {
  return receiver !== null && (outerAddress(receiver, from.owner.address.includes(':'))?.includes(':') ?? false);
}

/** The smallest of what the devices on the sender's side take. */
function largestOf(journey: Journey): Way['largest'] {
  const { topology, from, sender, expected } = journey;
  if (sender === null) return null;
  const isV6 = from.owner.address.includes(':');
  const limits: { ip: number; limit: string }[] = [];
  const add = (mtu: number | null, less: number, name: string | null): void => {
    if (mtu !== null)
      limits.push({
        ip: mtu - less,
        limit: `${name ?? 'the device'} of ${sender.name}: MTU ${mtu}${less > 0 ? ` less ${less}` : ''}`,
      });
  };
  if (from.owner.kind === 'pod') {
    const veth = vethOf(topology, from.owner);
    add(veth.mtu, 0, veth.name);
  }
  const { encapsulation } = expected;
  if (isTunnel(encapsulation)) {
    const device = tunnelOf(sender, encapsulation, isV6, journey.settings.profile);
    add(device.mtu, 0, device.name);
  }
  if (encapsulation !== 'local') {
    const nic = nicDevice(sender);
    add(nic.mtu, overheadFor(encapsulation, isV6Underlay(journey)), nic.name);
  }
  const [smallest] = limits.sort((a, b) => a.ip - b.ip);
  return smallest === undefined ? null : { ...smallest, mss: smallest.ip - (isV6 ? 60 : 40) };
}
