// How the sending node decided, as its own tables show it: pool, route, neighbour, FDB, device (calico-facts 3.2, 9.1).
// Modelled once: violations say with it which table is wrong, `explain` teaches with it.

import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
import type { BpfDecision } from '../../topology/ask/bpf-decision.ts';
import { modeWords } from '../../topology/ask/mode-words.ts';
import type { FdbEntry, Neighbour, Node, NodeLink, Route } from '../../topology/model.ts';
import type { ChainStep } from '../vocabulary.ts';
import { bpfOf, bpfStep } from './chain-bpf.ts';
import { type ChainInput, notGiven, type Step } from './chain-input.ts';
import { leadsIntoTunnel, routeStep } from './chain-route.ts';
import { findRoute } from './find-route.ts';

export function chainOf(input: ChainInput): ChainStep[] {
  const bpf = bpfOf(input);
  const route = findRoute(input);
  const neighbour = findNeighbour(input, route);
  const fdb = findFdb(input, neighbour);
  // the tables behind a route that leads to another node are right if they lead there too
  const astray = nodeAstray(input, route);
  const led = astray === null ? input : { ...input, to: astray };
  const neighbourly = neighbourStep(led, route, neighbour);
  // and so is an FDB entry behind a neighbour entry with another node's MAC
  const mistaken = neighbourly.status === 'wrong' ? ownerOf(input, neighbour) : null;
  // a route that goes past the tunnel device makes the tables behind it irrelevant
  const tunnelled = route === null || input.from === null || leadsIntoTunnel(input.from, route.dev);
  // a device that takes its keys from eBPF asks neither table
  const asks = bpf === null || hasTables(input);
  return [
    { table: 'pool', ...poolStep(input), field: null, bytes: null },
    bpf === null
      ? { table: 'route', ...routeStep(input, route), field: null, bytes: null }
      : { table: 'route', ...bpfStep(input, bpf), field: bpfField(bpf), bytes: null, by: 'eBPF' },
    {
      table: 'neighbour',
      ...(asks ? behind(astray, 'route', neighbourly) : notGiven()),
      field: 'eth.dst',
      bytes: null,
    },
    {
      table: 'fdb',
      ...(asks && tunnelled
        ? behind(
            mistaken ?? astray,
            mistaken === null ? 'route' : 'neighbour entry',
            fdbStep({ ...led, to: mistaken ?? led.to }, neighbour, fdb),
          )
        : notGiven()),
      field: 'ip.dst',
      bytes: null,
    },
    { table: 'device', ...deviceStep(input), field: 'vxlan.vni', bytes: null },
  ].filter(
    (step) => input.expected.encapsulation === 'vxlan' || step.table === 'pool' || step.table === 'route',
  ) as ChainStep[];
}

/** The next hop of a tunnelled packet is its outer destination. */
function bpfField({ does, route }: BpfDecision): string | null {
  return does === 'tunnel' && route.nextHop !== null ? 'ip.dst' : null;
}

/** The kernel's own VXLAN, as before Calico 3.31. */
function hasTables({ from, destination, topology }: ChainInput): boolean {
  return findDevice(from, destination, topology.profile)?.vxlan?.external === false;
}

/** The node whose tunnel address the route has as its gateway, where that is not the destination's. */
function nodeAstray({ topology, to }: ChainInput, route: Route | null): Node | null {
  const { via = null } = route ?? {};
  if (via === null || to === null) return null;
  const node = topology.nodes.find((one) => Object.values(one.tunnels).some((tunnel) => tunnel.value === via)) ?? null;
  return node === to ? null : node;
}

function behind(astray: Node | null, table: string, step: Step): Step {
  return astray !== null && step.status === 'ok' ? { ...step, note: `follows from the ${table}` } : step;
}

/** The node whose VTEP has the MAC of a neighbour entry. */
function ownerOf({ topology }: ChainInput, neighbour: Neighbour | null): Node | null {
  return neighbour?.mac == null ? null : (topology.nodeByVtepMac(neighbour.mac)?.node ?? null);
}

function poolStep({ pool }: ChainInput): Step {
  if (pool === null) return notGiven();
  return { text: `${pool.cidr} has ${modeWords(pool)}`, ref: pool.modeRef, status: 'ok', note: null };
}

function findNeighbour({ from, destination }: ChainInput, route: Route | null): Neighbour | null {
  const gateway = route?.via ?? (route === null ? null : destination);
  return (
    from?.neighbours.find(
      (n) => n.address === gateway && (route?.dev === null || n.dev === null || n.dev === route?.dev),
    ) ?? null
  );
}

function neighbourStep(input: ChainInput, route: Route | null, neighbour: Neighbour | null): Step {
  const { from, to } = input;
  if (from === null || !from.has.neigh || route === null || !leadsIntoTunnel(from, route.dev)) return notGiven();
  if (neighbour?.mac == null) {
    return {
      text: neighbour?.text ?? null,
      ref: neighbour?.ref ?? null,
      status: 'missing',
      note: `no MAC for ${route.via} on ${route.dev}`,
    };
  }
  const base = { text: neighbour.text, ref: neighbour.ref };
  const owner = ownerOf(input, neighbour);
  const written = to?.vtepMac?.value ?? null;
  if (written !== null && written !== neighbour.mac)
    return { ...base, status: 'wrong', note: `${to?.name}'s VTEP MAC is ${written}` };
  if (owner !== null && to !== null && owner !== to)
    return { ...base, status: 'wrong', note: `that MAC is ${owner.name}'s` };
  return { ...base, status: 'ok', note: null };
}

function findFdb({ from, seen }: ChainInput, neighbour: Neighbour | null): FdbEntry | null {
  const mac = neighbour?.mac ?? seen.innerDstMac;
  return from?.fdb.find((f) => f.mac === mac) ?? null;
}

function fdbStep(input: ChainInput, neighbour: Neighbour | null, fdb: FdbEntry | null): Step {
  const { from, to, topology, seen } = input;
  if (from === null || !from.has.fdb) return fdbFromPacket(input);
  const mac = neighbour?.mac ?? seen.innerDstMac;
  if (fdb === null)
    return {
      text: null,
      ref: null,
      status: 'missing',
      note: mac === null ? null : `no entry for ${mac} on ${from.name}`,
    };
  const base = { text: fdb.text, ref: fdb.ref };
  const node = topology.nodeByAddress(fdb.dst);
  if (to !== null && node !== to) {
    const wanted = to.bgpIPv4?.address ?? to.addresses[0]?.address ?? to.name;
    return { ...base, status: 'wrong', note: `${fdb.dst} is ${node?.name ?? 'no node'}; ${to.name} is ${wanted}` };
  }
  return { ...base, status: 'ok', note: null };
}

/** Without the FDB text the packet itself tells: the right inner MAC at the wrong outer address points at the FDB. */
function fdbFromPacket({ to, topology, seen }: ChainInput): Step {
  if (to === null || seen.innerDstMac === null || seen.outerDst === null) return notGiven();
  const macOwner = topology.nodeByVtepMac(seen.innerDstMac)?.node ?? null;
  const outerOwner = topology.nodeByAddress(seen.outerDst);
  if (macOwner !== to || outerOwner === to) return notGiven();
  return {
    text: null,
    ref: null,
    status: 'wrong',
    note: `the inner MAC ${seen.innerDstMac} is ${to.name}'s, the outer address ${seen.outerDst} is not: the FDB entry is stale`,
  };
}

/** The CNI's device of the destination's family; another name only where it is the one VXLAN device there is. */
function findDevice(from: Node | null, destination: string, profile: Profile): NodeLink | null {
  const devices = from?.links.filter((l) => l.vxlan !== null) ?? [];
  const wanted = vxlanDevice(profile, destination.includes(':') ? 6 : 4);
  return devices.find((l) => l.name === wanted) ?? (devices.length === 1 ? (devices[0] ?? null) : null);
}

function deviceStep({ topology, from, seen, destination }: ChainInput): Step {
  const device = findDevice(from, destination, topology.profile);
  if (from === null || device?.vxlan == null) return notGiven();
  const { id, local, dstport } = device.vxlan;
  const text = `${device.name} id ${id ?? '?'} local ${local ?? '?'} dstport ${dstport ?? '?'}`;
  const base = { text, ref: device.ref };
  if (seen.vni !== null && id !== null && id !== 0 && id !== seen.vni)
    return { ...base, status: 'wrong', note: `the packet had VNI ${seen.vni}` };
  const own = local?.includes(':') ? from.bgpIPv6 : from.bgpIPv4;
  if (topology.profile.sendsFromAddress && local !== null && own !== null && local !== own.address)
    return { ...base, status: 'wrong', note: `${from.name}'s address is ${own.address}` };
  return { ...base, status: 'ok', note: null };
}
