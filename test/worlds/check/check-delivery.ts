// What the trace says of packets that did not get through, against what became of them: nothing that arrived is called broken, and
// what is said of the rest names what happened, where, and at which node.
import type { Trace, TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { WorldNode } from '../cluster/cluster-model.ts';
import type { FlowTruth } from '../traffic/scene.ts';
import type { World } from '../world.ts';
import { isNameOf } from './check-flows.ts';
import { type Course, type Courses, coursesOf, reverseOf } from './delivered.ts';
import { type Lie, lieOf } from './lies.ts';

/** What one may say of a flow; `null`: nothing to object. */
type Objection = string | null;

interface Told {
  world: World;
  courses: Courses;
  truth: FlowTruth;
  message: string;
}

export function checkDelivery(world: World, trace: Trace, traced: ReadonlyMap<string, TracedFlow>): Lie[] {
  const courses = coursesOf(world);
  const lies: Lie[] = [];
  for (const [key, flow] of traced) {
    const truth = world.scene.flows.get(key);
    if (truth === undefined || truth.optional) continue;
    const healthy = courses.isHealthy(truth);
    const tell = (detail: string): void => {
      lies.push(
        lieOf(healthy ? 'called-broken' : 'wrong-cause', `${key}: ${detail}`, {
          world,
          truth,
          traced: flow,
          report: null,
        }),
      );
    };
    for (const { code, message } of flow.findings) {
      const objection = FINDINGS[code]?.({ world, courses, truth, message }) ?? null;
      if (objection !== null) tell(`${code} "${message}", though ${objection}`);
    }
    const objection = outcomeObjection(world, courses, truth, flow);
    if (objection !== null) tell(`outcome ${flow.outcome}, though ${objection}`);
  }
  for (const cause of trace.causes) {
    const objection = CAUSES[cause.code]?.(world, courses, cause) ?? null;
    if (objection === null) continue;
    lies.push(
      lieOf(
        world.scene.delivery === null ? 'called-broken' : 'wrong-cause',
        `${cause.code} "${cause.title}", though ${objection}`,
        { world, truth: null, traced: null, report: null },
      ),
    );
  }
  return lies;
}

type Check = (told: Told) => Objection;

const never: Check = () => 'no packet of any world has that';

/** By code, what speaks against a finding of a flow. */
const FINDINGS: Record<string, Check> = {
  'no-reply': noReply,
  'half-open': halfOpen,
  'lost-in-node': lostInNode,
  'overlay-rejected': rejected,
  'dns-trouble': dnsTrouble,
  'mtu-black-hole': ({ courses, truth }) =>
    courses.of(truth.key).deaths.some(({ why }) => why === 'mtu') ? null : 'no large packet of it was lost',
  'missing-fdb-entry': ({ courses, truth }) =>
    courses.of(truth.key).deaths.some(({ why }) => why === 'no-fdb-entry') ? null : 'no FDB entry is missing',
  'not-for-this-host': ({ truth }) =>
    truth.faultCode === 'wrong-tunnel-mac' || truth.faultCode === 'wrong-destination-vtep'
      ? null
      : 'its frames were for that device',
  'routing-loop': routingLoop,
  'source-translated': sourceTranslated,
  'bad-checksum': never,
  'outer-fragmented': never,
  'packet-exceeds-mtu': never,
  'denied-by-policy': never,
};

function isAnswered({ replied, answered }: FlowTruth): boolean {
  return replied ?? answered;
}

function noReply({ courses, truth, message }: Told): Objection {
  if (/was sent again .* never acknowledged/.test(message)) return stalled(courses, truth, message);
  if (courses.isMissed(truth.key)) return null;
  if (!isAnswered(truth))
    return courses.isHealthy(truth) && truth.kind !== 'ebpf-nodeport' ? 'all of it arrived' : null;
  return courses.isCaptured(reverseOf(truth.key)) ? 'it was answered, and that was captured' : 'it was answered';
}

/** A segment of an open connection. */
function stalled(courses: Courses, { key }: FlowTruth, message: string): Objection {
  const deaths = [...courses.of(key).deaths, ...courses.of(reverseOf(key)).deaths];
  if (deaths.length === 0) return 'all of it arrived';
  const isOnWire = message.includes('does not arrive at');
  return isOnWire && !deaths.some(({ stage }) => stage === 'wire') ? 'it did' : null;
}

function halfOpen({ world, courses, truth, message }: Told): Objection {
  if (courses.isMissed(truth.key)) return null;
  const [asked, back] = [courses.of(truth.key), courses.of(reverseOf(truth.key))];
  if (asked.deaths.length + back.deaths.length === 0) return 'all of it arrived';
  const home = world.scene.cluster.nodes[truth.srcNode ?? -1];
  const lost = back.deaths.length > 0 ? back.deaths : asked.deaths;
  const [, node = ''] =
    /inside (\S+)$|get back to (\S+), or|arrives at (\S+) and|veth on (\S+);/.exec(message)?.filter(isText) ?? [];
  if (node === '' || message.includes(`to ${truth.src}, or`) || message.includes(`to ${truth.src} and`)) return null;
  if (!isNameOf(home, node)) return `it was asked from ${home?.name}`;
  // sent out again, it does not get to the client either
  const isAtHome = lost.some(({ node, stage, why }) => node === home?.index && (stage !== 'wire' || why === 'bounce'));
  if (/arrives at|reaches the veth/.test(message)) {
    // out of WireGuard it comes by the tunnel device
    const came = back.sightings.some((one) => one.node === home?.index && /^(nic|tunnel)/.test(one.role));
    return came && isAtHome ? null : 'the answer was not lost there';
  }
  return null;
}

function isText(text: string | undefined): boolean {
  return text !== undefined;
}

const PLACES: Record<string, string> = { NIC: 'nic', 'tunnel device': 'tunnel', "pod's veth": 'veth' };

function lostInNode({ world, courses, truth, message }: Told): Objection {
  const course = courses.of(truth.key);
  const arrived =
    /arrived at (\S+)'s (NIC|tunnel device), none (?:came out|was seen) at the (NIC|tunnel device|pod's veth)/.exec(
      message,
    );
  const left = /left the pod, none .* at the (NIC|tunnel device).*: dropped inside (\S+)$/.exec(message);
  const [name, missing] = arrived === null ? [left?.[2], left?.[1]] : [arrived[1], arrived[3]];
  const node = world.scene.cluster.nodes.find((one) => isNameOf(one, name ?? ''));
  if (node === undefined) return 'it names no node';
  const at = (role: string): boolean =>
    course.sightings.some((one) => one.node === node.index && one.role.startsWith(role));
  if (at(PLACES[missing ?? ''] ?? '')) return `it was at the ${missing} of ${node.name}`;
  if (arrived !== null && !at(PLACES[arrived[2] ?? ''] ?? '')) return `it never got to ${node.name}`;
  return diedIn(course, node) ? null : `${node.name} did not drop it`;
}

function diedIn({ deaths }: Course, node: WorldNode): boolean {
  return deaths.some((death) => death.node === node.index && death.stage !== 'wire');
}

function rejected({ world, courses, truth, message }: Told): Objection {
  if (!courses.of(truth.key).deaths.some(({ why }) => why === 'tunnel-rejected')) return 'nobody refused it';
  const { nodes } = world.scene.cluster;
  const [error] = world.scene.fates.errors.filter(({ ofTunnel }) => ofTunnel);
  const by = nodes[error?.by ?? -1];
  return by !== undefined && message.includes(by.ip) ? null : `${by?.name} said it`;
}

function dnsTrouble({ world, courses, truth }: Told): Objection {
  const { troubled } = world.scene.fates;
  if (troubled.has(truth.key) || courses.isMissed(truth.key)) return null;
  return courses.isHealthy(truth) ? 'all of it was answered' : null;
}

function routingLoop({ world, courses, truth, message }: Told): Objection {
  const nodes = courses.of(truth.key).fates.flatMap(({ circle }) => circle);
  if (nodes.length === 0) return 'nothing went in a circle';
  const names = nodes.map((index) => world.scene.cluster.nodes[index]);
  return names.some((node) => node !== undefined && [node.name, node.ip].some((name) => message.includes(name))) ||
    !/ at \S+ with|^\S+ sends/.test(message)
    ? null
    : 'it was between other nodes';
}

function sourceTranslated({ world, courses, truth, message }: Told): Objection {
  const { translated } = world.scene.fates;
  // a packet for a service has its pod's address on its way
  const onWay = [truth.key, ...courses.of(truth.key).fates.map(({ flow }) => flow)].map(endsOf);
  const node =
    world.scene.cluster.nodes[onWay.map((ends) => translated.get(ends)).find((one) => one !== undefined) ?? -1];
  if (node === undefined) return 'its source is its own';
  return [node.name, node.ip].some((name) => message.includes(name)) ? null : `${node.name} translated it`;
}

/** What a conversation came to. */
function outcomeObjection(
  world: World,
  courses: Courses,
  truth: FlowTruth,
  { outcome, src, dst }: TracedFlow,
): Objection {
  const { deaths } = courses.of(truth.key);
  if (courses.isMissed(truth.key)) return null;
  switch (outcome) {
    case 'sent-never-arrived':
      // by a stale snapshot it is looked for at another node
      if (
        ![src, dst].every(({ node }, side) =>
          isNameOf(world.scene.cluster.nodes[(side === 0 ? truth.srcNode : truth.dstNode) ?? -1], node ?? ''),
        )
      )
        return null;
      return courses.of(truth.key).sightings.some((one) => one.node === truth.dstNode && one.role.startsWith('nic')) &&
        !deaths.some(({ stage }) => stage === 'wire')
        ? 'none was lost between the nodes'
        : null;
    case 'no-answer':
    case 'half-open':
    case 'unreachable':
    case 'partly-answered':
      return courses.isHealthy(truth) &&
        truth.kind !== 'ebpf-nodeport' &&
        (isAnswered(truth) || outcome !== 'no-answer')
        ? 'it was answered'
        : null;
    case 'refused':
      return isQuoted(world, truth) ? null : 'nobody refused it';
    case 'reset':
      return 'nobody refused it';
    default:
      return null;
  }
}

function isQuoted({ scene }: World, { key }: FlowTruth): boolean {
  return scene.fates.errors.some(({ flow, ofTunnel }) => (flow === key || flow === reverseOf(key)) && !ofTunnel);
}

function endsOf(key: string): string {
  return key.split(' ').slice(1, 3).join(' ');
}

type CauseCheck = (world: World, courses: Courses, cause: Trace['causes'][number]) => Objection;

/** Of findings that no flow has. */
const CAUSES: Record<string, CauseCheck> = {
  'lost-on-underlay': lostOnUnderlay,
  'icmp-only': icmpOnly,
  'wrong-next-hop': wrongNextHop,
  'overlay-rejected': (world) =>
    world.scene.fates.errors.some(({ ofTunnel }) => ofTunnel) ? null : 'nobody refused a tunnel packet',
  'node-unreachable': () => 'every node answers ARP',
  'missing-neighbour': () => 'no neighbour entry is missing',
  'handshake-unanswered': () => 'nobody shakes hands',
  'foreign-vtep': () => 'only nodes send tunnel packets',
  'duplicate-tunnel-mac': () => 'every VTEP has its own MAC',
  'no-reply': answersNobody,
};

function nodesOf({ scene }: World, { fromNode, toNode }: Trace['causes'][number]): (WorldNode | undefined)[] {
  return [fromNode, toNode].map((name) => scene.cluster.nodes.find((node) => isNameOf(node, name ?? '')));
}

function lostOnUnderlay(world: World, _: Courses, cause: Trace['causes'][number]): Objection {
  const [from, to] = nodesOf(world, cause);
  const { fates, fault, delivery, stale } = world.scene;
  if (world.taps.some((tap) => tap.dropped > 0) || stale !== null) return null;
  const isMoved = world.scene.delivery?.kind === 'wrong-next-hop';
  const lost = [...fates.all.values()].filter(
    ({ death }) =>
      death !== null &&
      (death.stage === 'wire'
        ? death.node === from?.index && death.next === to?.index
        : isMoved && death.why === 'wrong-next-hop'),
  );
  // what its sender sent elsewhere, or otherwise than the other node reads, did not arrive either
  if (fault !== null && lost.length === 0 && delivery === null)
    return fault.from === from?.index ? null : 'nothing was lost there';
  if (lost.length === 0) return fault?.from === from?.index && fault !== null ? null : 'nothing was lost there';
  return cause.packets > lost.length ? `${lost.length} were lost, not ${cause.packets}` : null;
}

function icmpOnly(world: World, courses: Courses, cause: Trace['causes'][number]): Objection {
  const [from, to] = nodesOf(world, cause);
  const between = [...world.scene.flows.values()].filter(
    (flow) =>
      flow.srcNode === from?.index && flow.dstNode === to?.index && flow.key.startsWith('tcp') && flow.kind === 'tcp',
  );
  const one = between.find(
    (flow) =>
      flow.answered &&
      courses.isCaptured(reverseOf(flow.key)) &&
      world.scene.cluster.pods.some((pod) => pod.ip === flow.dst),
  );
  return one === undefined || courses.isMissed(one.key) ? null : `${one.key} was answered`;
}

function wrongNextHop(world: World, _: Courses, cause: Trace['causes'][number]): Objection {
  const { delivery, cluster } = world.scene;
  if (delivery?.kind !== 'wrong-next-hop') return 'every frame went to its own NIC';
  const [from, to] = nodesOf(world, cause);
  const other = cluster.nodes[delivery.other];
  const isRight = from?.index === delivery.from && to?.index === delivery.to && cause.title.includes(other?.name ?? '');
  return isRight ? null : 'other nodes';
}

/** An address that is said to answer nobody. */
function answersNobody(world: World, courses: Courses, { title }: Trace['causes'][number]): Objection {
  const [, ip] = /^(?:\S+ \()?([\d.]+)\)? answers nobody/.exec(title) ?? [];
  if (ip === undefined) return null;
  const answered = [...world.scene.flows.values()].find(
    (flow) =>
      flow.dst === ip &&
      flow.answered &&
      flow.asks &&
      courses.isCaptured(reverseOf(flow.key)) &&
      courses.isCaptured(flow.key),
  );
  return answered === undefined ? null : `it answered ${answered.key}`;
}
