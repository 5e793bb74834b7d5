// Route gateway (tunnel address) -> neighbour (MAC) -> FDB (node address): the remote VTEPs as one node's tables have them. Tells
// about nodes whose tunnel address no object states, and makes nodes of peers when there are no Node objects at all.
import { type Profile, type TunnelKind, vxlanDevice } from '../../cluster/profile.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { FdbEntry, Neighbour } from '../model.ts';
import { addAddresses } from './add-addresses.ts';
import { type OpenNode, openUndescribed } from './merge-nodes.ts';
import { uniteNodes } from './unite-nodes.ts';

/** One remote VTEP in a node's tables. */
export interface TableVtep {
  kind: TunnelKind;
  tunnelAddress: string;
  mac: string;
  /** `dst` of the FDB entry for `mac`; null when the table has none, or was not given. */
  nodeAddress: string | null;
  neighbour: Neighbour;
  fdb: FdbEntry | null;
}

/** The VTEPs in the tables of one node, in order of its neighbours. */
export function vtepsInTables(node: Pick<OpenNode, 'neighbours' | 'fdb'>, profile: Profile): TableVtep[] {
  const byMac = new Map(node.fdb.map((entry) => [`${entry.dev ?? vxlanDevice(profile, 4)} ${entry.mac}`, entry]));
  return node.neighbours.flatMap((neighbour) => {
    const dev = neighbour.dev ?? '';
    const kind = profile.tunnelKindOf(dev);
    if (kind === null || neighbour.mac === null) return [];
    const fdb = byMac.get(`${dev} ${neighbour.mac}`) ?? null;
    const { address: tunnelAddress, mac } = neighbour;
    return [{ kind, tunnelAddress, mac, nodeAddress: fdb?.dst ?? null, neighbour, fdb }];
  });
}

/** Completes nodes that no Node object describes by what other nodes' tables say about them. */
export function joinVteps(nodes: OpenNode[], profile: Profile): void {
  uniteByTables(nodes, profile);
  const described = nodes.some((node) => node.whole || node.annotated);
  const byAddress = new Map<string, OpenNode>();
  for (const node of nodes.toReversed()) for (const { address } of node.addresses) byAddress.set(address, node);
  for (const holder of [...nodes]) {
    for (const vtep of vtepsInTables(holder, profile)) {
      if (vtep.nodeAddress === null || vtep.fdb === null) continue;
      const known = byAddress.get(vtep.nodeAddress);
      const peer = known ?? (described ? null : peerBehind(vtep.nodeAddress, vtep.fdb, profile));
      if (peer !== null && known === undefined) {
        nodes.push(peer);
        byAddress.set(vtep.nodeAddress, peer);
      }
      if (peer === null || peer.annotated || peer.tunnels[vtep.kind] !== undefined) continue;
      peer.tunnels = { ...peer.tunnels, [vtep.kind]: { value: vtep.tunnelAddress, ref: vtep.neighbour.ref } };
    }
  }
}

/** A node of which an excerpt shows the tunnel address only has the address that other nodes' tables lead that tunnel to. */
function uniteByTables(nodes: OpenNode[], profile: Profile): void {
  const bareNodes = nodes.filter(({ named, addresses }) => !named && addresses.length === 0);
  if (bareNodes.length === 0) return;
  const byTunnel = new Map<string, { holder: OpenNode; vtep: TableVtep }[]>();
  for (const holder of nodes)
    for (const vtep of vtepsInTables(holder, profile))
      if (vtep.nodeAddress !== null) addUnder(byTunnel, vtep.tunnelAddress, { holder, vtep });
  for (const bare of bareNodes) {
    const own = new Set(Object.values(bare.tunnels).map(({ value }) => value));
    const behind = [...own]
      .flatMap((address) => byTunnel.get(address) ?? [])
      .filter(({ holder }) => holder !== bare)
      .map(({ vtep }) => vtep);
    const [vtep, ...others] = behind;
    if (vtep?.fdb == null || others.some(({ nodeAddress }) => nodeAddress !== vtep.nodeAddress)) continue;
    const address = vtep.fdb.dst;
    const known = nodes.find((node) => node !== bare && node.addresses.some((one) => one.address === address));
    if (known === undefined) {
      addAddresses(bare, [{ address, prefixLength: null, source: 'bridge fdb', ref: vtep.fdb.ref }], profile);
      bare.name = address;
    } else if (Object.keys(known.tunnels).length === 0) {
      uniteNodes(known, bare, profile);
      nodes.splice(nodes.indexOf(bare), 1);
    }
  }
}

function peerBehind(address: string, { ref }: FdbEntry, profile: Profile): OpenNode {
  return openUndescribed(null, { address, prefixLength: null, source: 'bridge fdb', ref }, profile);
}
