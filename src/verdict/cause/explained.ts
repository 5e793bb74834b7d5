// One fact, one cause: what follows from another finding of the same flow, or of the same two nodes, is no cause of its own. The flow
// keeps the finding.

import { FINDINGS, type FindingCode } from '../codes.ts';
import type { FlowBrief } from '../trace-types.ts';
import type { ClusterFinding } from './cluster-findings.ts';

/** What packets suffer that go astray, are encapsulated wrongly, or meet nodes that are not ready yet. */
const CONSEQUENCES: ReadonlySet<FindingCode> = new Set(['no-reply', 'half-open', 'overlay-rejected', 'lost-in-node']);

/** What says by itself where packets stopped, so that nobody answers. */
const STOPS: ReadonlySet<FindingCode> = new Set([
  'missing-fdb-entry',
  'not-for-this-host',
  'overlay-rejected',
  'lost-in-node',
  'routing-loop',
]);

/** What a finding explains of the same flow, beside silence. */
const EXPLAINS: Partial<Record<FindingCode, readonly FindingCode[]>> = {
  'routing-loop': ['half-open', 'overlay-rejected', 'lost-in-node', 'dns-trouble'],
  'overlay-rejected': ['lost-in-node', 'dns-trouble'],
  'mtu-black-hole': ['no-reply'],
  // who translates the addresses of tunnel packets has to mend checksums
  'wrong-source-vtep': ['bad-checksum'],
};

/** Whether it is known where the packets of a flow stopped. */
export function saysWhereItStops(codes: readonly FindingCode[]): boolean {
  return codes.some((one) => STOPS.has(one));
}

/** Whether another finding of the flow tells the cause. */
export function isExplained(code: FindingCode, codes: readonly FindingCode[]): boolean {
  if (code === 'no-reply' && saysWhereItStops(codes)) return true;
  if (codes.some((one) => EXPLAINS[one]?.includes(code))) return true;
  return CONSEQUENCES.has(code) && codes.some(explainsSilence);
}

/** Whether what was found of the answers tells the cause: where they stop is sharper than that they do. */
export function isExplainedBack(code: FindingCode, back: () => readonly FindingCode[]): boolean {
  return code === 'half-open' && back().includes('lost-in-node');
}

/** Whether a finding is reason enough for packets that do not arrive. */
export function explainsSilence(code: FindingCode): boolean {
  return code === 'mode-changed' || code === 'denied-by-policy' || FINDINGS[code].severity === 'violation';
}

/** A node that another one cannot reach at all: what it sends there goes no further, and nobody answers. */
const UNREACHED: ReadonlySet<FindingCode> = new Set(['missing-neighbour', 'node-unreachable', 'wrong-next-hop']);

/** Whether no flow has such a finding: a cause of it has the flows that suffer from it. */
export function isOfNodes(code: FindingCode): boolean {
  return UNREACHED.has(code) || code === 'icmp-only' || code === 'lost-on-underlay';
}

/** What two nodes alone show that tells why flows between them are silent, whichever of them asks; null where nothing does. */
export function explainedByNodes(
  {
    code,
    fromNode,
    toNode,
    isTcp,
    flowIds,
  }: Pick<ClusterFinding, 'code' | 'fromNode' | 'toNode'> & { isTcp: boolean; flowIds: readonly number[] },
  cluster: readonly ClusterFinding[],
): ClusterFinding | null {
  if (!CONSEQUENCES.has(code)) return null;
  const explains = (one: ClusterFinding): boolean => {
    const isSame = one.fromNode === fromNode && one.toNode === toNode;
    const isPair = isSame || (one.fromNode === toNode && one.toNode === fromNode);
    if (one.code === 'icmp-only') return isSame && isTcp && code === 'no-reply';
    if (one.code === 'lost-on-underlay') {
      const isTheirs = code === 'no-reply' && flowIds.every((id) => one.flowIds?.includes(id) === true);
      return isPair && (one.stops === 'everything' || (isTcp && one.stops === 'TCP') || isTheirs);
    }
    return UNREACHED.has(one.code) && isPair;
  };
  return cluster.find(explains) ?? null;
}

/** What flows tell of two nodes, so that it need not be told of the nodes alone. */
export interface ExplainedPairs {
  add(code: FindingCode, flow: FlowBrief): void;
  addPair(code: FindingCode, from: string | null, to: string | null): void;
  covers(finding: ClusterFinding): boolean;
}

export function explainedPairs(): ExplainedPairs {
  const known = new Set<string>();
  const addPair = (code: FindingCode, from: string | null, to: string | null): void => {
    known.add(`${code}|${from}|`).add(`${code}||${to}`);
  };
  return {
    addPair,
    add: (code, { src, dst }) => addPair(code, src.node, dst.node),
    // an address that the snapshot does not know has no node: one end is enough
    covers: ({ code, fromNode, toNode }) => known.has(`${code}|${fromNode}|`) || known.has(`${code}||${toNode}`),
  };
}
