// Large kubectl output is mostly what nobody here reads (containers, volumes, conditions). Dropping those lines before the
// YAML parser sees them makes a 16 MB pod list several times faster; everything that is read stays, with its line number.
// Guarantee: a line is only ever dropped together with everything nested below it.
import { NODE_ANNOTATIONS, nodeAnnotation, POD_IPS_ANNOTATIONS } from '../../cluster/annotations.ts';

/** Members of these mappings that some reader in kubernetes/ looks at; all members of any other mapping stay. */
const READ: Readonly<Record<string, ReadonlySet<string>>> = {
  metadata: new Set(
    'name namespace annotations labels creationTimestamp deletionTimestamp continue cidr node workload'.split(' '),
  ),
  spec: new Set(
    [
      'cidr blockSize ipipMode vxlanMode natOutgoing disabled nodeSelector allowedUses ipip nat-outgoing',
      'bgp ipv4VXLANTunnelAddr ipv6VXLANTunnelAddr vxlanTunnelMACAddr vxlanTunnelMACAddrV6 addresses wireguard interfaces podCIDR podCIDRs',
      'nodeName hostNetwork clusterIP clusterIPs externalIPs type',
      'node state deleted affinity hostAffinity allocations attributes',
      'vxlanVNI vxlanPort vxlanEnabled wireguardEnabled wireguardListeningPort calicoNetwork',
      'pod workload orchestrator endpoint interfaceName ipNetworks',
    ]
      .join(' ')
      .split(' '),
  ),
  annotations: new Set([...NODE_ANNOTATIONS.map(nodeAnnotation), ...POD_IPS_ANNOTATIONS]),
  labels: new Set(['kubernetes.io/hostname']),
  status: new Set(
    'phase podIP podIPs hostIP addresses wireguardPublicKey wireguardPublicKeyV6 loadBalancer podCIDRs computed'.split(
      ' ',
    ),
  ),
};

const KEY_LINE = /^( *)((?:- +)*)["']?([\w./-]+)["']? *:(?: |$)/;

/**
 * Drops what is not read. `lines` is YAML in block style; flow style passes unchanged.
 * @returns the lines that stay, and for each its index in `lines`
 */
export function skimYaml(lines: readonly string[]): { lines: string[]; indexes: number[] } {
  const kept: string[] = [];
  const indexes: number[] = [];
  const open: { column: number; key: string }[] = [];
  let dropBelow = -1;
  for (const [index, line] of lines.entries()) {
    if (dropBelow >= 0 && isNestedBelow(line, dropBelow)) continue;
    dropBelow = -1;
    const column = columnOfUnread(line, open);
    if (column !== null) {
      dropBelow = column;
      continue;
    }
    kept.push(line);
    indexes.push(index);
  }
  return { lines: kept, indexes };
}

/** Follows the keys in `open`; the column of the line's key when nobody reads it, else null. */
function columnOfUnread(line: string, open: { column: number; key: string }[]): number | null {
  const match = KEY_LINE.exec(line);
  if (match === null) return null;
  const [, indent = '', dashes = '', key = ''] = match;
  const column = indent.length + dashes.length;
  while ((open.at(-1)?.column ?? -1) >= column) open.pop();
  const parent = open.at(-1)?.key ?? '';
  open.push({ column, key });
  if (dashes !== '') return null;
  const read = Object.hasOwn(READ, parent) ? READ[parent] : undefined;
  return read !== undefined && !read.has(key) ? column : null;
}

/** True when the line belongs to the value of a key at `column`: deeper, an element of its sequence, or blank. */
function isNestedBelow(line: string, column: number): boolean {
  let indent = 0;
  while (line.charCodeAt(indent) === 0x20) indent++;
  if (indent === line.length) return true;
  if (indent > column) return true;
  return (
    indent === column && line.charCodeAt(indent) === 0x2d && (line.length === indent + 1 || line[indent + 1] === ' ')
  );
}
