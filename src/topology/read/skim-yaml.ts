// Large kubectl output is mostly what nobody here reads (containers, volumes, conditions). Dropping those lines before the
// YAML parser sees them makes a 16 MB pod list several times faster; everything that is read stays, with its line number.
// Guarantee: a line is only ever dropped together with everything nested below it.
import { INTERFACES_ANNOTATION, POD_IPS_ANNOTATIONS } from '../../cluster/calico/annotations.ts';
import { NODE_FIELDS } from '../../cluster/profiles.ts';

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
      'pod workload orchestrator endpoint interfaceName ipNetworks template',
      'podSelector policyTypes ingress egress selector types order tier namespaceSelector serviceAccountSelector doNotTrack preDNAT defaultAction',
    ]
      .join(' ')
      .split(' '),
  ),
  // Of what makes pods.
  'template.spec': new Set(['containers']),
  annotations: new Set([
    ...NODE_FIELDS.map(({ annotation }) => annotation),
    INTERFACES_ANNOTATION,
    ...POD_IPS_ANNOTATIONS,
  ]),
  status: new Set(
    'phase startTime podIP podIPs hostIP addresses wireguardPublicKey wireguardPublicKeyV6 loadBalancer podCIDRs computed files'.split(
      ' ',
    ),
  ),
};

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const HASH = 0x23;
const DASH = 0x2d;
const KEY_LINE = /^( *)((?:- +)*)["']?([\w./-]+)["']? *:(?: |$)/;

/**
 * Drops what is not read. `text` is YAML in block style; flow style passes unchanged.
 * @returns the lines that stay, and for each its number in the text (from 0)
 */
export function skimYaml(text: string): { lines: string[]; indexes: number[] } {
  const lines: string[] = [];
  const indexes: number[] = [];
  const open: { column: number; key: string }[] = [];
  for (let at = 0, index = 0; at <= text.length; index++) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    const column = columnOfUnread(line, open);
    at = end + 1;
    if (column === null) {
      lines.push(line);
      indexes.push(index);
    } else {
      for (; at <= text.length && isNestedBelow(text, at, column); index++) at = lineEnd(text, at) + 1;
    }
  }
  return { lines, indexes };
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Follows the keys in `open`; the column of the line's key when nobody reads it, else null. */
function columnOfUnread(line: string, open: { column: number; key: string }[]): number | null {
  const match = KEY_LINE.exec(line);
  if (match === null) return null;
  const [, indent = '', dashes = '', key = ''] = match;
  const column = indent.length + dashes.length;
  while ((open.at(-1)?.column ?? -1) >= column) open.pop();
  const above = open.at(-1)?.key ?? '';
  const parent = above === 'spec' && open.at(-2)?.key === 'template' ? 'template.spec' : above;
  open.push({ column, key });
  if (dashes !== '') return null;
  const read = Object.hasOwn(READ, parent) ? READ[parent] : undefined;
  return read !== undefined && !read.has(key) ? column : null;
}

/** True when the line at `at` belongs to the value of a key at `column`: deeper, an element of its sequence, or blank. */
function isNestedBelow(text: string, at: number, column: number): boolean {
  let position = at;
  while (position <= at + column && text.charCodeAt(position) === SPACE) position++;
  // Most lines of large files end here.
  if (position > at + column) return true;
  const code = text.charCodeAt(position);
  // A comment ends no value, however little it is indented.
  if (code === LINE_FEED || code === HASH || position >= text.length) return true;
  const isElement = code === DASH && ' \n'.includes(text.charAt(position + 1));
  return isElement && position === at + column;
}
