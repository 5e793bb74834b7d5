// The host side of a pod's veth by what its node's own tables have: the name that the CNI plugin computes is what is left where
// they were not given. It differs where prefixes are configured, or a pod kept its interface under another name.
import { useOfDeviceName } from '../../cluster/device.ts';
import { formatCidr, hostCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { Node, Pod } from '../model.ts';

/** The pods, with written names of veths in place of computed ones. */
export function nameVeths(pods: readonly Pod[], nodes: readonly Node[]): Pod[] {
  const seen = new Map(nodes.map((node) => [node.name, vethsOf(node)]));
  return pods.map((pod) => {
    if (pod.hostInterface?.computed !== true || pod.finished || pod.hostNetwork) return pod;
    const node = seen.get(pod.nodeName ?? '');
    if (node === undefined) return pod;
    const routed = pod.addresses.map((address) => node.byAddress.get(address)).find((name) => name !== undefined);
    const name = routed ?? (node.names.has(pod.hostInterface.name) ? pod.hostInterface.name : null);
    return name === null ? pod : { ...pod, hostInterface: { name, computed: false } };
  });
}

interface Veths {
  byAddress: ReadonlyMap<string, string>;
  names: ReadonlySet<string>;
}

/** Routes to single addresses count before neighbours, which may be old. */
function vethsOf({ links, routes, neighbours }: Node): Veths {
  const byAddress = new Map<string, string>();
  const add = (address: string | null, dev: string | null): void => {
    const isVeth = address !== null && dev !== null && useOfDeviceName(dev) === 'workload';
    if (isVeth && !byAddress.has(address)) byAddress.set(address, dev);
  };
  for (const { dst, dev, via } of routes) if (via === null) add(hostOf(dst), dev);
  for (const { address, dev, mac } of neighbours) if (mac !== null) add(address, dev);
  return { byAddress, names: new Set(links.map(({ name }) => name)) };
}

function hostOf(dst: string): string | null {
  const host = dst.split('/')[0] ?? '';
  const ip = parseIp(host);
  return ip !== null && formatCidr(hostCidr(ip)) === dst ? host : null;
}
