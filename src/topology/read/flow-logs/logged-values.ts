// Values that every form of a flow log has, each in its own spelling.

import {
  FLOW_LOG_SECONDS,
  isStagedPolicy,
  PRIVATE_NETWORKS,
  PUBLIC_NETWORKS,
} from '../../../cluster/calico/flow-logs.ts';
import { epochSeconds } from '../../../net/date-text.ts';
import type { SourceRef } from '../../model.ts';
import type { LoggedAction, LoggedEnd, PolicyHit, PolicyVerdict } from '../../policies/policy-verdict.ts';
import { addIssue, type Facts } from '../stated-facts.ts';

/** What a record says, before it is known to be whole; null is what it lacks. */
export interface LoggedFlow
  extends Omit<PolicyVerdict, 'start' | 'end' | 'action' | 'reporter' | 'protocol' | 'src' | 'dst'> {
  start: number | null;
  end: number | null;
  action: LoggedAction | null;
  reporter: PolicyVerdict['reporter'] | null;
  protocol: string | null;
  src: LoggedEnd | null;
  dst: LoggedEnd | null;
}

/** Takes a record that is whole; of another one says what it lacks. */
export function addRecord(flow: LoggedFlow, facts: Pick<Facts, 'issues' | 'policyVerdicts'>): void {
  const { start, end, action, reporter, protocol, src, dst, enforced } = flow;
  if (start === null) addBroken('time', flow.ref, facts);
  else if (action === null) addBroken('action', flow.ref, facts);
  else if (reporter === null) addBroken('reporter', flow.ref, facts);
  else if (src === null || dst === null) addBroken('source and destination', flow.ref, facts);
  else if (protocol === null) addBroken('protocol', flow.ref, facts);
  else
    facts.policyVerdicts.push({
      ...flow,
      ...{ start, action, reporter, src, dst, protocol },
      // one moment is the beginning of the interval that is counted
      end: end === null || end <= start ? start + FLOW_LOG_SECONDS : end,
      enforced: enforced.filter(({ kind }) => !isStagedPolicy(kind)),
    });
}

/** @param what it has none of, or none that is known */
export function addBroken(what: string, ref: SourceRef, facts: Pick<Facts, 'issues'>): void {
  const message = `this record of a flow log has no ${what} that can be read: not used`;
  addIssue(facts, 'broken-flow-record', 'warning', message, { refs: [ref] });
}

export function actionOf(text: string | null): LoggedAction | null {
  const action = text?.toLowerCase();
  return action === 'allow' || action === 'deny' || action === 'pass' ? action : null;
}

export function reporterOf(text: string | null): PolicyVerdict['reporter'] | null {
  const reporter = text?.toLowerCase();
  return reporter === 'src' || reporter === 'dst' ? reporter : null;
}

/** `-` and nothing are no namespace. */
export function namespaceOf(text: string | null): string | null {
  return text === null || text === '' || text === '-' ? null : text;
}

/** @param type as the log tells it; null where it does not: then only workloads have a namespace */
export function endOf(type: string | null, namespace: string | null, name: string | null): LoggedEnd | null {
  if (name === null || name === '' || name === '-') return null;
  const own = namespaceOf(namespace);
  const isNetwork =
    type === null ? own === null && (name === PRIVATE_NETWORKS || name === PUBLIC_NETWORKS) : type === 'net';
  if (isNetwork) return { kind: 'network', namespace: null, name };
  const isWorkload = type === null ? own !== null : type === 'wep';
  return { kind: isWorkload ? 'workload' : 'other', namespace: own, name };
}

/** Names of protocols as flows have them; numbers stay. */
export function protocolOf(text: string | null): string | null {
  const name = text?.toLowerCase() ?? '';
  if (name === '') return null;
  return name === 'ipv6-icmp' || name === 'icmp6' ? 'icmpv6' : name;
}

/** 0 is what protocols without ports have. */
export function portOf(text: string | null): number | null {
  const port = Number(text ?? '');
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}

/** Epoch seconds, whether written so or as RFC 3339. */
export function secondsOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : epochSeconds(text);
}

/** A hit whose fields are still texts. */
export function hitOf(
  field: (name: 'kind' | 'name' | 'namespace' | 'tier' | 'action') => string | null,
  trigger: PolicyHit | null,
): PolicyHit {
  return {
    kind: field('kind') ?? '',
    namespace: namespaceOf(field('namespace')),
    name: field('name') ?? '',
    tier: namespaceOf(field('tier')),
    action: actionOf(field('action')),
    trigger,
  };
}
