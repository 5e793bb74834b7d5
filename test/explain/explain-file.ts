// Explains packets of captures in the repository, as the command does.
import { explainPacket } from '../../src/explain/explain-packet.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { pickPacket } from '../../src/explain/pick.ts';
import type { Topology } from '../../src/topology/model.ts';
import { traceCaptures } from '../../src/trace.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { topologyIn } from '../support/loaded-topology.ts';

/** Captures traced once, to explain many packets of. */
export interface Opened {
  trace: Trace;
  topology: Topology | null;
  paths: readonly string[];
  snapshot: readonly string[];
}

export async function open(paths: readonly string[], snapshot: string | null): Promise<Opened> {
  const topology = snapshot === null ? null : await topologyIn(snapshot);
  const trace = await traceCaptures({ captures: paths, topology });
  return { trace, topology, paths, snapshot: snapshot === null ? [] : [snapshot] };
}

/** Packet `number` of capture `capture`. */
export function explainNumber(opened: Opened, number: number, capture = 0): Promise<Explanation> {
  return explainPacket({ ...opened, picked: { capture, number, by: 'number', text: '' } });
}

/** One packet of one capture; by its number or by a cause's letter. */
export async function explainFile(path: string, snapshot: string | null, which: number | string): Promise<Explanation> {
  const opened = await open([path], snapshot);
  const asked = typeof which === 'number' ? { number: which, cause: null } : { number: null, cause: which };
  return explainPacket({ ...opened, picked: pickPacket(opened.trace, asked) });
}

export const SAMPLES = 'samples';
export const CASES = 'test/fixtures/cases';
export const CONTROL1 = 'ip-10-0-1-20.eu-west-1.compute.internal';
export const WORKER1 = 'ip-10-0-1-30.eu-west-1.compute.internal';
export const WORKER2 = 'ip-10-0-1-31.eu-west-1.compute.internal';

/** A packet of each kind that must be told well: name, capture, snapshot, packet. */
export const PACKETS: readonly { name: string; path: string; snapshot: string | null; which: number | string }[] = [
  {
    name: 'stale-fdb',
    path: `${SAMPLES}/08-stale-fdb/ip-10-0-1-20-ens5.pcap`,
    snapshot: `${SAMPLES}/08-stale-fdb/topology`,
    which: 'A',
  },
  {
    name: 'vxlan-tcp',
    path: `${SAMPLES}/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap`,
    snapshot: `${SAMPLES}/01-vxlan-between-nodes/topology`,
    which: 21,
  },
  {
    name: 'plain',
    path: `${SAMPLES}/02-pool-never/ip-10-0-1-20-ens5.pcap`,
    snapshot: `${SAMPLES}/02-pool-never/topology`,
    which: 5,
  },
  {
    name: 'outer-fragment',
    path: `${SAMPLES}/11-outer-fragments/ip-10-0-1-20-ens5.pcap`,
    snapshot: `${SAMPLES}/11-outer-fragments/topology`,
    which: 4,
  },
  {
    name: 'arp',
    path: `${SAMPLES}/10-missing-neighbour/ip-10-0-1-20-vxlan.calico.pcap`,
    snapshot: `${SAMPLES}/10-missing-neighbour/topology`,
    which: 1,
  },
  {
    name: 'cooked',
    path: `${SAMPLES}/06-any-interface/ip-10-0-1-20-any.pcap`,
    snapshot: `${SAMPLES}/06-any-interface/topology`,
    which: 7,
  },
  { name: 'icmp-error', path: `${CASES}/mc.pcap.gz`, snapshot: null, which: 2 },
  { name: 'no-snapshot', path: `${SAMPLES}/08-stale-fdb/ip-10-0-1-20-ens5.pcap`, snapshot: null, which: 3 },
  {
    name: 'ipip',
    path: `${CASES}/ipip-always/control1-ens5.pcap`,
    snapshot: `${CASES}/ipip-always/topology`,
    which: 3,
  },
  {
    name: 'wireguard',
    path: `${CASES}/wireguard-both-keys/control1-ens5.pcap`,
    snapshot: `${CASES}/wireguard-both-keys/topology`,
    which: 3,
  },
  { name: 'mirror', path: `${CASES}/mirror-gre/mirror.pcap`, snapshot: `${CASES}/mirror-gre/topology`, which: 1 },
  {
    name: 'ebpf-nodeport',
    path: `${CASES}/ebpf-nodeport/control1-ens5.pcap`,
    snapshot: `${CASES}/ebpf-nodeport/topology`,
    which: 1,
  },
  {
    name: 'ipv6',
    path: `${CASES}/vxlan-over-ipv6/control1-ens5.pcap`,
    snapshot: `${CASES}/vxlan-over-ipv6/topology`,
    which: 3,
  },
  { name: 'snaplen', path: `${CASES}/snaplen-96/ip-10-0-1-20-ens5.pcap`, snapshot: null, which: 21 },
];
