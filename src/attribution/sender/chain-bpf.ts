// The route of a sender's decision where eBPF makes it: its own routes, in its own words. The kernel's neighbours and FDB have no part
// in it where the VXLAN device takes its keys from eBPF (`external`, Calico 3.31 and later).
import { type BpfDecision, bpfDecision } from '../../topology/ask/bpf-decision.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { ChainInput, Step } from './chain-input.ts';

/** Null where `ip route` decides. */
export function bpfOf({ from, destination }: Pick<ChainInput, 'from' | 'destination'>): BpfDecision | null {
  return from === null ? null : bpfDecision(from, destination);
}

export function bpfStep(input: ChainInput, decision: BpfDecision): Step {
  const note = whyWrong(input, decision);
  const { text, ref } = decision.route;
  return { text, ref, status: note === null ? 'ok' : 'wrong', note };
}

function whyWrong(input: ChainInput, decision: BpfDecision): string | null {
  const { to, from, expected } = input;
  const { does, route, tunnel } = decision;
  if (does === 'drop') return `eBPF drops it (${route.flags.filter((flag) => flag.startsWith('blackhole')).join(' ')})`;
  const isElsewhere = to !== null && to !== from;
  if (does === 'host' || does === 'workload')
    return isElsewhere ? `eBPF keeps it: local ${does}; it is on ${to.name}` : null;
  const { encapsulation } = expected;
  const wanted = to === null ? '' : ` to ${addressOf(to, input.destination)}`;
  if (does === 'plain' && (encapsulation === 'vxlan' || encapsulation === 'ipip')) {
    const why = route.flags.includes('same-subnet') ? 'same-subnet' : 'not tunneled';
    return `eBPF sends it plain (${why}); should be tunneled${wanted}`;
  }
  if (does === 'tunnel' && encapsulation === 'none' && (tunnel !== null || !mayBeWireguard(input.topology)))
    return 'eBPF sends it into the tunnel (tunneled); should go plain';
  if (does === 'tunnel' && (encapsulation === 'vxlan' || encapsulation === 'ipip')) {
    if (tunnel !== null && tunnel !== encapsulation)
      return `tunneled by ${tunnel.toUpperCase()}, not by ${encapsulation.toUpperCase()}`;
  }
  if (to === null || route.nextHop === null) return null;
  const whose = input.topology.nodeByAddress(route.nextHop);
  if (whose === to || (whose === null && to.addresses.length === 0)) return null;
  return `nh ${route.nextHop} is ${whose?.name ?? 'no node'}; ${to.name} is ${addressOf(to, input.destination)}`;
}

function addressOf(node: Node, destination: string): string {
  const own = destination.includes(':') ? node.bgpIPv6 : node.bgpIPv4;
  return own?.address ?? node.addresses[0]?.address ?? node.name;
}

/** While it is on, all workloads of other nodes are `tunneled`. */
function mayBeWireguard({ nodes, felix }: Topology): boolean {
  const settings = felix(null);
  if (settings.wireguardEnabled?.value === true || settings.wireguardEnabledV6?.value === true) return true;
  return nodes.some(({ wireguardKey, wireguardKeyV6 }) => wireguardKey !== null || wireguardKeyV6 !== null);
}
