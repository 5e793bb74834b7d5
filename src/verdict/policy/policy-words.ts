// Sentences about what a flow log says: whose policies, which of them, for which workloads, and where it is written.

import { isEndOfTier, PRIVATE_NETWORKS, showPolicy } from '../../cluster/calico/flow-logs.ts';
import type { PolicyAnswer } from '../../topology/policies/policy-log.ts';
import type { LoggedEnd, PolicyHit, PolicyVerdict } from '../../topology/policies/policy-verdict.ts';
import { formatRef } from '../../topology/read/located.ts';
import type { TracedFlow } from '../trace-types.ts';

/** The policy that denied: of several the last one, since a denial ends the matter. */
function denyingHit({ enforced }: PolicyVerdict): PolicyHit | null {
  return enforced.findLast(({ action }) => action === 'deny') ?? null;
}

/** Shows the policy that denied; of the end of a tier, the one that led there. */
export function denialCommand(answer: PolicyAnswer | undefined): string {
  const hit = answer?.denied == null ? null : denyingHit(answer.denied);
  return showPolicy(hit !== null && isEndOfTier(hit.kind) ? hit.trigger : hit);
}

/** `denied by policy shop/deny-all (CalicoNetworkPolicy, tier default), said by ...`. */
export function deniedText(record: PolicyVerdict): string {
  return `denied by ${hitText(denyingHit(record))}, said by ${saidBy(record)}`;
}

/** The same of all flows that the policy denies at one end: `what is sent to shop/db-* is denied by policy ...`. */
function denialTitle(record: PolicyVerdict): string {
  const { src, dst, reporter } = record;
  const what = reporter === 'src' ? `what ${endText(src)} sends` : `what is sent to ${endText(dst)}`;
  return `${what} is denied by ${hitText(denyingHit(record))}`;
}

/** Tells one denial from another; null for a flow that none was said of. */
export function denialTitleOf({ policy }: Pick<TracedFlow, 'policy'>): string | null {
  return policy?.denied == null ? null : denialTitle(policy.denied);
}

/** What the log says beside a finding; nothing where it says nothing. */
export function policyTexts({ policy, outcome }: Pick<TracedFlow, 'policy' | 'outcome'>): string[] {
  if (policy === undefined) return [];
  const { denied, allowed } = policy;
  if (denied !== null && allowed !== null) {
    const both = `policies both denied (${formatRef(denied.ref)}) and allowed (${formatRef(allowed.ref)}) it at that time`;
    return [`${both}: the flow log adds up the pods of ${endText(denied.src)} and ${endText(denied.dst)}`];
  }
  const answered =
    outcome === 'half-open' ? '; yet it was answered here: another pod of the workload may be meant' : '';
  if (denied !== null) return [deniedText(denied) + answered];
  return allowed === null ? [] : [allowedText(allowed)];
}

function allowedText(record: PolicyVerdict): string {
  const said = `policy allows it, said by ${saidBy(record)}`;
  return record.reporter === 'dst'
    ? `${said}: so it is not a policy`
    : `${said}: so it is not a policy of its sender; the log has no record of its receiver`;
}

function saidBy({ reporter, src, dst, protocol, port, ref }: PolicyVerdict): string {
  const side = reporter === 'src' ? 'sender' : 'receiver';
  const over = port === null ? protocol : `${protocol} ${port}`;
  return `the flow log of its ${side} for ${endText(src)} to ${endText(dst)} ${over} (${formatRef(ref)})`;
}

function endText({ kind, namespace, name }: LoggedEnd): string {
  if (kind === 'network') return `"${name}" (every ${name === PRIVATE_NETWORKS ? 'private' : 'public'} address)`;
  return namespace === null ? name : `${namespace}/${name}`;
}

function hitText(hit: PolicyHit | null): string {
  if (hit === null) return 'a policy that the log does not name';
  if (!isEndOfTier(hit.kind)) return policyText(hit);
  const end = `the end of tier ${hit.tier ?? hit.name}`;
  return hit.trigger === null ? end : `${end}: ${policyText(hit.trigger)} selects it, and no rule allows it`;
}

function policyText({ kind, namespace, name, tier }: PolicyHit): string {
  const where = [kind, tier === null ? '' : `tier ${tier}`].filter((text) => text !== '').join(', ');
  return `policy ${namespace === null ? name : `${namespace}/${name}`}${where === '' ? '' : ` (${where})`}`;
}
