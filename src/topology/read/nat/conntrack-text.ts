// Lists of tracked connections. The kernel's: `conntrack -L` and `-E` (conntrack(8)), /proc/net/nf_conntrack, which say both ways of each: what
// was sent, and what the answer looks like. Calico's eBPF: `-bpf conntrack dump`, A -> service -> B (felix, calico-bpf, conntrack.go).
import { canonicalIp } from '../../../net/ip.ts';
import type { SourceRef } from '../../model.ts';
import { isSameTuple, type Translation, type Tuple } from '../../translation.ts';
import { type Located, textAt, valueAt } from '../located.ts';

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', 6],
  ['udp', 17],
  ['sctp', 132],
]);

/** `undefined`: no line of such a list; null: one whose addresses are not rewritten, or that has no ports. */
export function readConntrackLine(line: string, ref: SourceRef): Translation | null | undefined {
  if (/^(?:conntrack v[\d.]+ \(conntrack-tools\)|cpu=\d+\s)/.test(line)) return null;
  return line.includes(' src=') ? kernelLine(line, ref) : ebpfLine(line, ref);
}

/** What `conntrack -E` and `-o timestamp` put before a line. */
const EVENT = /^(?:\[\d{1,12}\.\d{1,9}\]\s{1,8})?\s{0,8}(?:\[(?:NEW|UPDATE|DESTROY)\]\s{1,4})?/;
const KERNEL = /^(?:ipv[46] {1,9}\d{1,2} )?([a-z]{2,8}|unknown) {1,9}\d{1,3} /;

function kernelLine(written: string, ref: SourceRef): Translation | null | undefined {
  const line = written.replace(EVENT, '');
  const [, name] = KERNEL.exec(line) ?? [];
  if (name === undefined || line.length > 1000) return undefined;
  const values: Record<'src' | 'dst' | 'sport' | 'dport', string[]> = { src: [], dst: [], sport: [], dport: [] };
  for (const word of line.split(/\s+/)) {
    const [key = '', value = ''] = word.split('=', 2);
    if (Object.hasOwn(values, key)) values[key as keyof typeof values].push(value);
  }
  const protocol = PROTOCOLS.get(name);
  const [sent, answered] = [0, 1].map((at) =>
    tupleOf(values.src[at], values.sport[at], values.dst[at], values.dport[at]),
  );
  if (protocol === undefined || sent == null || answered == null) return null;
  const after = { src: answered.dst, srcPort: answered.dstPort, dst: answered.src, dstPort: answered.srcPort };
  return translation(protocol, sent, after, line.trim().replaceAll(/\s{2,}/g, ' '), ref);
}

const EBPF = /^(TCP|UDP|ICMP6?|Proto-\d{1,3}) (\S{3,50}) -> (\S{3,50}) (?:-> (\S{3,50}) )?.{0,120}Active ago /;

function ebpfLine(line: string, ref: SourceRef): Translation | null | undefined {
  const [, name, from = '', to = '', last] = EBPF.exec(line) ?? [];
  if (name === undefined) return undefined;
  return last === undefined
    ? null
    : ebpfTranslation(name, { from, service: to, to: last, oldPort: null }, line.trim(), ref);
}

/** One element of the JSON form; `undefined`: none of it. */
export function readConntrackElement(element: Located): Translation | null | undefined {
  const { value } = element;
  const [name, from, to] = [textAt(value, 'proto'), textAt(value, 'src'), textAt(value, 'dst')];
  if (name === null || from === null || to === null || textAt(value, 'active_ago') === null) return undefined;
  const service = textAt(value, 'orig_dst');
  if (service === null) return null;
  const port = valueAt(value, 'orig_src_port');
  const text = `${name} ${from} -> ${service} -> ${to}`;
  return ebpfTranslation(
    name,
    { from, service, to, oldPort: typeof port === 'number' ? port : null },
    text,
    element.ref(),
  );
}

function ebpfTranslation(
  name: string,
  { from, service, to, oldPort }: { from: string; service: string; to: string; oldPort: number | null },
  text: string,
  ref: SourceRef,
): Translation | null {
  const protocol = PROTOCOLS.get(name.toLowerCase());
  const [client, asked, backend] = [from, service, to].map(endOf);
  if (protocol === undefined || client == null || asked == null || backend == null) return null;
  const tuple = (port: number, end: { ip: string; port: number }): Tuple => ({
    ...{ src: client.ip, srcPort: port, dst: end.ip, dstPort: end.port },
  });
  return translation(protocol, tuple(oldPort ?? client.port, asked), tuple(client.port, backend), text, ref);
}

/** `10.48.0.70:40000`, `[fd00::1]:80`; without brackets the last colon is the port's. */
function endOf(text: string): { ip: string; port: number } | null {
  const at = text.lastIndexOf(':');
  const ip = canonicalIp(text.slice(0, at).replace(/^\[|\]$/g, ''));
  const port = text.slice(at + 1);
  return ip === null || !/^\d{1,5}$/.test(port) ? null : { ip, port: Number(port) };
}

function tupleOf(src = '', srcPort = '', dst = '', dstPort = ''): Tuple | null {
  const [from, to] = [canonicalIp(src), canonicalIp(dst)];
  if (from === null || to === null || !/^\d{1,5}$/.test(srcPort) || !/^\d{1,5}$/.test(dstPort)) return null;
  return { src: from, srcPort: Number(srcPort), dst: to, dstPort: Number(dstPort) };
}

function translation(protocol: number, before: Tuple, after: Tuple, text: string, ref: SourceRef): Translation | null {
  return isSameTuple(before, after) ? null : { protocol, before, after, time: null, text, ref };
}
