// "Did a policy let these packets pass?", asked of the flow log. It knows workloads, not addresses: what it says holds for the pods of a
// workload together, so that a denial beside an admission by the same side tells nothing of one of them.
import { FLOW_LOG_SECONDS, PRIVATE_NETWORKS, PUBLIC_NETWORKS } from '../../cluster/calico/flow-logs.ts';
import { isPrivateAddress } from '../../net/ip.ts';
import type { Topology } from '../model.ts';
import type { LoggedEnd, PolicyVerdict } from './policy-verdict.ts';

/** One end of the packets, as far as a flow log could name it. */
export interface AskedEnd {
  address: string;
  /** Null where it is no pod whose name is known. */
  pod: { namespace: string; name: string } | null;
}

export type Sides = Readonly<Record<PolicyVerdict['reporter'], boolean>>;

export interface LoggedQuestion {
  src: AskedEnd;
  dst: AskedEnd;
  protocol: string;
  /** Of the destination; null for protocols without ports. */
  port: number | null;
  /** Epoch seconds of the first and last packet. */
  first: number;
  last: number;
  /** Whose policies the packets may have come to: records of the others are about other pods of the workload. */
  cameTo: Sides;
  /** Whose policies they were not seen behind: only those may have denied them. */
  stoppedAt: Sides;
}

/** What the log says: at least one of the two records is there. */
export interface PolicyAnswer {
  verdict: 'denied' | 'allowed' | 'mixed';
  /** The first record that says so; the receiver's before the sender's where both allow. */
  denied: PolicyVerdict | null;
  allowed: PolicyVerdict | null;
}

export interface PolicyLog {
  /** Null where the log says nothing of such packets at their time. */
  about(question: LoggedQuestion): PolicyAnswer | null;
}

/** Null without a flow log. */
export function policyLogOf({ policyVerdicts, services }: Topology): PolicyLog | null {
  if (policyVerdicts.length === 0) return null;
  const byPort = groupBy(policyVerdicts, ({ protocol, port }) => `${protocol}|${port}`);
  const toServices = policyVerdicts.filter(({ service }) => service !== null);
  const byServicePort = groupBy(toServices, ({ protocol, service }) => `${protocol}|${service?.port}`);
  const serviceNames = new Map<string, string>();
  for (const { addresses, namespace, name } of services)
    for (const address of addresses) serviceNames.set(address, `${namespace}/${name}`);
  return {
    about(question) {
      const key = `${question.protocol}|${question.port}`;
      const asked = serviceNames.get(question.dst.address);
      const toAddress = byPort.get(key)?.filter(({ dst }) => isEnd(dst, question.dst)) ?? [];
      const toService =
        asked === undefined
          ? []
          : (byServicePort.get(key)?.filter(({ service }) => `${service?.namespace}/${service?.name}` === asked) ?? []);
      // what was decided before the address was translated may name the network that the service's address is in, and no service
      const records =
        toService.length > 0 ? toService : toAddress.filter(({ service }) => service === null || asked === undefined);
      return answerOf(atTime(records.filter(({ src }) => isEnd(src, question.src)) ?? [], question), question);
    },
  };
}

function groupBy(
  records: readonly PolicyVerdict[],
  keyOf: (record: PolicyVerdict) => string,
): Map<string, PolicyVerdict[]> {
  const groups = new Map<string, PolicyVerdict[]>();
  for (const record of records) {
    const group = groups.get(keyOf(record));
    if (group === undefined) groups.set(keyOf(record), [record]);
    else group.push(record);
  }
  return groups;
}

/** Records of the packets' own time; where there are none, those of the interval before or after: clocks differ, reports are late. */
function atTime(records: readonly PolicyVerdict[], { first, last }: LoggedQuestion): readonly PolicyVerdict[] {
  const within = (margin: number): PolicyVerdict[] =>
    records.filter(({ start, end }) => start - margin <= last && first <= end + margin);
  const own = within(0);
  return own.length > 0 ? own : within(FLOW_LOG_SECONDS);
}

function answerOf(records: readonly PolicyVerdict[], { cameTo, stoppedAt }: LoggedQuestion): PolicyAnswer | null {
  const saying = (action: PolicyVerdict['action'], reporter: PolicyVerdict['reporter']): PolicyVerdict | undefined =>
    records.find((record) => record.action === action && record.reporter === reporter && cameTo[reporter]);
  const admitted = saying('allow', 'dst') ?? saying('allow', 'src') ?? null;
  for (const reporter of ['src', 'dst'] as const) {
    const denied = stoppedAt[reporter] ? saying('deny', reporter) : undefined;
    if (denied === undefined) continue;
    const allowed = saying('allow', reporter) ?? null;
    return { verdict: allowed === null ? 'denied' : 'mixed', denied, allowed };
  }
  // of all private, or public, addresses together: that some of them may pass says nothing of this one
  if (admitted === null || admitted.src.kind === 'network' || admitted.dst.kind === 'network') return null;
  return { verdict: 'allowed', denied: null, allowed: admitted };
}

function isEnd(logged: LoggedEnd, { pod, address }: AskedEnd): boolean {
  if (logged.kind === 'workload')
    return pod !== null && pod.namespace === logged.namespace && isPodOf(pod.name, logged.name);
  if (logged.kind === 'other' || pod !== null) return false;
  return logged.name === (isPrivateAddress(address) ? PRIVATE_NETWORKS : PUBLIC_NETWORKS);
}

/**
 * What Kubernetes puts behind the name of what owns a pod: five characters (or a number, in a StatefulSet), and in a Deployment the hash of
 * its template before them, without vowels. So `web-*` is not `web-frontend-x2k4z`.
 */
const SUFFIX = /^(?:[0-9b-df-hj-np-tv-z]{5,10}-)?[0-9a-z]{1,10}$/;

function isPodOf(pod: string, logged: string): boolean {
  if (!logged.endsWith('*')) return pod === logged;
  const prefix = logged.slice(0, -1);
  return prefix !== '' && pod.startsWith(prefix) && SUFFIX.test(pod.slice(prefix.length));
}
