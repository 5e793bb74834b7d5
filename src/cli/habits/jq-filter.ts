// A display filter as one for jq on the packets of `decode -o json`, whose fields have Wireshark's names.
import type { Node, Term } from './display-filter-parser.ts';

/** Ports of protocols that are told by them. */
export const BY_PORT: Readonly<Record<string, string>> = {
  dns: '53',
  http: '80',
  tls: '443',
  ssl: '443',
  ssh: '22',
  bgp: '179',
  ntp: '123',
};
/** Protocols whose fields `decode -o json` has. */
export const DECODED: ReadonlySet<string> = new Set(
  (
    'ah arp data erspan esp eth geneve gre icmp icmpv6 ieee8021ad ieee8021ah igmp ip ipv6 llc mpls null ospf ppp pppoe pweth sctp sll tcp ' +
    'udp vlan vxlan wg'
  ).split(' '),
);
/** What Wireshark works out, and no header holds. */
const COMPUTED =
  /^tcp\.(analysis.*|stream|time_.*|payload|segment_data|len|seq|ack|nxtseq|window_size|completeness.*)$|^(udp|icmp|ip|ipv6)\.(stream|time_.*|resp.*|reassembled.*|fragments?|geoip.*)$/;

/** What stands beside a packet's layers. */
export const BESIDE: Readonly<Record<string, string>> = {
  'frame.number': '.number',
  'frame.time': '.time',
  'frame.len': '.original',
  'frame.cap_len': '.captured',
};
/** One name for two fields. */
const EITHER: Readonly<Record<string, readonly string[]>> = {
  'ip.addr': ['ip.src', 'ip.dst'],
  'ip.host': ['ip.src', 'ip.dst'],
  'ipv6.addr': ['ipv6.src', 'ipv6.dst'],
  'eth.addr': ['eth.src', 'eth.dst'],
  'tcp.port': ['tcp.srcport', 'tcp.dstport'],
  'udp.port': ['udp.srcport', 'udp.dstport'],
  'sctp.port': ['sctp.srcport', 'sctp.dstport'],
};

/** Null where jq cannot say it; the first field that packets have not, where there is one. */
export function jqOf(node: Node): { jq: string } | { missing: string } | null {
  if (node.is === 'not') {
    const part = jqOf(node.part);
    return part !== null && 'jq' in part ? { jq: `(${part.jq} | not)` } : part;
  }
  if (node.is === 'term') return termOf(node);
  const texts: string[] = [];
  for (const part of node.parts) {
    const one = jqOf(part);
    if (one === null || 'missing' in one) return one;
    texts.push(one.jq);
  }
  return { jq: `(${texts.join(` ${node.is} `)})` };
}

function termOf({ field, operator, value }: Term): { jq: string } | { missing: string } | null {
  if (!/^[a-z0-9_.]+$/.test(field)) return null;
  const beside = BESIDE[field];
  if (beside !== undefined) {
    const test = testOf(operator, value);
    return test === null ? null : { jq: `(${beside} | ${test})` };
  }
  const [protocol = ''] = field.split('.');
  const port = BY_PORT[protocol];
  if (field === protocol && port !== undefined)
    return anyOf([...(EITHER['tcp.port'] ?? []), ...(EITHER['udp.port'] ?? [])], `. == ${port}`);
  if (!DECODED.has(protocol) || COMPUTED.test(field)) return { missing: field };
  if (field === protocol && operator === '') return { jq: `any(.layers[]; .protocol == "${field}")` };
  const test = operator === '' ? 'true' : testOf(operator, value);
  return test === null ? null : anyOf(EITHER[field] ?? [field], test);
}

/** Some fields are lists. */
function anyOf(fields: readonly string[], test: string): { jq: string } {
  const values = fields.map((field) => `.fields["${field}"]`).join(', ');
  return { jq: `([.layers[] | ${values} | values] | flatten | any(${test}))` };
}

/** Flags are true and false there, 1 and 0 here. */
function testOf(operator: string, value: string): string | null {
  if (['', 'contains', 'matches'].includes(operator) || /["\\/]/.test(value)) return null;
  const number = /^(0x[0-9a-f]{1,8}|\d{1,15})$/i.test(value) ? Number(value) : null;
  const flag = { '1': true, '0': false, true: true, false: false }[value.toLowerCase()];
  if (flag !== undefined && operator === '==') return `. == ${flag} or . == ${flag ? 1 : 0}`;
  return `. ${operator} ${number ?? `"${value}"`}`;
}
