// Two snapshots of one cluster side by side: what changed of everything that decides how packets travel. What only one of them has been
// asked for is not compared: that something is not in it says nothing.
import type { Node, SourceRef, Topology } from '../model.ts';
import type { Entries, Entry } from './entries.ts';
import { linkEntries, neighbourEntries, routeEntries } from './node-tables.ts';

export type ChangeKind = 'pool' | 'node' | 'block' | 'pod' | 'setting' | 'device' | 'route' | 'neighbour' | 'fdb';

/** A field of it, as text; null where it is not stated. */
export interface FieldChange {
  name: string;
  before: string | null;
  after: string | null;
}

export interface SnapshotChange {
  kind: ChangeKind;
  /** `default-ipv4-ippool`, `shop/web`, `10.48.0.192/26`, a device's name. */
  subject: string;
  /** The node whose table or setting it is; null for what is of the whole cluster. */
  node: string | null;
  change: 'changed' | 'gone' | 'new';
  fields: FieldChange[];
  before: SourceRef | null;
  after: SourceRef | null;
}

export interface SnapshotDiff {
  changes: SnapshotChange[];
  /** What was not compared, and why: `pods: only the first has any`. */
  notCompared: string[];
}

interface Kind {
  kind: ChangeKind;
  /** In the plural. */
  title: string;
  of(topology: Topology): Entries;
  /** Whether it has all of them, so that what is missing is gone; told of a subject, for pods are listed by namespace. */
  hasAll(topology: Topology, subject: string): boolean;
}

const CLUSTER: readonly Kind[] = [
  { kind: 'pool', title: 'pools', of: poolEntries, hasAll: ({ poolsComplete }) => poolsComplete },
  { kind: 'node', title: 'nodes', of: nodeEntries, hasAll: ({ nodesComplete }) => nodesComplete },
  { kind: 'block', title: 'blocks', of: blockEntries, hasAll: ({ blocks }) => blocks.some(isStated) },
  {
    kind: 'pod',
    title: 'pods',
    of: podEntries,
    hasAll: ({ pods }, subject) => pods.some(({ namespace }) => subject.startsWith(`${namespace}/`)),
  },
];

/** What differs, from the whole cluster to the tables of each node. */
export function diffSnapshots(before: Topology, after: Topology): SnapshotDiff {
  const diff: SnapshotDiff = { changes: [], notCompared: [] };
  for (const { kind, title, of, hasAll } of CLUSTER) {
    const [old, now] = [of(before), of(after)];
    if (old.size === 0 && now.size === 0) continue;
    if (old.size === 0 || now.size === 0)
      diff.notCompared.push(`${title}: only the ${old.size > 0 ? 'first' : 'second'} has any`);
    else
      diff.changes.push(
        ...compare(kind, null, old, now, {
          isGone: (subject) => hasAll(after, subject),
          isNew: (subject) => hasAll(before, subject),
        }),
      );
  }
  diff.changes.push(...compareSettings(null, before, after, [null, null]));
  if (before.settingsGiven !== after.settingsGiven)
    diff.notCompared.push(`settings: only the ${before.settingsGiven ? 'first' : 'second'} has any`);
  const [hasOld, hasNew] = [before, after].map(({ nodes }) => nodes.some(({ annotated }) => annotated));
  if (hasOld !== hasNew && before.nodes.length > 0 && after.nodes.length > 0)
    diff.notCompared.push(`what objects of nodes say: only the ${hasOld ? 'first' : 'second'} has any`);
  for (const node of before.nodes) {
    const again = after.nodeByName(node.name);
    if (again !== null) compareTables(diff, node, again, before, after);
  }
  return diff;
}

const TABLES = [
  { kind: 'device', title: 'links', has: ({ has }: Node) => has.link || has.addr, entries: linkEntries },
  { kind: 'route', title: 'routes', has: ({ has }: Node) => has.route, entries: routeEntries },
  { kind: 'neighbour', title: 'neighbours', has: ({ has }: Node) => has.neigh, entries: neighbourEntries },
  { kind: 'fdb', title: 'FDB', has: ({ has }: Node) => has.fdb, entries: fdbEntries },
] as const;

function compareTables(diff: SnapshotDiff, node: Node, again: Node, before: Topology, after: Topology): void {
  const { name } = again;
  const always = { isGone: () => true, isNew: () => true };
  diff.changes.push(...compareSettings(name, before, after, [node, again]));
  for (const { kind, title, has, entries } of TABLES) {
    const [old, now] = [has(node), has(again)];
    if (old && now) diff.changes.push(...compare(kind, name, entries(node), entries(again), always));
    else if (old !== now) diff.notCompared.push(`${title} of ${name}: only the ${old ? 'first' : 'second'} has them`);
  }
}

/** Of all nodes, or of one. */
function compareSettings(
  name: string | null,
  before: Topology,
  after: Topology,
  [node, again]: [Node | null, Node | null],
): SnapshotChange[] {
  return compare('setting', name, settingEntries(before, node), settingEntries(after, again), {
    isGone: (subject) => hasSetting(after, subject),
    isNew: (subject) => hasSetting(before, subject),
  });
}

function compare(
  kind: ChangeKind,
  node: string | null,
  before: Entries,
  after: Entries,
  { isGone, isNew }: { isGone(subject: string): boolean; isNew(subject: string): boolean },
): SnapshotChange[] {
  const changes: SnapshotChange[] = [];
  for (const subject of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(subject) ?? null, after.get(subject) ?? null];
    const change = old === null ? 'new' : now === null ? 'gone' : 'changed';
    const fields = fieldChanges(old, now);
    const counts = change === 'changed' ? fields.length > 0 : change === 'gone' ? isGone(subject) : isNew(subject);
    if (!counts) continue;
    changes.push({ kind, subject, node, change, fields, before: old?.ref ?? null, after: now?.ref ?? null });
  }
  return changes;
}

/** Of a side that does not show all, what is missing is not known, and a list may lack something. */
function fieldChanges(before: Entry | null, after: Entry | null): FieldChange[] {
  const [isOldPartial, isNewPartial] = [before?.isPartial === true, after?.isPartial === true];
  const isUnknown = (name: string, old: string | null, now: string | null): boolean =>
    (old === null && isOldPartial) ||
    (now === null && isNewPartial) ||
    (LISTS.has(name) && before !== null && after !== null && isOldPartial !== isNewPartial);
  const names = new Set([...Object.keys(before?.fields ?? {}), ...Object.keys(after?.fields ?? {})]);
  return [...names].flatMap((name) => {
    const [old, now] = [before?.fields[name] ?? null, after?.fields[name] ?? null];
    return old === now || isUnknown(name, old, now) ? [] : [{ name, before: old, after: now }];
  });
}

const LISTS: ReadonlySet<string> = new Set(['addresses']);

function poolEntries({ pools }: Topology): Entries {
  return new Map(
    pools.map((pool): [string, Entry] => [
      pool.name,
      {
        ref: pool.modeRef,
        fields: {
          cidr: pool.cidr,
          ...(pool.stated === undefined
            ? { vxlanMode: pool.vxlanMode, ipipMode: pool.ipipMode }
            : { mode: pool.stated }),
          blockSize: String(pool.blockSize),
          disabled: String(pool.disabled),
          natOutgoing: String(pool.natOutgoing),
          nodeSelector: pool.nodeSelector === '' ? null : pool.nodeSelector,
        },
      },
    ]),
  );
}

function nodeEntries({ nodes }: Topology): Entries {
  return new Map(
    nodes.map((node): [string, Entry] => {
      const tunnels = Object.entries(node.tunnels).map(([kind, { value }]) => [`${kind} tunnel address`, value]);
      const withPrefix = (own: Node['bgpIPv4']): string | null =>
        own === null ? null : own.address + (own.prefixLength === null ? '' : `/${own.prefixLength}`);
      return [
        node.name,
        {
          ref: node.ref,
          isPartial: !node.annotated,
          fields: {
            addresses: listText(node.addresses.map(({ address }) => address)),
            'address for tunnels': withPrefix(node.bgpIPv4),
            'IPv6 address for tunnels': withPrefix(node.bgpIPv6),
            ...(Object.fromEntries(tunnels) as Record<string, string>),
            'VTEP MAC': node.vtepMac?.value ?? null,
            'VTEP MAC of IPv6': node.vtepMacV6?.value ?? null,
            'WireGuard key': node.wireguardKey?.value ?? null,
            'WireGuard key of IPv6': node.wireguardKeyV6?.value ?? null,
          },
        },
      ];
    }),
  );
}

function listText(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.toSorted().join(', ');
}

/** Inferred ones follow the nodes' tunnel addresses. */
function isStated({ source }: Topology['blocks'][number]): boolean {
  return source !== 'inferred';
}

function blockEntries({ blocks }: Topology): Entries {
  const found = new Map<string, Entry>();
  for (const block of blocks.filter(isStated))
    if (!found.has(block.cidr)) found.set(block.cidr, { ref: block.ref, fields: { node: block.node } });
  return found;
}

/** Finished ones have no address any more, and those in the host's network have their node's. */
function podEntries({ pods }: Topology): Entries {
  return new Map(
    pods
      .filter(({ finished, hostNetwork }) => !finished && !hostNetwork)
      .map((pod): [string, Entry] => [
        `${pod.namespace}/${pod.name}`,
        { ref: pod.ref, fields: { node: pod.nodeName, addresses: listText(pod.addresses) } },
      ]),
  );
}

/** Whether it would show such a setting: what devices agree on is known or not, that is no change. */
function hasSetting({ settingsGiven }: Topology, subject: string): boolean {
  return settingsGiven && !subject.startsWith('device');
}

/** @param node null for what holds for all of them */
function settingEntries(topology: Topology, node: Node | null): Entries {
  const settings = node === null ? topology.felix(null) : topology.ownSettings(node);
  const devices = node === null ? { deviceVNI: topology.deviceVNI, devicePort: topology.devicePort } : {};
  const found = new Map<string, Entry>();
  for (const [name, one] of Object.entries({ ...settings, ...devices }))
    if (one != null) found.set(name, { ref: one.ref, fields: { value: String(one.value) } });
  return found;
}

function fdbEntries({ fdb }: Node): Entries {
  return new Map(fdb.map(({ mac, dev, dst, ref }) => [`${mac} ${dev ?? ''}`.trim(), { ref, fields: { dst } }]));
}
