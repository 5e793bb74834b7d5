// Whose addresses are by what captures say themselves, in comments of their packets: weaker than the snapshot, better than nothing. It names
// ends, and nothing is decided by it: a name in a comment places no packet and judges no flow.
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import { add, type SaidName } from '../../flow/captures/named-ends.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Evidence, Owner, Topology } from '../../topology/model.ts';
import type { AddressBook } from './address-book.ts';

export type SaidNames = ReadonlyMap<string, SaidName>;

/** Addresses that every machine has, that many have, or that are nobody's. */
const SHARED = /^(127\.|0\.|169\.254\.|22[4-9]\.|23\d\.|255\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/i;

/** The one name that all captures have for an address; of one with two names nothing is said. */
export function saidNames(table: FlowTable, captures: readonly CaptureCounters[]): SaidNames {
  const all = new Map<string, SaidName | null>();
  for (const { named } of captures) for (const [address, name] of named.byAddress(table)) add(all, address, name);
  const found = new Map<string, SaidName>();
  for (const [address, name] of all) if (name !== null && !SHARED.test(address)) found.set(address, name);
  return found;
}

/**
 * Names for those whom the snapshot does not name. A pod has one address of a family: where it is said of two whose owner nobody else
 * knows, one of them is its node's or a translation's, and it is said of none.
 */
export function namesOfUnknown(said: SaidNames, owners: readonly Owner[]): SaidNames {
  const open = new Map(
    owners.filter(isNameless).flatMap(({ address }) => {
      const name = said.get(address);
      return name === undefined ? [] : [[address, name] as const];
    }),
  );
  const addresses = new Map<string, number>();
  for (const [address, name] of open)
    addresses.set(keyOf(address, name), (addresses.get(keyOf(address, name)) ?? 0) + 1);
  return new Map([...open].filter(([address, name]) => name.pod === null || addresses.get(keyOf(address, name)) === 1));
}

function isNameless({ kind, pod, candidates }: Owner): boolean {
  return (kind === 'unknown' || kind === 'pod') && pod === null && candidates.length === 0;
}

function keyOf(address: string, { namespace, pod }: SaidName): string {
  return `${address.includes(':') ? 6 : 4} ${namespace}/${pod}`;
}

/** `shop/cart on worker1`, `worker1`. */
export function saidText({ namespace, pod, node }: SaidName): string {
  if (pod === null) return node ?? '';
  return node === null ? `${namespace}/${pod}` : `${namespace}/${pod} on ${node}`;
}

/** What is shown beside an end that was named so. */
export function saidEvidence(address: string, name: SaidName): Evidence {
  return {
    source: 'capture-metadata',
    detail: `${name.writer} says ${address} is ${saidText(name)} (comment of packet ${name.packet})`,
  };
}

/**
 * Sentences per capture on what it says against the snapshot, with both places; names are raw. Nothing of several snapshots: the addresses may
 * have changed hands between them.
 */
export function saidNotes(
  table: FlowTable,
  captures: readonly CaptureCounters[],
  topology: Topology | null,
  book: AddressBook,
): string[][] {
  return captures.map(({ named }) => {
    if (topology === null || topology.timeline !== null) return [];
    return [...named.byAddress(table)].flatMap(([address, name]) => {
      const owner = name === null ? null : book.ownerOf(address);
      return name === null || owner === null || !isAgainst(name, owner, topology)
        ? []
        : [against(address, name, owner)];
    });
  });
}

/** Another pod, or another node that the snapshot has: one that it has not may be a second name of the same. */
function isAgainst(name: SaidName, owner: Owner, topology: Topology): boolean {
  if (owner.kind !== 'pod' || owner.pod === null || owner.candidates.length > 0 || name.pod === null) return false;
  if (owner.pod !== name.pod || owner.namespace !== name.namespace) return true;
  const node = name.node === null ? null : topology.nodeByName(name.node);
  return node !== null && owner.node !== null && node.name !== owner.node.name;
}

function against(address: string, name: SaidName, { namespace, pod, node, evidence }: Owner): string {
  const stated = saidText({ ...name, namespace, pod, node: node?.name ?? null });
  const [first] = evidence;
  const place = first === undefined ? '' : ` (${first.detail})`;
  return `${name.writer} says ${address} is ${saidText(name)} (comment of packet ${name.packet}), but the snapshot says ${stated}${place}: the snapshot counts`;
}
