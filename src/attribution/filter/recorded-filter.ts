// What an expression that a file records keeps out of it: asked with frames as this cluster would send them.

import { type ExpressionFrame, parseCaptureExpression } from '../../net/capture-expression.ts';
import { type Cidr, networkOf, parseCidr } from '../../net/cidr.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import type { Topology } from '../../topology/model.ts';

const [ICMP, IPIP, TCP, UDP, ICMP6] = [1, 4, 6, 17, 58] as const;
/** Ports that nobody asks for by name. */
const [FROM, TO] = [50_123, 40_321] as const;

export interface Hidden {
  hidesBypass: boolean;
  hidesOverlay: boolean;
}

/**
 * What could not be in a file that was taken with `expression`. One that is not understood may hide anything.
 * @param vxlanPort the cluster's
 */
export function hiddenBy(expression: string, topology: Topology | null, vxlanPort: number): Hidden {
  const keeps = parseCaptureExpression(expression);
  if (keeps === null) return { hidesBypass: true, hidesOverlay: true };
  const hides = (frame: ExpressionFrame): boolean => keeps(frame) !== true;
  return {
    hidesBypass: plainFrames(topology).some(hides),
    hidesOverlay: tunnelFrames(topology, vxlanPort).some(hides),
  };
}

/** Pods' packets as a bypass would send them, of every pool. */
function plainFrames(topology: Topology | null): ExpressionFrame[] {
  const pools = topology?.pools.flatMap(({ cidr }) => parseCidr(cidr) ?? []) ?? [];
  if (pools.length === 0) return between(null, null, [ICMP, TCP, UDP]);
  return pools.map(networkOf).flatMap((pool) => {
    const [source, destination] = [inPool(pool, 1n), inPool(pool, 2n)];
    return between(source, destination, [pool.family === 4 ? ICMP : ICMP6, TCP, UDP]);
  });
}

function inPool(pool: Cidr, offset: bigint): Ip {
  return { family: pool.family, value: pool.value + offset };
}

/** VXLAN and IP-in-IP between the nodes, each as receiver. */
function tunnelFrames(topology: Topology | null, vxlanPort: number): ExpressionFrame[] {
  const nodes =
    topology?.nodes.flatMap(({ addresses: [first] }) => (first ? (parseIp(first.address) ?? []) : [])) ?? [];
  const addresses = nodes.length === 0 ? [null] : nodes;
  return addresses.flatMap((to, i) => {
    const from = addresses[(i + 1) % addresses.length] ?? null;
    const vxlan = between(from, to, [UDP]).map((frame) => ({ ...frame, destinationPort: vxlanPort }));
    return [...vxlan, ...between(from, to, [IPIP])];
  });
}

function between(source: Ip | null, destination: Ip | null, protocols: readonly number[]): ExpressionFrame[] {
  const version = source?.family ?? 4;
  return protocols.map((protocol) => {
    const [sourcePort, destinationPort] = protocol === TCP || protocol === UDP ? [FROM, TO] : [null, null];
    return { source, destination, version, protocol, sourcePort, destinationPort };
  });
}
