// The `-j` JSON of ip and bridge (iproute2 6.1; keys: calico-facts 9.2). Each element says by its keys what it is; `text` becomes
// the line that the command would have printed without -j, so that findings can show it.
import { canonicalNetwork } from '../../../net/cidr.ts';
import { canonicalIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import type { Neighbour, NodeLink, Route } from '../../model.ts';
import { flagAt, type Located, listAt, textAt, textsAt, valueAt } from '../located.ts';
import { readNatElement } from '../nat/bpf-nat.ts';
import { readConntrackElement } from '../nat/conntrack-text.ts';
import type { TextFact } from '../stated-facts.ts';
import { addFdbLine } from '../text-fact.ts';
import { readBpfRouteElement } from './bpf-routes.ts';
import { readFeatureElement } from './ethtool-text.ts';
import { emptyLink } from './link-text.ts';
import { isUnicast } from './neigh-text.ts';

/** Reads one element into the section's facts. False when it is of no iproute2 command. */
export function readIproute2Element(element: Located, into: TextFact): boolean {
  const value = element.value;
  const has = (key: string): boolean => valueAt(value, key) !== undefined;
  const bpf = has('dest') ? readBpfRouteElement(element) : null;
  if (bpf !== null) {
    into.bpfRoutes ??= [];
    into.bpfRoutes.push(bpf);
  } else if (readTracked(element, into) || readNatElement(element, into.natServices)) return true;
  else if (readFeatureElement(element, into.features)) return true;
  else if (has('ifname') && has('ifindex')) readLink(element, into);
  else if (has('mac') && (has('ifname') || has('dst'))) readFdb(element, into);
  else if (has('dst') && (has('lladdr') || Array.isArray(valueAt(value, 'state')))) readNeighbour(element, into);
  else if (has('dst') && (has('dev') || has('gateway') || has('via') || has('nexthops') || has('type'))) {
    readRoute(element, into);
  } else if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) return false;
  return true;
}

/** A connection of eBPF's tracking. */
function readTracked(element: Located, into: TextFact): boolean {
  const tracked = readConntrackElement(element);
  if (tracked === undefined) return false;
  into.translations ??= [];
  if (tracked !== null) into.translations.push(tracked);
  return true;
}

function readLink(element: Located, into: TextFact): void {
  const value = element.value;
  const flags = textsAt(value, 'flags');
  const link = emptyLink(
    numberAt(value, 'ifindex') ?? 0,
    textAt(value, 'ifname') ?? '',
    flags.includes('UP'),
    element.ref(),
  );
  if (valueAt(value, 'link_netnsid') !== undefined) link.endsOutside = true;
  link.mac = canonicalMac(textAt(value, 'address') ?? '');
  link.mtu = numberAt(value, 'mtu');
  const type = textAt(value, 'link_type');
  link.kind = textAt(value, 'linkinfo', 'info_kind') ?? (type === 'ipip' ? 'ipip' : null);
  if (link.kind === 'vxlan') link.vxlan = readVxlan(valueAt(value, 'linkinfo', 'info_data'));
  const addresses = listAt(value, 'addr_info').map((entry) => ({
    address: canonicalIp(textAt(entry, 'local') ?? ''),
    prefixLength: numberAt(entry, 'prefixlen') ?? 0,
  }));
  link.addresses = addresses.filter((entry): entry is NodeLink['addresses'][number] => entry.address !== null);
  link.addressed = valueAt(value, 'addr_info') !== undefined;
  into.links.push(link);
  into.has.link ||= link.mtu !== null;
  into.has.addr ||= link.addressed;
}

function readVxlan(data: unknown): NodeLink['vxlan'] {
  return {
    id: numberAt(data, 'id'),
    local: canonicalIp(textAt(data, 'local') ?? textAt(data, 'local6') ?? ''),
    dev: textAt(data, 'link'),
    dstport: numberAt(data, 'port'),
    external: flagAt(data, 'external') === true,
    learning: flagAt(data, 'learning') !== false,
  };
}

function readRoute(element: Located, into: TextFact): void {
  const value = element.value;
  const hops = listAt(value, 'nexthops');
  const sources = hops.length > 0 ? hops : [value];
  into.has.route = true;
  for (const hop of sources) {
    const via = canonicalIp(textAt(hop, 'gateway') ?? textAt(hop, 'via', 'host') ?? '');
    const written = textAt(value, 'dst') ?? '';
    const v6Default = via?.includes(':') === true ? '::/0' : '0.0.0.0/0';
    const dst = written === 'default' ? v6Default : canonicalNetwork(written);
    if (dst === null) continue;
    const route: Omit<Route, 'text'> = {
      dst,
      via,
      dev: textAt(hop, 'dev') ?? textAt(value, 'dev'),
      type: textAt(value, 'type') ?? 'unicast',
      protocol: textAt(value, 'protocol'),
      src: canonicalIp(textAt(value, 'prefsrc') ?? ''),
      onlink: textsAt(hop, 'flags').includes('onlink') || textsAt(value, 'flags').includes('onlink'),
      mtu: numberAt(listAt(value, 'metrics')[0], 'mtu'),
      table: textAt(value, 'table'),
      ref: element.ref(),
    };
    into.routes.push({ ...route, text: routeText(route, written) });
  }
}

function readNeighbour(element: Located, into: TextFact): void {
  const value = element.value;
  const address = canonicalIp(textAt(value, 'dst') ?? '');
  into.has.neigh = true;
  if (address === null) return;
  const entry: Omit<Neighbour, 'text'> = {
    address,
    dev: textAt(value, 'dev'),
    mac: canonicalMac(textAt(value, 'lladdr') ?? ''),
    state: textsAt(value, 'state').join(' '),
    ref: element.ref(),
  };
  into.neighbours.push({
    ...entry,
    text: words([address, named('dev', entry.dev), named('lladdr', entry.mac), entry.state]),
  });
}

function readFdb(element: Located, into: TextFact): void {
  const value = element.value;
  const mac = canonicalMac(textAt(value, 'mac') ?? '');
  const dst = canonicalIp(textAt(value, 'dst') ?? '');
  into.has.fdb = true;
  if (mac === null) return;
  const dev = textAt(value, 'ifname');
  const flags = textsAt(value, 'flags').join(' ');
  const text = words([
    ...[
      mac,
      named('dev', dev),
      named('dst', dst),
      named('nhid', numberAt(value, 'nhid')),
      named('vlan', numberAt(value, 'vlan')),
    ],
    ...[named('master', textAt(value, 'master')), flags, textAt(value, 'state') ?? ''],
  ]);
  addFdbLine({ mac, dev, dst, text, ref: element.ref(), isUnicast: isUnicast(mac) }, into);
}

function routeText(route: Omit<Route, 'text'>, written: string): string {
  return words([
    route.type === 'unicast' ? '' : route.type,
    written,
    named('via', route.via),
    named('dev', route.dev),
    named('proto', route.protocol),
    named('src', route.src),
    route.onlink ? 'onlink' : '',
    named('mtu', route.mtu),
  ]);
}

function numberAt(value: unknown, key: string): number | null {
  const member = valueAt(value, key);
  return typeof member === 'number' && Number.isInteger(member) ? member : null;
}

function named(name: string, value: string | number | null): string {
  return value === null ? '' : `${name} ${value}`;
}

function words(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
