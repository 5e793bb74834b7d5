// The route of a sender's decision: which line of its tables took the packet, and whether it leads where the pool asks.
import { looksLikeTunnelDevice } from '../../cluster/device.ts';
import { parseIp } from '../../net/ip.ts';
import type { Node, Route } from '../../topology/model.ts';
import { type ChainInput, notGiven, type Step } from './chain-input.ts';

function tunnelAddressOf(node: Node | null, address: string): string | null {
  const kind = parseIp(address)?.family === 6 ? 'vxlan-v6' : 'vxlan';
  return node?.tunnels[kind]?.value ?? null;
}

/** Whether a route through this device leads into a tunnel. */
export function leadsIntoTunnel(from: Node, dev: string | null): boolean {
  return dev !== null && (looksLikeTunnelDevice(dev) || from.links.some((l) => l.name === dev && l.vxlan !== null));
}

export function routeStep(input: ChainInput, route: Route | null): Step {
  const { from, expected, destination } = input;
  if (from === null || !from.has.route) return notGiven();
  if (route === null) {
    // the main table may be all that was given
    if (expected.encapsulation === 'wireguard') return notGiven();
    return { text: null, ref: null, status: 'missing', note: `no route for ${destination} on ${from.name}` };
  }
  const note = whyWrong(input, from, route);
  return { text: route.text, ref: route.ref, status: note === null ? 'ok' : 'wrong', note };
}

function whyWrong({ topology, to, expected, destination }: ChainInput, from: Node, route: Route): string | null {
  const { encapsulation } = expected;
  const wanted = tunnelAddressOf(to, destination);
  if (route.type === 'throw')
    return `sends it by the ${topology.profile.range.short}'s mode; should go through ${topology.profile.tunnelDevice('wireguard')}`;
  if (route.type !== 'unicast') return `drops it (${route.type})`;
  const tunnelled = encapsulation === 'vxlan' || encapsulation === 'ipip' || encapsulation === 'wireguard';
  if (tunnelled && !leadsIntoTunnel(from, route.dev)) {
    const via = wanted === null || encapsulation !== 'vxlan' ? '' : ` via ${wanted}`;
    return `sends it plain; should go through the tunnel device${via}`;
  }
  if (encapsulation === 'none' && leadsIntoTunnel(from, route.dev)) return 'sends it into the tunnel; should go plain';
  if (encapsulation === 'vxlan' && wanted !== null && route.via !== null && route.via !== wanted)
    return `should go via ${wanted}`;
  return null;
}
