// What a snapshot lacks for a certain answer, each with the one command that adds it. Tables of many nodes are one command.
import { shellWord } from '../cluster/shell.ts';
import { SAVE_NODES, SAVE_PODS, SAVE_SETTINGS, saveTable, saveTables } from '../cluster/show-commands.ts';
import type { Node, Topology } from '../topology/model.ts';

export interface Missing {
  /** `pools`, `nodes`, `pods`, `settings`: objects; `tables`: all of a node; `link`, `route`, `neigh`, `fdb`, `bpf-routes`: one of them. */
  what: 'pools' | 'nodes' | 'pods' | 'settings' | 'tables' | 'link' | 'route' | 'neigh' | 'fdb' | 'bpf-routes';
  /** Whose tables; empty for objects of the cluster. */
  nodes: readonly string[];
  /** What cannot be told without it, as a sentence. */
  why: string;
  /** For a shell; makes a file that overlens takes. */
  command: string;
}

/** In the order in which they matter. */
export function whatIsMissing(topology: Topology): Missing[] {
  return [...missingObjects(topology), ...missingTables(topology)];
}

function missingObjects(topology: Topology): Missing[] {
  const { pools, poolsComplete, nodes, nodesComplete, pods, profile, otherCarrier } = topology;
  const { range, commands } = profile;
  const found: Missing[] = [];
  const add = (what: Missing['what'], why: string, command: string): unknown =>
    found.push({ what, nodes: [], why, command });
  if (otherCarrier === null && pools.length === 0)
    add('pools', `no ${range.kind}: nothing tells what is asked for`, commands.savePools);
  else if (otherCarrier === null && !poolsComplete)
    add('pools', `there may be more ${range.kind}s: an address of none is not judged`, commands.savePools);
  const bare = nodes.filter(({ annotated }) => !annotated).length;
  if (nodes.length === 0) add('nodes', 'no Nodes: outer addresses have no names', SAVE_NODES);
  else if (bare > 0 && otherCarrier === null)
    add(
      'nodes',
      `no annotations of ${counted(bare, nodes.length)}: their tunnel addresses are not known for certain`,
      SAVE_NODES,
    );
  else if (!nodesComplete)
    add('nodes', 'there may be more Nodes: a stranger cannot be told from one of them', SAVE_NODES);
  if (pods.length === 0) add('pods', 'no pods: addresses have no names, and blocks place them', SAVE_PODS);
  if (usesVxlan(topology) && !knowsSettings(topology))
    add('settings', 'no VNI and UDP port: the defaults are taken for granted', SAVE_SETTINGS);
  return found;
}

/** `2 of 3 nodes`. */
function counted(some: number, all: number): string {
  return all === 1 ? 'the node' : `${some} of ${all} nodes`;
}

/** Where a range asks for VXLAN, or nobody knows what is asked for. */
function usesVxlan({ pools, otherCarrier }: Topology): boolean {
  return otherCarrier === null && (pools.length === 0 || pools.some(({ vxlanMode }) => vxlanMode !== 'Never'));
}

function knowsSettings({ felix, deviceVNI, devicePort }: Topology): boolean {
  const { vxlanVNI, vxlanPort } = felix(null);
  return (vxlanVNI ?? deviceVNI) !== null && (vxlanPort ?? devicePort) !== null;
}

const WHY: Readonly<Record<'link' | 'route' | 'neigh' | 'fdb', string>> = {
  link: 'no devices: what captures call an interface has no place',
  route: 'no routes: what the kernel does with a packet',
  neigh: 'no neighbours: which MAC the kernel writes into a packet',
  fdb: 'no FDB: which node the kernel sends tunnel packets to',
};

function missingTables(topology: Topology): Missing[] {
  if (topology.otherCarrier !== null) return [];
  const { nodes } = topology;
  const wanted = usesVxlan(topology)
    ? (['link', 'route', 'neigh', 'fdb'] as const)
    : (['link', 'route', 'neigh'] as const);
  const has = (node: Node, table: (typeof wanted)[number]): boolean =>
    table === 'link' ? node.has.link || node.has.addr : node.has[table] || isMadeByEbpf(node, table);
  const without = nodes.filter((node) => wanted.every((table) => !has(node, table)));
  const rest = nodes.filter((node) => !without.includes(node));
  const named = (of: readonly Node[]): string[] => of.map(({ name }) => name);
  const all: Missing[] =
    without.length === 0
      ? []
      : [
          {
            what: 'tables',
            nodes: named(without),
            why: 'no tables: what the kernel really does',
            command: saveTables(named(without).map(shellWord)),
          },
        ];
  return [
    ...all,
    ...missingBpfRoutes(topology),
    ...wanted.flatMap((table): Missing[] => {
      const names = named(rest.filter((node) => !has(node, table)));
      if (names.length === 0) return [];
      return [{ what: table, nodes: names, why: WHY[table], command: saveTable(table, names.map(shellWord)) }];
    }),
  ];
}

/** Routes and FDB of the kernel decide nothing where eBPF's own routes are known. */
function isMadeByEbpf({ bpfRoutes }: Node, table: string): boolean {
  return bpfRoutes !== null && (table === 'route' || table === 'fdb');
}

/** Of nodes that are known to run eBPF. */
function missingBpfRoutes({ nodes, felix, profile }: Topology): Missing[] {
  const without = nodes.filter(({ name, bpfRoutes }) => bpfRoutes === null && felix(name).bpfEnabled?.value === true);
  const { saveBpfRoutes } = profile.commands;
  if (without.length === 0 || saveBpfRoutes === undefined) return [];
  const why = 'no eBPF routes: what the nodes really decide by, not by "ip route"';
  return [{ what: 'bpf-routes', nodes: without.map(({ name }) => name), why, command: saveBpfRoutes }];
}
