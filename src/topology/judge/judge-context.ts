// What every judge of the snapshot gets: the topology, its indexes, and where to put what it finds.

import type { FelixFact } from '../agent-settings.ts';
import type { OwnerIndex } from '../ask/owner-index.ts';
import type { IssueCode } from '../issue-codes.ts';
import type { SourceRef, Topology, TopologyIssue } from '../model.ts';

export interface JudgeContext {
  topology: Topology;
  index: OwnerIndex;
  felix: readonly FelixFact[];
  add(
    code: IssueCode,
    severity: TopologyIssue['severity'],
    message: string,
    refs: readonly (SourceRef | null | undefined)[],
    subjects: readonly string[],
  ): void;
}
