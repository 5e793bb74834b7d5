// What the flow log says of a flow that nobody answered: that a policy denied it, or that none did.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { Outcome } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { protocolName } from '../../net/protocol-name.ts';
import { toSeconds } from '../../net/time.ts';
import type { AskedEnd, LoggedQuestion, PolicyAnswer } from '../../topology/policies/policy-log.ts';
import type { RawWarning } from '../flow/warnings.ts';
import type { Shared } from '../judging-context.ts';
import { deniedText } from './policy-words.ts';

/** Outcomes of packets that stopped somewhere, or may have. */
const SILENT: ReadonlySet<string | null> = new Set(['no-answer', 'half-open', 'one-way', 'sent-never-arrived']);
const TCP = 6;

export interface SilentFlow {
  src: Who;
  dst: Who;
  observations: readonly SeenObservation[];
  outcome: Outcome | null;
}

/** Whether the flow log is worth asking: it can only explain silence. */
export function mayBeDenied(
  { policyLog, input: { table } }: Pick<Shared, 'policyLog' | 'input'>,
  flow: number,
  outcome: Outcome | null,
): boolean {
  if (policyLog === null || !SILENT.has(outcome)) return false;
  // of TCP that goes one way the beginning must be there: else it is a conversation of which one direction was captured
  return outcome !== 'one-way' || table.protocolOf(flow) !== TCP || asks(table, flow);
}

function asks(table: Shared['input']['table'], flow: number): boolean {
  const { rows } = table;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) if (rows.requests(row) > 0) return true;
  return false;
}

export function policyOfFlow(shared: Shared, flow: number, seen: SilentFlow): PolicyAnswer | null {
  if (shared.policyLog === null || !mayBeDenied(shared, flow, seen.outcome)) return null;
  const { src, dst, observations } = seen;
  const port = shared.input.table.destinationPortOf(flow);
  return shared.policyLog.about({
    src: askedEnd(src),
    dst: askedEnd(dst),
    protocol: protocolName(shared.input.table.protocolOf(flow)),
    port: port === 0 ? null : port,
    first: smallestOf(observations.map((o) => toSeconds(o.firstMoment))),
    last: largestOf(observations.map((o) => toSeconds(o.lastMoment))),
    ...sidesOf(seen, shared.rejections.quotes(flow)),
  });
}

function askedEnd({ owner, kind }: Who): AskedEnd {
  const { address, namespace, pod } = owner;
  const isNamed = kind === 'pod' && namespace !== null && pod !== null;
  return { address, pod: isNamed ? { namespace, name: pod } : null };
}

/** Policies of the sender stand between its veth and its node, those of the receiver between its node and its veth. */
function sidesOf(
  { src, dst, observations, outcome }: SilentFlow,
  isRejected: boolean,
): Pick<LoggedQuestion, 'cameTo' | 'stoppedAt'> {
  const isLost = isRejected || outcome === 'sent-never-arrived';
  const left = observations.some(({ pointInfo: { role } }) => role === 'underlay' || role === 'tunnel');
  const arrived = observations.some(
    ({ pointInfo: { role, topologyNode } }) =>
      role === 'workload' && topologyNode !== null && topologyNode === dst.node && dst.node !== src.node,
  );
  return { cameTo: { src: true, dst: !isLost }, stoppedAt: { src: !left && !arrived, dst: !arrived } };
}

/** Of packets that a policy dropped, if the log has it so and nothing else; the packets of a SYN that was answered were not dropped. */
export function deniedByPolicy(
  answer: PolicyAnswer | null,
  { outcome, observations }: Pick<SilentFlow, 'outcome' | 'observations'>,
): RawWarning[] {
  if (answer?.verdict !== 'denied' || answer.denied === null || outcome === 'half-open') return [];
  return [{ code: 'denied-by-policy', message: deniedText(answer.denied), seen: observations[0] ?? null }];
}
