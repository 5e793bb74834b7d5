// Nodes while their facts are merged, by name and by address: a fact finds its node without looking at all of them, of which there may be
// thousands.
import type { Node } from '../model.ts';

type Known = Pick<Node, 'name' | 'addresses' | 'tunnels'>;

export class MergingNodes<One extends Known> {
  /** In order of first appearance. */
  readonly nodes: One[] = [];
  readonly #named = new Map<string, One>();
  readonly #places = new Map<One, number>();
  readonly #byAddress = new Map<string, Set<One>>();
  readonly #byTunnel = new Map<string, Set<One>>();

  add(node: One): void {
    this.#places.set(node, this.nodes.push(node) - 1);
    if (!this.#named.has(node.name)) this.#named.set(node.name, node);
    this.note(node, node.addresses);
  }

  /** To be told of each node that got more addresses, and which they may be; it loses none. */
  note(node: One, addresses: Known['addresses']): void {
    for (const { address } of addresses)
      if (node.addresses.some((one) => one.address === address)) addTo(this.#byAddress, address, node);
    for (const { value } of Object.values(node.tunnels)) addTo(this.#byTunnel, value, node);
  }

  /** The first node of exactly this name. */
  named(name: string): One | null {
    return this.#named.get(name) ?? null;
  }

  /** Nodes that have one of the addresses, or of the tunnel addresses, in their order. */
  sharing(addresses: Iterable<string>, tunnels: Iterable<string>): One[] {
    const found = new Set<One>();
    for (const address of addresses) for (const node of this.#byAddress.get(address) ?? []) found.add(node);
    for (const address of tunnels) for (const node of this.#byTunnel.get(address) ?? []) found.add(node);
    return [...found].sort((a, b) => (this.#places.get(a) ?? 0) - (this.#places.get(b) ?? 0));
  }
}

function addTo<One>(nodes: Map<string, Set<One>>, address: string, node: One): void {
  const there = nodes.get(address);
  if (there === undefined) nodes.set(address, new Set([node]));
  else there.add(node);
}
