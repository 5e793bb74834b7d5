// Tunnel addresses against blocks and pools: a node's tunnel address comes from one of its own blocks unless it was borrowed. Older
// releases have no route to a borrowed one but the block's, which leads to the block's node (calico-facts 3.5).
import type { TunnelKind } from '../../cluster/profile.ts';
import { enclosingNetwork, formatCidr, parseCidrOrIp } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { addUnder } from '../../net/multi-map.ts';
import { poolOf } from '../ask/lookup.ts';
import { nodeBehind } from '../ask/opinions.ts';
import type { Node, Route, Sourced, SourceRef } from '../model.ts';
import { listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';

export function judgeTunnelAddresses(context: JudgeContext): void {
  judgeSharedBlocks(context);
  for (const node of context.topology.nodes) {
    for (const [kind, tunnel] of Object.entries(node.tunnels) as [TunnelKind, Sourced<string>][])
      judgePlace(node, kind, tunnel, context);
  }
}

interface Borrower {
  node: Node;
  address: string;
  ref: SourceRef;
}

/**
 * Two nodes' tunnel addresses in one block: a block has one node, so the other has borrowed its address. Where no block is given that
 * says whose, the block size does.
 */
function judgeSharedBlocks(context: JudgeContext): void {
  const { topology, index, add } = context;
  const holders = new Map<string, Borrower[]>();
  for (const node of topology.nodes) {
    for (const { value, ref } of Object.values(node.tunnels)) {
      const [ip, pool] = [parseIp(value), poolOf(value, index)];
      const isStated =
        ip === null || index.blocks.enclosing(ip).some((e) => e.values.some((b) => b.source !== 'inferred'));
      const block = ip === null || isStated || pool === null ? null : enclosingNetwork(ip, pool.blockSize);
      if (block === null) continue;
      const text = formatCidr(block);
      addUnder(holders, text, { node, address: value, ref });
    }
  }
  for (const [block, found] of holders) {
    const names = [...new Set(found.map(({ node }) => node.name))];
    if (names.length < 2 || found.every((one) => isRoutedByItself(one, context))) continue;
    const told = found.map(({ node, address }) => `${node.name}'s ${address}`);
    const caught = found.map((one) => catchOf(one, context)).find((one) => one !== null) ?? null;
    const message = `the tunnel addresses ${listNames(told)} are in one block, ${block}: one node has it, the others borrow from it${caught?.text ?? ''}`;
    const subjects = [...names, ...found.map(({ address }) => address)];
    const refs = [...found.map(({ ref }) => ref).slice(0, 6), caught?.route.ref];
    add('tunnel-address-borrowed', 'risk', message, refs, subjects);
  }
}

/** A tunnel address outside its node's blocks is borrowed or left over; outside every pool it is left over for certain. */
function judgePlace(node: Node, kind: TunnelKind, tunnel: Sourced<string>, context: JudgeContext): void {
  const { topology, index, add } = context;
  const subjects = [node.name, tunnel.value];
  if (topology.poolsComplete && poolOf(tunnel.value, index) === null) {
    const message = `${node.name}'s ${kind} tunnel address ${tunnel.value} is in no ${topology.profile.range.kind}`;
    add('tunnel-outside-pools', 'risk', message, [tunnel.ref], subjects);
    return;
  }
  const ip = parseIp(tunnel.value);
  const blocks = ip === null ? [] : index.blocks.enclosing(ip).flatMap((entry) => entry.values);
  const around = blocks.find((block) => block.source !== 'inferred');
  if (around === undefined || around.node === node.name) return;
  const borrower = { node, address: tunnel.value, ref: tunnel.ref };
  const whose = around.node === null ? 'a block without affinity' : `${around.node}'s block`;
  const place = `${node.name}'s ${kind} tunnel address ${tunnel.value} is in ${whose} ${around.cidr}`;
  if (around.node === null) {
    add('tunnel-outside-blocks', 'risk', `${place}: borrowed, or left over`, [tunnel.ref, around.ref], subjects);
  } else if (!isRoutedByItself(borrower, context)) {
    const caught = catchOf(borrower, context);
    const message = `${place}: borrowed, or left over${caught?.text ?? ''}`;
    add(
      'tunnel-address-borrowed',
      'risk',
      message,
      [tunnel.ref, around.ref, caught?.route.ref],
      [...subjects, around.node],
    );
  }
}

/** Every table that was given leads to the address by a route of its own, as Calico has them since 3.30. */
function isRoutedByItself({ node, address }: Borrower, { topology }: JudgeContext): boolean {
  const others = topology.nodes.filter((other) => other !== node && other.has.route);
  return others.length > 0 && others.every((other) => other.routes.some((route) => isRouteTo(route, address)));
}

function isRouteTo({ dst, type }: Route, address: string): boolean {
  const [host, prefix] = dst.split('/');
  return type === 'unicast' && host === address && prefix === (address.includes(':') ? '128' : '32');
}

/** A given route that takes packets for the address to another node. */
function catchOf(
  { node, address }: Borrower,
  { topology, index }: JudgeContext,
): { route: Route; text: string } | null {
  const ip = parseIp(address);
  if (ip === null) return null;
  for (const holder of topology.nodes) {
    if (holder === node || holder.routes.some((route) => isRouteTo(route, address))) continue;
    const route = holder.routes.find(({ dst, via }) => {
      const cidr = parseCidrOrIp(dst);
      if (cidr === null || cidr.prefixLength === 0 || via === null || via === address) return false;
      return formatCidr(enclosingNetwork(ip, cidr.prefixLength)) === formatCidr(cidr);
    });
    const target = route?.via == null ? null : nodeBehind(route.via, index);
    if (route === undefined || target === null || target === node) continue;
    return { route, text: `; ${holder.name} sends packets for ${address} to ${target.name} ("${route.text}")` };
  }
  return null;
}
