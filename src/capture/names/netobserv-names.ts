// NetObserv CLI: three comments a packet, `Source`, `Destination` and `Common`, with a line per column. Columns are called by their
// configuration (`Src Name`, `Source Kind`, `Node Name`), else by their field (`SrcK8S_Name`, `SrcK8S_HostName`).
import { type CommentedPacket, type EndName, fieldsOf, nodeOf, podOf } from './commented-ends.ts';

type Side = 'source' | 'destination';

const HEADINGS = ['Source', 'Destination', 'Common'] as const;
const COLUMN =
  /^(?:(src|source|dst|destination)[ _]?)?(?:k8s_)?(name|kind|type|namespace|node name|hostname|node|ip|addr)$/i;
const SAME: Readonly<Record<string, string>> = { type: 'kind', hostname: 'node', 'node name': 'node', addr: 'ip' };

/** Both ends; of one that is no pod and no node (a service, what is outside) nothing. */
export function netobservNames({ comments }: CommentedPacket): EndName[] {
  const [source, destination, common] = HEADINGS.map((heading) => columnsUnder(comments, heading));
  if (source == null || destination == null) return [];
  return (['source', 'destination'] as const).flatMap((side) => {
    const columns = new Map<string, string>();
    for (const [own, fields] of [
      [null, common ?? new Map<string, string>()],
      [side, side === 'source' ? source : destination],
    ] as const)
      for (const [key, value] of fields) {
        const column = COLUMN.exec(key);
        const name = column?.[2]?.toLowerCase() ?? '';
        if (column !== null && sideOf(column[1], own) === side) columns.set(SAME[name] ?? name, value);
      }
    return nameOf(side, columns);
  });
}

/** Whether all three comments are there, whatever they say. */
export function isNetobserv(comments: readonly string[]): boolean {
  return HEADINGS.every((heading) => columnsUnder(comments, heading) !== null);
}

/** Null where there is not exactly one such comment. */
function columnsUnder(comments: readonly string[], heading: string): Map<string, string> | null {
  const [found, ...others] = comments.filter((comment) => comment.startsWith(`${heading}\n`));
  return found === undefined || others.length > 0 ? null : fieldsOf(found.split('\n').slice(1), ': ');
}

function sideOf(said: string | undefined, own: Side | null): Side | null {
  if (said === undefined) return own;
  return said.toLowerCase().startsWith('s') ? 'source' : 'destination';
}

function nameOf(side: Side, columns: ReadonlyMap<string, string>): EndName[] {
  const kind = columns.get('kind');
  const ip = columns.get('ip') ?? '';
  const address = /[.:]/.test(ip) ? ip : null;
  const pod = kind === 'Pod' ? podOf(columns.get('namespace'), columns.get('name')) : null;
  const node = kind === 'Node' ? nodeOf(columns.get('name')) : pod === null ? null : nodeOf(columns.get('node'));
  if (pod === null && node === null) return [];
  return [{ side, namespace: null, pod: null, ...pod, node, address, writer: 'NetObserv' }];
}
