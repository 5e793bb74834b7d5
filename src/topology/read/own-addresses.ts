// The addresses of the machine that iproute2 texts were taken on, by the texts themselves.
import { useOfDeviceName } from '../../cluster/device.ts';
import type { NodeAddress } from '../model.ts';
import type { TextFact } from './stated-facts.ts';

/** Addresses of the node itself: never those of pods, tunnels, bridges or loopback. */
export function ownAddresses(text: Pick<TextFact, 'links' | 'routes'>): NodeAddress[] {
  const found: NodeAddress[] = [];
  for (const link of text.links) {
    if (link.vxlan?.local != null) {
      found.push({ address: link.vxlan.local, prefixLength: null, source: 'ip link', ref: link.ref });
    }
    if (useOfDeviceName(link.name) !== 'nic' || /^(vxlan|wireguard|ipip)$/.test(link.kind ?? '')) continue;
    for (const { address, prefixLength } of link.addresses) {
      if (!isLinkLocal(address)) found.push({ address, prefixLength, source: 'ip addr', ref: link.ref });
    }
  }
  for (const route of text.routes) {
    const kernel = route.protocol === 'kernel' || route.protocol === 'dhcp' || route.dst.endsWith('/0');
    if (
      route.type !== 'unicast' ||
      route.src === null ||
      !kernel ||
      useOfDeviceName(route.dev ?? '') !== 'nic' ||
      isLinkLocal(route.src)
    )
      continue;
    const prefixLength = route.protocol === 'kernel' ? Number(route.dst.split('/')[1]) : null;
    found.push({ address: route.src, prefixLength, source: 'ip route', ref: route.ref });
  }
  return found;
}

/** Two tables in one: the kernel has one address of its own for a subnet on a device. */
export function isOfTwo({ routes }: Pick<TextFact, 'routes'>): boolean {
  const sources = new Map<string, string>();
  return routes.some(({ protocol, dst, dev, src, table }) => {
    if (protocol !== 'kernel' || src === null) return false;
    const key = `${table} ${dst} ${dev}`;
    const known = sources.get(key);
    sources.set(key, src);
    return known !== undefined && known !== src;
  });
}

/** Loopback's and those that a link makes up: they tell no machine from another. */
export function isLinkLocal(address: string): boolean {
  return /^(127\.|169\.254\.|fe[89ab]|::1$)/.test(address);
}
