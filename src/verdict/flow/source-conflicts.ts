// Sources of the snapshot that disagree about what a flow was judged by: which conflicts of the snapshot belong to which flow.
// A conflict never changes an answer silently: it is a finding, and the evidence says which source counted.
import type { Who } from '../../attribution/who/who.ts';
import { parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { createPrefixTable, type PrefixTable } from '../../net/prefix-table.ts';
import type { Topology, TopologyIssue } from '../../topology/model.ts';

export interface SourceConflicts {
  /** The first conflict about the flow's addresses, their nodes, or the destination's pool; null when there is none. */
  about(src: Who, dst: Who): TopologyIssue | null;
}

/** Conflicts that decide answers; what only shows a broken table (`fdb-contradiction`, ...) is judged by the packets. */
const DECIDING: ReadonlySet<string> = new Set([
  'owner-conflict',
  'duplicate-object',
  'duplicate-pod-address',
  'duplicate-node-address',
  'duplicate-tunnel-address',
  'duplicate-wireguard-key',
  'tunnel-address-differs',
  'tunnel-mac-differs',
  'device-vni-differs',
  'device-port-differs',
  'both-modes',
]);
/** About all addresses of a block: the route leads to another node than the block's. */
const OF_BLOCKS = 'route-owner-contradiction';

export function sourceConflicts(topology: Topology | null): SourceConflicts {
  const bySubject = conflictsBySubject(topology);
  const byBlock = conflictsByBlock(topology);
  return {
    about(src, dst) {
      if (bySubject.size === 0 && byBlock === null) return null;
      const subjects = [src.owner.address, dst.owner.address, src.node?.name, dst.node?.name, dst.owner.pool?.name];
      for (const subject of subjects) {
        const issue = subject === undefined ? undefined : bySubject.get(subject);
        if (issue !== undefined) return issue;
      }
      return byBlock === null ? null : (inBlock(byBlock, dst) ?? inBlock(byBlock, src));
    },
  };
}

/** The first such conflict of every subject (address, node name, pool name). */
function conflictsBySubject(topology: Topology | null): Map<string, TopologyIssue> {
  const found = new Map<string, TopologyIssue>();
  for (const issue of topology?.issues ?? []) {
    // who owns an address is about that address, however weak the other source; it is not about all flows of both nodes
    const owner = issue.code === 'owner-conflict';
    if (!DECIDING.has(issue.code) || (!owner && issue.severity !== 'conflict')) continue;
    const subjects = owner ? issue.subjects.filter((subject) => parseIp(subject) !== null) : issue.subjects;
    for (const subject of subjects) if (!found.has(subject)) found.set(subject, issue);
  }
  return found;
}

function conflictsByBlock(topology: Topology | null): PrefixTable<TopologyIssue> | null {
  const issues = topology?.issues.filter((issue) => issue.code === OF_BLOCKS) ?? [];
  if (issues.length === 0) return null;
  const table = createPrefixTable<TopologyIssue>();
  for (const issue of issues)
    for (const cidr of issue.subjects.map(parseCidr)) if (cidr !== null) table.insert(cidr, issue);
  return table;
}

function inBlock(table: PrefixTable<TopologyIssue>, { owner }: Who): TopologyIssue | null {
  const ip = parseIp(owner.address);
  return ip === null ? null : (table.longest(ip)?.values[0] ?? null);
}
