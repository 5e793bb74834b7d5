// The snapshot judged by itself, before any packet: conflicts (two sources disagree), risks (it can break, or breaks for some),
// warnings (worth knowing). docs/topology.md says what each code means. Computed names never raise anything.

import type { FelixFact } from '../agent-settings.ts';
import type { OwnerIndex } from '../ask/owner-index.ts';
import type { Topology } from '../model.ts';
import { addIssue, type Facts } from '../read/stated-facts.ts';
import { judgeBlocks } from './judge-blocks.ts';
import { judgeClaims } from './judge-claims.ts';
import type { JudgeContext } from './judge-context.ts';
import { judgeDevices } from './judge-devices.ts';
import { judgeNeighbours } from './judge-neighbours.ts';
import { judgeNodes } from './judge-nodes.ts';
import { judgeOwners } from './judge-owners.ts';
import { judgePools } from './judge-pools.ts';
import { judgeRoutes } from './judge-routes.ts';
import { judgeSettings } from './judge-settings.ts';
import { judgeTunnelAddresses } from './judge-tunnel-addresses.ts';
import { judgeTunnelState } from './judge-tunnel-state.ts';
import { judgeVteps } from './judge-vteps.ts';

/** Adds what is found to the topology's issues (the list in `facts`). */
export function judgeSnapshot(
  topology: Topology,
  parts: { index: OwnerIndex; felix: readonly FelixFact[]; facts: Pick<Facts, 'issues'> },
): void {
  const context: JudgeContext = {
    topology,
    index: parts.index,
    felix: parts.felix,
    add: (code, severity, message, refs, subjects) => {
      const present = refs.filter((ref) => ref !== null && ref !== undefined);
      addIssue(parts.facts, code, severity, message, { refs: present, subjects });
    },
  };
  judgePools(context);
  judgeNodes(context);
  judgeTunnelAddresses(context);
  judgeBlocks(context);
  judgeTunnelState(context);
  judgeClaims(context);
  judgeVteps(context);
  judgeNeighbours(context);
  judgeRoutes(context);
  judgeDevices(context);
  judgeSettings(context);
  judgeOwners(context);
}
