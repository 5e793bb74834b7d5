// Findings of several pairs of nodes that are one fact: a sentence about the snapshot, one pod that packets do not get to, one address
// that a router puts in place of the nodes'.

import type { Observation } from '../../attribution/vocabulary.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { FindingCode } from '../codes.ts';
import type { Finding, TracedFlow } from '../trace-types.ts';
import { join, type SilentGroup } from './silence.ts';

/** A group of flows with one finding, as causes collect them. */
interface FactGroup extends SilentGroup {
  code: FindingCode;
  finding: Finding;
  flow: TracedFlow;
}

export function joinFacts<T extends FactGroup>(groups: readonly T[]): T[] {
  const members = new Map<string, T[]>();
  for (const group of groups) {
    const fact = factOf(group);
    if (fact !== null) addUnder(members, fact, group);
  }
  const joined = join(groups, factOf, () => null);
  return joined.map((group) => {
    const own = members.get(factOf(group) ?? '') ?? [];
    const isOneReceiver = own.every(({ toNode }) => toNode === group.toNode);
    return own.length < 2 ? group : { ...group, toNode: isOneReceiver ? group.toNode : null, title: titleOf(own) };
  });
}

function factOf({ code, finding, asked, flow, fromNode, toNode }: FactGroup): string | null {
  switch (code) {
    case 'snapshot-conflict':
      return `${code}|${finding.message}`;
    case 'routing-loop':
    case 'lost-in-node':
      // at one place
      return `${code}|${asked.ip}|${finding.capture}`;
    case 'overlay-rejected':
      return `${code}|${finding.message.replace(`${fromNode}'s `, '')}`;
    case 'wrong-source-vtep':
      return `${code}|${outerOf(flow, finding)}|${toNode}`;
    default:
      return null;
  }
}

/** Null: as the first of them says. */
function titleOf(own: readonly FactGroup[]): string | null {
  const [first] = own;
  if (first === undefined || first.code === 'snapshot-conflict') return null;
  const nodes = [...new Set(own.map(({ fromNode }) => fromNode ?? 'an unknown node'))];
  if (first.code === 'wrong-source-vtep')
    return `packets of the pods of ${nodes.join(' and ')} come from ${outerOf(first.flow, first.finding)}${elsewhere(first.flow, first.finding)}`;
  if (first.code === 'overlay-rejected')
    return first.finding.message.replace(`${first.fromNode}'s `, `${nodes.join(' and ')}'s `);
  const flows = own.reduce((sum, group) => sum + group.flows, 0);
  return `${first.finding.message}; ${flows} flows from ${nodes.length} nodes`;
}

/** The outer source that a finding names. */
function outerOf(flow: TracedFlow, finding: Finding): string | null {
  return seenBy(flow, finding)?.outerSrc ?? null;
}

function seenBy({ observations }: TracedFlow, { capture, firstPacket }: Finding): Observation | undefined {
  return observations.find((o) => o.capture === capture && o.firstPacket === firstPacket);
}

/** The outer source that another capture has of the same way: between the two it was translated. */
export function sourceBefore(flow: TracedFlow, finding: Finding): string | null {
  const seen = seenBy(flow, finding);
  const isOther = ({ capture, outerSrc, outerDst }: Observation): boolean =>
    capture !== seen?.capture && outerDst === seen?.outerDst && outerSrc !== null && outerSrc !== seen?.outerSrc;
  return seen === undefined ? null : (flow.observations.find(isOther)?.outerSrc ?? null);
}

/** For a title: what another capture has. */
export function elsewhere(flow: TracedFlow, finding: Finding): string {
  const before = sourceBefore(flow, finding);
  return before === null ? '' : `, in another capture from ${before}: translated on the way`;
}
