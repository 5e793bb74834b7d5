// How the sending node decided, as its own tables show it: pool, route, neighbour, FDB, device (calico-facts 3.2, 9.1).
// Modelled once: violations say with it which table is wrong, `explain` teaches with it.
import { parseCidr } from '../net/cidr.ts';
import { parseIp } from '../net/ip.ts';
import { createPrefixTable } from '../net/prefix-table.ts';
import type { FdbEntry, IPPool, Neighbour, Node, NodeLink, Route, Topology } from '../topology/model.ts';
import { poolEncapsulation } from './expected.ts';
import type { ChainStep, Expected } from './types.ts';

export interface ChainInput {
  topology: Topology;
  from: Node | null;
  to: Node | null;
  destination: string;
  pool: IPPool | null;
  expected: Expected;
  /** What the packet had; nulls when it was plain or is only predicted. */
  seen: { outerDst: string | null; innerDstMac: string | null; vni: number | null };
}

type Step = Pick<ChainStep, 'text' | 'ref' | 'status' | 'note'>;

export function chainOf(input: ChainInput): ChainStep[] {
  const route = findRoute(input);
  const neighbour = findNeighbour(input, route);
  const fdb = findFdb(input, neighbour);
  // a route that goes past the tunnel device makes the tables behind it irrelevant
  const tunnelled = route === null || input.from === null || isTunnelDevice(input.from, route.dev);
  return [
    { table: 'pool', ...poolStep(input), field: null, bytes: null },
    { table: 'route', ...routeStep(input, route), field: null, bytes: null },
    { table: 'neighbour', ...neighbourStep(input, route, neighbour), field: 'eth.dst', bytes: null },
    { table: 'fdb', ...(tunnelled ? fdbStep(input, neighbour, fdb) : notGiven()), field: 'ip.dst', bytes: null },
    { table: 'device', ...deviceStep(input), field: 'vxlan.vni', bytes: null },
  ].filter(
    (step) => input.expected.encapsulation === 'vxlan' || step.table === 'pool' || step.table === 'route',
  ) as ChainStep[];
}

function notGiven(): Step {
  return { text: null, ref: null, status: 'unknown', note: null };
}

function poolStep({ pool }: ChainInput): Step {
  if (pool === null) return notGiven();
  const { encapsulation, mode } = poolEncapsulation(pool);
  const key = encapsulation === 'ipip' ? 'ipipMode' : 'vxlanMode';
  return { text: `${pool.cidr} has ${key} ${mode}`, ref: pool.modeRef, status: 'ok', note: null };
}

/** The route the sender's table has for the destination: the longest prefix. */
export function findRoute({ from, destination }: Pick<ChainInput, 'from' | 'destination'>): Route | null {
  const ip = parseIp(destination);
  if (from === null || ip === null) return null;
  const table = createPrefixTable<Route>();
  for (const route of from.routes) {
    const cidr = parseCidr(route.dst);
    if (cidr !== null) table.insert(cidr, route);
  }
  return table.longest(ip)?.values[0] ?? null;
}

function tunnelAddressOf(node: Node | null, address: string): string | null {
  const kind = parseIp(address)?.family === 6 ? 'vxlan-v6' : 'vxlan';
  return node?.tunnels[kind]?.value ?? null;
}

function isTunnelDevice(from: Node, dev: string | null): boolean {
  return (
    dev !== null &&
    (/^(vxlan|tunl|wireguard|wg-v6)/.test(dev) || from.links.some((l) => l.name === dev && l.vxlan !== null))
  );
}

function routeStep(input: ChainInput, route: Route | null): Step {
  const { from, to, expected, destination } = input;
  if (from === null || !from.has.route) return notGiven();
  if (route === null)
    return { text: null, ref: null, status: 'missing', note: `no route for ${destination} on ${from.name}` };
  const base = { text: route.text, ref: route.ref };
  const tunnelled =
    expected.encapsulation === 'vxlan' || expected.encapsulation === 'ipip' || expected.encapsulation === 'wireguard';
  if (tunnelled && !isTunnelDevice(from, route.dev)) {
    const wanted = tunnelAddressOf(to, destination);
    return {
      ...base,
      status: 'wrong',
      note: `sends it plain; should go through the tunnel device${wanted === null ? '' : ` via ${wanted}`}`,
    };
  }
  if (expected.encapsulation === 'none' && isTunnelDevice(from, route.dev)) {
    return { ...base, status: 'wrong', note: 'sends it into the tunnel; should go plain' };
  }
  const wanted = expected.encapsulation === 'vxlan' ? tunnelAddressOf(to, destination) : null;
  if (wanted !== null && route.via !== null && route.via !== wanted)
    return { ...base, status: 'wrong', note: `should go via ${wanted}` };
  return { ...base, status: 'ok', note: null };
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
  const { from, to, topology } = input;
  if (from === null || !from.has.neigh || route === null || !isTunnelDevice(from, route.dev)) return notGiven();
  if (neighbour?.mac == null) {
    return {
      text: neighbour?.text ?? null,
      ref: neighbour?.ref ?? null,
      status: 'missing',
      note: `no MAC for ${route.via} on ${route.dev}`,
    };
  }
  const base = { text: neighbour.text, ref: neighbour.ref };
  const owner = topology.nodeByVtepMac(neighbour.mac)?.node ?? null;
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

function deviceStep({ from, seen }: ChainInput): Step {
  const device: NodeLink | undefined = from?.links.find((l) => l.vxlan !== null);
  if (device?.vxlan == null) return notGiven();
  const { id, local, dstport } = device.vxlan;
  const text = `${device.name} id ${id ?? '?'} local ${local ?? '?'} dstport ${dstport ?? '?'}`;
  const differs = seen.vni !== null && id !== null && id !== 0 && id !== seen.vni;
  return {
    text,
    ref: device.ref,
    status: differs ? 'wrong' : 'ok',
    note: differs ? `the packet had VNI ${seen.vni}` : null,
  };
}
