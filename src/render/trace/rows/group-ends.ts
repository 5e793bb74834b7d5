// What conversations are summed up by (`--by`): names that their ends have in common with others'.
import type { FlowEnd } from '../../../verdict/trace-types.ts';
import { escapeText } from '../../text/escape.ts';
import type { GroupKey } from '../../text/render-options.ts';
import { workloadName } from '../../text/short-names.ts';
import type { Conversation } from '../conversations.ts';

/** What both ends of a conversation are summed up under, the asking one first. */
export function endsBy(by: GroupKey, { forward, reverse }: Conversation): [from: string, to: string] {
  const [from, to] = forward === null ? [reverse?.dst, reverse?.src] : [forward.src, forward.dst];
  return [from === undefined ? '' : nameBy(by, from), to === undefined ? '' : nameBy(by, to)];
}

/** What an end is summed up under; in brackets what it is, where it has no such name. */
function nameBy(by: GroupKey, end: FlowEnd): string {
  const kind = `(${end.kind === 'pod' ? 'unknown' : end.kind})`;
  switch (by) {
    case 'node-pair':
      return end.node === null ? kind : escapeText(end.node);
    case 'namespace':
      return end.namespace === null ? kind : escapeText(end.namespace);
    case 'pool':
      return end.pool === null ? kind : escapeText(end.pool);
    case 'workload': {
      const name = end.pod === null ? null : end.kind === 'pod' ? workloadName(end.pod) : end.pod;
      if (name === null) return end.node === null || end.kind === 'external' ? kind : escapeText(`${end.node} ${kind}`);
      return escapeText(end.namespace === null ? name : `${end.namespace}/${name}`);
    }
  }
}
