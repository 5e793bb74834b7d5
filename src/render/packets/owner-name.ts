// What an address is called in a line: the pod, the node, or the address itself with what is known of it.
import { knownName, namedOwner } from '../../attribution/who/end-name.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { vxlanDevice } from '../../cluster/profile.ts';
import type { Owner, Topology } from '../../topology/model.ts';
import { createNameFitter, type NameFitter } from '../text/endpoint-names.ts';

/** Names of addresses by a snapshot; node names without the domain that all share. Null: the address is all there is. */
export function ownerNames(topology: Topology, lookup: (address: string) => Owner): (address: string) => string | null {
  const fitter = createNameFitter(topology.nodes.filter((node) => node.named).map((node) => node.name));
  return (address) => ownerName(lookup(address), fitter);
}

/** Devices by their MAC: a node's tunnel device, `worker1's NIC`. */
export function macNames(topology: Topology): (mac: string) => string | null {
  const fitter = createNameFitter(topology.nodes.filter((node) => node.named).map((node) => node.name));
  return (mac) => {
    if (mac === WORKLOAD_MAC) return "Calico's end of a veth";
    const vtep = topology.nodeByVtepMac(mac);
    if (vtep !== null) return `${fitter.fitSentence(vtep.node.name, 0)} ${vxlanDevice(topology.profile, 4)}`;
    const nic = topology.nodeByNicMac(mac);
    return nic === null ? null : `${fitter.fitSentence(nic.node.name, 0)}'s NIC`;
  };
}

function ownerName(owner: Owner, fitter: NameFitter): string | null {
  const { address, candidates } = owner;
  if (candidates.length > 1) return `${address}(${candidates.length} candidates)`;
  const node = owner.node?.named ? fitter.fitSentence(owner.node.name, 0) : null;
  return knownName({ ...namedOwner(owner), node }, 'line');
}
