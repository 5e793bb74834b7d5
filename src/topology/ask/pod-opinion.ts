// What the pods of a snapshot say of an address: a pod counts from its creation on, and until it has finished.
import type { Candidate, Node, Pod } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { NOBODY, type Opinion, type Window } from './opinion.ts';
import type { OwnerIndex } from './owner-index.ts';

/** Whether the object did not exist yet when the packets that are asked about began: it cannot have sent or got them. */
function isUnborn({ created }: Pod, window: Window | undefined): boolean {
  return window !== undefined && created !== null && created > window.first;
}

/** Of running pods that were there when the packets began; the others are candidates. */
export function podOpinion(address: string, index: OwnerIndex, window: Window | undefined): Opinion | null {
  const pods = index.pods.get(address) ?? [];
  const [first] = pods;
  if (first === undefined) return null;
  const owners = pods.filter((pod) => !pod.finished && !isUnborn(pod, window));
  const describe = (pod: Pod): string => {
    const unborn = isUnborn(pod, window) && `was created after the ${isAfter(pod, window) ? 'last' : 'first'} packet`;
    const state = pod.finished ? 'has finished' : unborn || 'runs';
    return `${pod.namespace}/${pod.name} ${state}${pod.nodeName === null ? '' : ` on ${pod.nodeName}`}`;
  };
  const candidateOfPod = (pod: Pod): Candidate => ({
    namespace: pod.namespace,
    pod: pod.name,
    node: pod.nodeName,
    detail: `${describe(pod)} (${formatRef(pod.ref)})`,
  });
  const [owner] = owners;
  const names = pods.map(describe).join('; ');
  if (owner !== undefined && owners.length === 1) {
    const node = index.nodesByName.get(owner.nodeName ?? '') ?? null;
    const { namespace, name: pod, ref } = owner;
    return { ...NOBODY, source: 'pod', kind: 'pod', node, exact: true, namespace, pod, ref, detail: names };
  }
  // Nobody or several: the node is only known where all of them agree on it.
  const common = commonNode(owners.length > 0 ? owners : pods.filter((pod) => pod.finished), index);
  return {
    ...NOBODY,
    source: 'pod',
    kind: owners.length > 0 ? 'pod' : null,
    node: owners.length > 0 ? common : null,
    lastResort: common,
    exact: true,
    candidates: pods.map(candidateOfPod),
    ref: first.ref,
    detail: owners.length > 0 ? `several pods have ${address}: ${names}` : `no running pod had ${address}: ${names}`,
  };
}

function isAfter({ created }: Pod, window: Window | undefined): boolean {
  return window !== undefined && created !== null && created > window.last;
}

function commonNode(pods: readonly Pod[], index: OwnerIndex): Node | null {
  const [name, ...others] = new Set(pods.map((pod) => pod.nodeName ?? ''));
  return others.length > 0 ? null : (index.nodesByName.get(name ?? '') ?? null);
}

/** Nodes of pods that were created since, where no other pod is known to have the address. */
export function unbornNodes(pods: readonly Pod[], window: Window | undefined): Set<string | null> {
  const unborn = pods.filter((pod) => isUnborn(pod, window));
  const others = pods.some((pod) => !pod.finished && !unborn.includes(pod));
  return new Set(others ? [] : unborn.map((pod) => pod.nodeName));
}

/** What the snapshot says of an address that got a new pod since is about that pod: the node is known from earlier only by ranges. */
export function speaksOfUnborn(opinion: Opinion, unborn: ReadonlySet<string | null>): boolean {
  return opinion.source !== 'pod' && opinion.exact && opinion.node !== null && unborn.has(opinion.node.name);
}

/**
 * A range whose address a pod got since on another node: nodes borrow that one, so that the range tells nothing of who had it before.
 */
export function isOfBorrowed({ exact, node }: Opinion, unborn: ReadonlySet<string | null>): boolean {
  return !exact && node !== null && unborn.size > 0 && !unborn.has(node.name);
}
