// Routes to pools against what the pools ask for, and against the owners of the blocks they lead to.

import { useOfDeviceName } from '../../cluster/device.ts';
import { type Cidr, formatCidr, parseCidrOrIp } from '../../net/cidr.ts';
import { addUnder } from '../../net/multi-map.ts';
import { createPrefixTable } from '../../net/prefix-table.ts';
import { bpfDecision } from '../ask/bpf-decision.ts';
import { poolOf } from '../ask/lookup.ts';
import { nodeBehind } from '../ask/opinions.ts';
import type { BpfRoute } from '../bpf-route.ts';
import type { Block, IPPool, Node, Route } from '../model.ts';
import { countOf, listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';
import { demandOf, demandWords, familyOf, isRouted, nameOfRange, sameSubnet } from './modes.ts';

/** Strongest first. */
const SOURCES = ['podCIDR', 'IPAMBlock', 'BlockAffinity', 'inferred'] as const;

/** Where a route leads: nodes have the same routes, so that each is worked out once. */
interface Target {
  cidr: Cidr;
  pool: IPPool | null;
  poolCidr: Cidr | null;
}

/** A route of the kernel, or of eBPF. */
type GivenRoute = Pick<Route, 'dst' | 'text' | 'ref'>;

interface RouteContext extends JudgeContext {
  /** Null for what is no range, and for default routes. */
  targetOf(dst: string): Target | null;
  /** Blocks that every other node must have a route to. */
  wanted: readonly { block: Block; cidr: Cidr }[];
}

export function judgeRoutes(judge: JudgeContext): void {
  const context = routeContext(judge);
  for (const holder of context.topology.nodes) {
    const wrong = new Map<string, { route: GivenRoute; text: string }[]>();
    for (const route of holder.routes) {
      if (route.table !== null && route.table !== 'main') continue;
      const contradiction = contradictionOf(holder, route, context);
      if (contradiction !== null) {
        const found = wrong.get(contradiction.pool) ?? [];
        found.push({ route, text: contradiction.text });
        wrong.set(contradiction.pool, found);
      }
      judgeTarget(holder, route, context);
    }
    for (const route of holder.bpfRoutes ?? []) {
      const contradiction = bpfContradiction(holder, route, context);
      if (contradiction !== null) addUnder(wrong, contradiction.pool, { route, text: contradiction.text });
      judgeTarget(holder, { ...route, via: route.nextHop }, context);
    }
    for (const [pool, found] of wrong) {
      const [first] = found;
      if (first === undefined) continue;
      const more = found.length === 1 ? '' : ` (and ${countOf(found.length - 1, 'more route')})`;
      const message = `${holder.name} has the route "${first.route.text}"${more}, but ${first.text}`;
      const refs = [first.route.ref, context.topology.pools.find((one) => one.name === pool)?.modeRef];
      context.add('route-contradiction', 'conflict', message, refs, [
        holder.name,
        pool,
        ...found.map(({ route }) => route.dst),
      ]);
    }
    judgeMissing(holder, context);
  }
}

function routeContext(judge: JudgeContext): RouteContext {
  const targets = new Map<string, Target | null>();
  const targetOf = (dst: string): Target | null => {
    const known = targets.get(dst);
    if (known !== undefined) return known;
    const cidr = parseCidrOrIp(dst);
    const pool = poolOf(dst.split('/')[0] ?? '', judge.index);
    const target =
      cidr === null || cidr.prefixLength === 0 ? null : { cidr, pool, poolCidr: parseCidrOrIp(pool?.cidr ?? '') };
    targets.set(dst, target);
    return target;
  };
  const stated = new Set(judge.topology.blocks.filter(({ source }) => source !== 'inferred').map(({ cidr }) => cidr));
  const wanted = judge.topology.blocks.flatMap((block) => {
    const isOutranked = block.source === 'inferred' && stated.has(block.cidr);
    const target = block.node === null || isOutranked ? null : targetOf(block.cidr);
    return target?.pool != null && isRouted(target.pool) ? [{ block, cidr: target.cidr }] : [];
  });
  return { ...judge, targetOf, wanted };
}

/** Tunnel device where the pool says none, none where it says one (calico-facts 3.2); WireGuard routes override both. */
function contradictionOf(
  holder: Node,
  route: Route,
  { index, topology, targetOf }: RouteContext,
): { pool: string; text: string } | null {
  const { cidr, pool = null, poolCidr = null } = targetOf(route.dst) ?? {};
  if (cidr === undefined || pool === null || poolCidr === null) return null;
  if (cidr.prefixLength < poolCidr.prefixLength || !isRouted(pool)) return null;
  if (route.type !== 'unicast' || route.dev === null || useOfDeviceName(route.dev) === 'workload') return null;
  const device = topology.profile.tunnelKindOf(route.dev);
  if (device === 'wireguard' || device === 'wireguard-v6') return null;
  // Routes that the CNI did not make (a kernel route of the node's own network) are no decision about the pool.
  if (device === null && route.via === null) return null;
  const seen = device === null ? null : device === 'ipip' ? 'ipip' : 'vxlan';
  const { tunnel, mode } = demandOf(pool);
  const asks = `${nameOfRange(topology.profile, pool)} asks for ${demandWords(pool)}`;
  if (pool.unread || (pool.mayBeDirect && seen === null)) return null;
  if (seen !== null && seen !== tunnel) return { pool: pool.name, text: asks };
  if (mode === 'Always' && seen === null) return { pool: pool.name, text: asks };
  const target = route.via === null ? null : nodeBehind(route.via, index);
  if (mode !== 'CrossSubnet' || target === null || topology.nodes.length < 2) return null;
  const same = sameSubnet(topology.profile, holder, target, familyOf(pool));
  if (same === null || same === (seen === null)) return null;
  const relation = same ? 'in one subnet' : 'in different subnets';
  return { pool: pool.name, text: `${asks} and ${holder.name} and ${target.name} are ${relation}` };
}

/** The same of eBPF's routes to workloads of other nodes, where they decide. */
function bpfContradiction(
  holder: Node,
  route: BpfRoute,
  { index, topology, targetOf }: RouteContext,
): { pool: string; text: string } | null {
  const { pool = null } = targetOf(route.dst) ?? {};
  const decision = bpfDecision({ bpfRoutes: [route] }, route.dst.split('/')[0] ?? '');
  if (pool === null || decision === null || !route.flags.includes('workload') || !isRouted(pool)) return null;
  const { tunnel, mode } = demandOf(pool);
  const asks = `${nameOfRange(topology.profile, pool)} asks for ${demandWords(pool)}`;
  if (decision.does === 'tunnel') {
    // without the flag vxlan it may be WireGuard's
    const isOther = tunnel !== 'vxlan' && decision.tunnel === 'vxlan';
    return isOther ? { pool: pool.name, text: asks } : null;
  }
  if (decision.does !== 'plain' || tunnel === null) return null;
  if (mode === 'Always') return { pool: pool.name, text: asks };
  const target = nodeBehind(route.nextHop ?? '', index);
  if (target === null || topology.nodes.length < 2) return null;
  const same = sameSubnet(topology.profile, holder, target, familyOf(pool));
  if (same !== false) return null;
  return { pool: pool.name, text: `${asks} and ${holder.name} and ${target.name} are in different subnets` };
}

/** The gateway must be the node that owns the block, as the objects say. */
function judgeTarget(
  holder: Node,
  route: GivenRoute & Pick<Route, 'via'>,
  { index, add, targetOf }: RouteContext,
): void {
  const target = route.via === null ? null : nodeBehind(route.via, index);
  const cidr = target === null ? undefined : targetOf(route.dst)?.cidr;
  const same = cidr === undefined ? undefined : index.blocks.enclosingCidr(cidr).at(-1);
  if (target === null || cidr === undefined || same?.cidr.prefixLength !== cidr.prefixLength) return;
  const stated = SOURCES.flatMap((source) =>
    same.values.filter((block) => block.source === source && block.node !== null),
  )[0];
  if (stated === undefined || stated.node === target.name) return;
  // A tunnel address may be borrowed: what is inferred from it is no proof.
  const inferred = stated.source === 'inferred';
  const whose = inferred
    ? `holds the tunnel address of ${stated.node}`
    : `belongs to ${stated.node} (${stated.source})`;
  const message = `${holder.name} routes ${route.dst} to ${target.name} ("${route.text}"), but the block ${whose}`;
  const subjects = [holder.name, target.name, stated.node ?? '', route.dst];
  add('route-owner-contradiction', inferred ? 'risk' : 'conflict', message, [route.ref, stated.ref], subjects);
}

/**
 * How much a table can lack. The kernel's own routes and a default route: an excerpt (`ip route | grep vxlan`) has neither, and lacks
 * nothing. A block that only a tunnel address suggests is missed where the CNI has made routes to others.
 */
function wholenessOf({ routes }: Node, targetOf: RouteContext['targetOf']): 'excerpt' | 'table' | 'full table' {
  const main = routes.filter(({ table, type }) => (table === null || table === 'main') && type !== 'local');
  const hasDefault = main.some(({ dst }) => dst.endsWith('/0'));
  const hasKernel = main.some(({ protocol }) => protocol === 'kernel');
  const isProgrammed = main.some(({ dst, via }) => via !== null && targetOf(dst)?.pool != null);
  if (hasDefault && hasKernel && isProgrammed) return 'full table';
  return hasDefault || hasKernel ? 'table' : 'excerpt';
}

/** Blocks of other nodes that a given routing table does not have. */
function judgeMissing(holder: Node, { index, add, targetOf, wanted }: RouteContext): void {
  const whole = wholenessOf(holder, targetOf);
  if (whole === 'excerpt' || wanted.length === 0) return;
  const covering = createPrefixTable<Route>();
  const starts = new Set<string>();
  for (const route of holder.routes) {
    const cidr = targetOf(route.dst)?.cidr;
    if (cidr === undefined) continue;
    covering.insert(cidr, route);
    // Clusters that route per pod (RouteSource WorkloadIPs) have single addresses only.
    for (const entry of index.blocks.enclosingCidr(cidr)) starts.add(formatCidr(entry.cidr));
  }
  const families = new Set(holder.routes.map((route) => (route.dst.includes(':') ? 6 : 4)));
  const missing = wanted
    .filter(({ block, cidr }) => block.node !== holder.name && families.has(cidr.family) && !starts.has(block.cidr))
    .filter(({ block }) => block.source !== 'inferred' || whole === 'full table')
    .filter(({ cidr }) => covering.enclosingCidr(cidr).length === 0)
    .map(({ block }) => block);
  if (missing.length === 0) return;
  const cidrs = [...new Set(missing.map((block) => `${block.cidr} (${block.node})`))];
  const message = `${holder.name} has no route to ${listNames(cidrs)}: packets there follow its default route`;
  const subjects = [holder.name, ...missing.flatMap((block) => [block.node ?? '', block.cidr])];
  add('route-missing', 'risk', message, [holder.routes[0]?.ref, missing[0]?.ref], subjects);
}
