// Wireshark's display filters in this program's words: options where all terms must hold, else an expression as tcpdump has it.
// Names of fields are the same in `decode -o json`, so that jq asks for what has no option.

import { DEFAULT_VNI } from '../../cluster/calico.ts';
import type { Node, Term } from './display-filter-parser.ts';
import { parseDisplayFilter } from './display-filter-parser.ts';
import { BY_PORT, jqOf } from './jq-filter.ts';

/** Words to put behind a capture; or a filter for jq on the packets of `decode -o json`; or a field that packets have not; or nothing. */
export type Translated = { words: string[] } | { jq: string } | { missing: string } | null;

/** Null where the filter is not understood. */
export function translateDisplayFilter(text: string): Translated {
  const node = parseDisplayFilter(text);
  if (node === null) return null;
  const options = optionsOf(node);
  if (options !== null) return { words: options };
  const expression = expressionOf(node);
  return expression === null ? jqOf(node) : { words: [expression] };
}

const OVER_TCP = new Set(['http', 'tls', 'ssl', 'ssh', 'bgp']);
const PROTOCOLS = new Set(['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'gre', 'esp', 'igmp', 'ospf']);
const CARRIERS: Readonly<Record<string, string>> = {
  vxlan: 'vxlan',
  'vxlan.vni': 'vxlan',
  geneve: 'geneve',
  'geneve.vni': 'geneve',
  wg: 'wireguard',
};
/** Other VNIs are hardly asked for to see the cluster's tunnels. */
const CALICO_VNI = String(DEFAULT_VNI);
const ADDRESSES: Readonly<Record<string, readonly [option: string, words: string]>> = {
  addr: ['--ip', 'host'],
  host: ['--ip', 'host'],
  src: ['--from-ip', 'src host'],
  dst: ['--to-ip', 'dst host'],
};

/** Options that all hold; null where they would not say the same. */
function optionsOf(node: Node): string[] | null {
  const terms = node.is === 'and' ? node.parts.map(termOptions) : [termOptions(node)];
  const words: string[] = [];
  for (const term of terms) {
    if (term === null) return null;
    for (let i = 0; i < term.length; i++) {
      const isOption = term[i]?.startsWith('--') === true && term[i] !== '--not';
      const pair = `${term[i]} ${term[i + 1]}`;
      const before = words.indexOf(term[i] ?? '');
      // of one option the values are alternatives
      if (isOption && before >= 0 && `${words[before]} ${words[before + 1]}` !== pair && node.is === 'and') return null;
    }
    if (term[0] !== '--protocol' || !words.includes('--protocol')) words.push(...term);
    else words.push(...term.slice(2));
  }
  return words;
}

function termOptions(node: Node): string[] | null {
  if (node.is === 'not') {
    const options = termOptions(node.part);
    return options?.length === 2 ? ['--not', ...options] : null;
  }
  if (node.is === 'or') {
    const all = node.parts.map(termOptions);
    const names = new Set(all.map((options) => (options?.length === 2 ? options[0] : null)));
    return names.size === 1 && !names.has(null) ? all.flatMap((options) => options ?? []) : null;
  }
  return node.is === 'term' ? optionsOfTerm(node) : null;
}

function optionsOfTerm(node: Term): string[] | null {
  const { field, operator, value } = node;
  const [protocol = '', part = ''] = field.split('.');
  if (operator === '') {
    const port = BY_PORT[protocol];
    if (port !== undefined) return OVER_TCP.has(protocol) ? ['--protocol', 'tcp', '--port', port] : ['--port', port];
    if (part !== '' && CARRIERS[field] === undefined) return null;
    if (PROTOCOLS.has(field)) return ['--protocol', field];
    return CARRIERS[field] === undefined ? null : ['--encapsulation', CARRIERS[field]];
  }
  if (operator !== '==') return null;
  if (protocol === 'ip' || protocol === 'ipv6') {
    if (field === 'ip.proto') return ['--protocol', value];
    const address = ADDRESSES[part];
    return address === undefined ? null : [address[0], value];
  }
  if ((protocol === 'tcp' || protocol === 'udp') && part === 'port') return ['--protocol', protocol, '--port', value];
  if (field === 'frame.number') return ['-p', value];
  if (field === 'tcp.stream') return ['--flow', 'NUMBER'];
  return field === 'vxlan.vni' && value === CALICO_VNI ? ['--encapsulation', 'vxlan'] : null;
}

function expressionOf(node: Node): string | null {
  if (node.is === 'not') {
    const part = expressionOf(node.part);
    return part === null ? null : `not ${node.part.is === 'term' && !part.includes(' and ') ? part : `(${part})`}`;
  }
  if (node.is === 'term') return termExpression(node);
  const parts = node.parts.map((part) => {
    const text = expressionOf(part);
    return text === null || part.is === 'term' || part.is === 'not' ? text : `(${text})`;
  });
  return parts.includes(null) ? null : parts.join(` ${node.is} `);
}

function termExpression({ field, operator, value }: Term): string | null {
  const [protocol = '', part = ''] = field.split('.');
  if (operator === '') {
    const port = BY_PORT[protocol];
    if (port !== undefined) return `${OVER_TCP.has(protocol) ? 'tcp ' : ''}port ${port}`;
    if (field === 'ipv6') return 'ip6';
    return PROTOCOLS.has(field) || field === 'ip' || field === 'arp' ? field : null;
  }
  if (operator !== '==') return null;
  if (protocol === 'ip' || protocol === 'ipv6') {
    if (field === 'ip.proto') return `proto ${value}`;
    const words = ADDRESSES[part]?.[1];
    if (words === undefined) return null;
    return `${value.includes('/') ? words.replace('host', 'net') : words} ${value}`;
  }
  const direction = { port: '', srcport: 'src ', dstport: 'dst ' }[part];
  return (protocol === 'tcp' || protocol === 'udp') && direction !== undefined
    ? `${protocol} ${direction}port ${value}`
    : null;
}
