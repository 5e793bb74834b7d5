// The routes of Calico's eBPF dataplane: what its agent prints with `-bpf routes dump`, as text and as JSON
// (felix, cmd, commands/routes.go).
import { canonicalNetwork } from '../../../net/cidr.ts';
import { canonicalIp } from '../../../net/ip.ts';
import type { BpfRoute } from '../../bpf-route.ts';
import type { SourceRef } from '../../model.ts';
import { type Located, textAt, textsAt, valueAt } from '../located.ts';

const FLAGS = new Set(
  'local remote host workload in-pool nat-out same-subnet no-dsr tunneled vxlan skip-ingress-redir blackhole-drop blackhole-reject'.split(
    ' ',
  ),
);

/** `   10.48.0.0/26: remote workload in-pool tunneled nh 10.0.1.31`; null when the line is none. */
export function readBpfRouteLine(line: string, ref: SourceRef): BpfRoute | null {
  const [, written = '', rest = ''] = /^ {0,60}([0-9A-Fa-f.:]{2,45}\/\d{1,3}): (\S.{0,200})$/.exec(line) ?? [];
  const dst = canonicalNetwork(written);
  if (dst === null) return null;
  const words = rest.trim().split(' ');
  const flags = words.filter((word) => FLAGS.has(word));
  const after = (name: string): string => words[words.indexOf(name) + 1] ?? '';
  const nextHop = words.includes('nh') ? canonicalIp(after('nh')) : null;
  const ifindex = words.includes('idx') && /^\d{1,10}$/.test(after('idx')) ? Number(after('idx')) : null;
  const known = flags.length + (words.includes('nh') ? 2 : 0) + (words.includes('idx') ? 2 : 0);
  return flags.length === 0 || known !== words.length ? null : { dst, flags, nextHop, ifindex, text: line.trim(), ref };
}

/** One element of the JSON form; null when it is none. */
export function readBpfRouteElement(element: Located): BpfRoute | null {
  const value = element.value;
  const written = textAt(value, 'dest');
  const dst = canonicalNetwork(written ?? '');
  const flags = textsAt(value, 'flags').filter((flag) => FLAGS.has(flag));
  if (dst === null || flags.length === 0) return null;
  const nextHop = canonicalIp(textAt(value, 'next_hop') ?? '');
  const index = valueAt(value, 'ifindex');
  const ifindex = typeof index === 'number' && Number.isInteger(index) ? index : null;
  const words = [
    ...flags,
    ...(nextHop === null ? [] : ['nh', nextHop]),
    ...(ifindex === null ? [] : ['idx', String(ifindex)]),
  ];
  return { dst, flags, nextHop, ifindex, text: `${written}: ${words.join(' ')}`, ref: element.ref() };
}
