// tcpdump's filter expressions of a world. Those that a reader of the file can guess, and those that nobody can.
import type { WorldNode } from '../cluster/cluster-model.ts';
import type { Random } from '../random.ts';
import type { Scene, Sighting } from '../traffic/scene.ts';
import { asOutermost, outermost, type TapKind } from './outermost.ts';

export interface TapFilter {
  expression: string;
  /** As pcapng's if_filter; null for -Q, which no file records. */
  recorded: string | null;
  /** Every frame that it lets through shows it: one tunnel, one protocol, one direction, one or two addresses that are no node's. */
  guessable: boolean;
  keeps: (sighting: Sighting) => boolean;
}

export function drawFilter(
  scene: Scene,
  random: Random,
  { node, kind }: { node: WorldNode; kind: TapKind },
): TapFilter | null {
  if (kind === 'veth' || kind === 'tunnel') return null;
  // mostly one command line for all nodes
  const common = scene.random.fork('one filter');
  const isCommon = common.chance(0.6);
  if (!isCommon && random.chance(0.3)) return null;
  const chance = isCommon ? common : random;
  const { port } = scene.cluster;
  const pod = chance.pick(scene.cluster.pods);
  const other = chance.pick(scene.cluster.nodes);
  return chance.pick([
    () => byFacts(`udp port ${port}`, true, (facts) => facts.protocol === 17 && facts.ports.includes(port)),
    () => byFacts(`udp port ${port}`, true, (facts) => facts.protocol === 17 && facts.ports.includes(port)),
    () => byFacts('tcp', true, (facts) => facts.protocol === 6),
    () => byFacts('ip proto 4', true, (facts) => facts.protocol === 4),
    () => hostFilter(pod.ip, true),
    () => hostFilter(other.ip, false),
    () => byFacts('ip', false, () => true),
    () => direction(true),
    () => direction(false),
    () => byFacts(`not (${node.ip} and port 22)`, false, () => true),
  ])();
}

function byFacts(
  expression: string,
  guessable: boolean,
  keeps: (facts: NonNullable<ReturnType<typeof outermost>>) => boolean,
): TapFilter {
  return {
    ...{ expression, recorded: expression, guessable },
    keeps: (sighting) => {
      const facts = outermost(sighting);
      return facts !== null && keeps(facts);
    },
  };
}

function hostFilter(ip: string, guessable: boolean): TapFilter {
  const address = asOutermost(ip);
  return byFacts(`host ${ip}`, guessable, ({ src, dst }) => src === address || dst === address);
}

function direction(out: boolean): TapFilter {
  const keeps = (sighting: Sighting): boolean => sighting.outgoing === out;
  return { expression: out ? '-Q out' : '-Q in', recorded: null, guessable: true, keeps };
}
