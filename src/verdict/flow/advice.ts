// What would settle an open question: the line that captures, on the right node and interface.
import { baseName } from '../../attribution/points/points-input.ts';
import { captureCommand } from '../../cluster/show-commands.ts';
import type { Node } from '../../topology/model.ts';

/** The NIC of a node, as its iproute2 texts tell it; null when they do not. */
export function nicOf(node: Node): string | null {
  const vxlan = node.links.find((l) => l.vxlan?.dev != null);
  if (vxlan?.vxlan?.dev != null) return vxlan.vxlan.dev;
  const route = node.routes.find((r) => r.dst === '0.0.0.0/0' || r.dst === '::/0');
  if (route?.dev != null) return route.dev;
  const own = new Set(node.addresses.map((a) => a.address));
  return node.routes.find((r) => r.src !== null && own.has(r.src))?.dev ?? null;
}

/** The line to run on a node's NIC: no filter, headers only. */
export function captureNic(node: Node | null): string {
  const nic = (node === null ? null : nicOf(node)) ?? '<NIC>';
  const name = node?.name ?? '<node>';
  return captureCommand(name, nic);
}

/** For a capture whose place is not known: say it, or take it again where it is. */
export function nameThePlace(path: string, node: Node | null): string {
  return `overlens ... --at ${baseName(path)}=${node?.name ?? '<node>'}:${(node === null ? null : nicOf(node)) ?? '<interface>'}`;
}
