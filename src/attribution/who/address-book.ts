// Addresses -> owners, asked of the topology once each; addresses repeat in every flow.
import type { Node, Owner, Topology } from '../../topology/model.ts';
import { type LanHost, ownerBeyondPool } from './lan-hosts.ts';

/** First and last time of all captures, epoch seconds. */
export interface TimeWindow {
  first: number;
  last: number;
}

export interface AddressBook {
  /** @param time of the packets that are asked about, where the address may have changed hands; else all of the captures. */
  ownerOf(address: string, time?: TimeWindow | null): Owner;
  /** The node that has this as its own address (never a tunnel address). */
  nodeOf(address: string): Node | null;
}

const NO_SNAPSHOT: Omit<Owner, 'address'> = {
  kind: 'unknown',
  namespace: null,
  pod: null,
  node: null,
  nodeSource: null,
  tunnelKind: null,
  pool: null,
  candidates: [],
  evidence: [],
};

/**
 * @param topology null without a snapshot: every owner is then unknown.
 * @param hosts of the nodes' networks, as ARP shows them
 */
export function addressBook(
  topology: Topology | null,
  window: TimeWindow | null,
  hosts: ReadonlyMap<string, LanHost> = new Map(),
): AddressBook {
  const owners = new Map<string, Owner>();
  const nodes = new Map<string, Node | null>();
  return {
    ownerOf(address, time = null) {
      if (topology !== null && time !== null) return topology.lookup(address, time);
      let owner = owners.get(address);
      if (owner === undefined) {
        owner =
          topology === null
            ? { address, ...NO_SNAPSHOT }
            : ownerBeyondPool(topology.lookup(address, window ?? undefined), topology, hosts);
        owners.set(address, owner);
      }
      return owner;
    },
    nodeOf(address) {
      let node = nodes.get(address);
      if (node === undefined) {
        node = topology?.nodeByAddress(address) ?? null;
        nodes.set(address, node);
      }
      return node;
    },
  };
}
