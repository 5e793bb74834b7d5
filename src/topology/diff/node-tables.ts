// Tables of one node as things to compare: by what an entry is about, without what changes by itself (states, counters).
import { useOfDeviceName } from '../../cluster/device.ts';
import type { Node } from '../model.ts';
import type { Entries, Entry } from './entries.ts';

/** Devices of pods come and go with them. */
export function linkEntries({ links }: Node): Entries {
  return new Map(
    links
      .filter(({ name }) => useOfDeviceName(name) !== 'workload')
      .map(({ name, mac, mtu, up, vxlan, addresses, addressed, ref }): [string, Entry] => [
        name,
        {
          ref,
          fields: {
            MTU: mtu === null ? null : String(mtu),
            MAC: mac,
            up: String(up),
            addresses: addressed ? addressesText(addresses) : null,
            VNI: textOf(vxlan?.id),
            'UDP port': textOf(vxlan?.dstport),
            local: vxlan?.local ?? null,
          },
        },
      ]),
  );
}

/** The kernel's own of an address (`local`, `broadcast`) follow the addresses. */
export function routeEntries({ routes }: Node): Entries {
  return new Map(
    routes
      .filter(({ type, table }) => type !== 'local' && type !== 'broadcast' && table !== 'local')
      .map(({ dst, via, dev, type, mtu, src, table, ref }): [string, Entry] => [
        `${dst}${table === null ? '' : ` table ${table}`}`,
        { ref, fields: { via, dev, type, src, MTU: textOf(mtu) } },
      ]),
  );
}

/** Of tunnels, and of what routes lead to: other neighbours come and go. */
export function neighbourEntries({ neighbours, routes }: Node): Entries {
  const gateways = new Set(routes.map(({ via }) => via));
  return new Map(
    neighbours
      .filter(({ address, dev }) => useOfDeviceName(dev ?? '') === 'tunnel' || gateways.has(address))
      .map(({ address, dev, mac, ref }): [string, Entry] => [
        `${address} ${dev ?? ''}`.trim(),
        { ref, fields: { MAC: mac } },
      ]),
  );
}

/** Of a device whose addresses were asked for; without any it has none. */
function addressesText(addresses: Node['links'][number]['addresses']): string {
  const texts = addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`);
  return texts.length === 0 ? 'none' : texts.toSorted().join(', ');
}

function textOf(value: number | null | undefined): string | null {
  return value == null ? null : String(value);
}
