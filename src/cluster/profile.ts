// What a CNI promises, and in which words: the questions that the rest of the program asks. One object per CNI that is known, listed
// in profiles.ts; which of them carries a cluster's packets is decided once per snapshot (topology/merge/carrier.ts). What a name
// or number means wherever it stands, whoever carries, is no promise: device.ts, calico.ts.

export type TunnelKind = 'vxlan' | 'vxlan-v6' | 'ipip' | 'wireguard' | 'wireguard-v6';

export type CniName = 'calico' | 'flannel';

/** When a range's tunnel is used: between all nodes, between those that share no subnet, never. */
export type Mode = 'Never' | 'Always' | 'CrossSubnet';

/** What one annotation of a Node (or field of the CNI's own object) states. */
export type NodeStatement =
  | { states: 'address'; family: 4 | 6 }
  | { states: 'tunnel'; kind: TunnelKind; family: 4 | 6 }
  | { states: 'mac'; family: 4 | 6 }
  | { states: 'key'; family: 4 | 6 }
  | { states: 'vni' }
  | { states: 'backend' };

/** Where a Node states it. */
export type NodeField = NodeStatement & {
  /** The annotation, in full. */
  annotation: string;
  /** The member of the JSON object in it; absent where the annotation is the value. */
  member?: string;
  /** In the CNI's own Node object. */
  path?: readonly string[];
};

/** The pod network as a ConfigMap states it. */
export interface StatedNetwork {
  cidrs: readonly string[];
  /** What the nodes' backend must be, in the CNI's own word. */
  backend: string;
  /** Plain between nodes that share a link. */
  direct: boolean;
  vni: number | null;
  port: number | null;
  /** The member of the ConfigMap's data. */
  place: string;
  /** The text of that member with nothing in it but what is read. */
  text: string;
}

/** Commands of this CNI, where they differ from one to the other. */
export interface ProfileCommands {
  /** Prints what states the mode of the pods' networks. */
  showPools: string;
  /** The same into a file that belongs into a snapshot. */
  savePools: string;
  /** What the eBPF dataplane decides by, of all nodes; absent where the CNI has none. */
  saveBpfRoutes?: string;
  /** Prints what sets VNI and port. */
  showSettings: string;
  /** The address that other nodes send a node's tunnel packets to. */
  showNodeAddress(node: string): string;
}

export interface Profile {
  readonly name: CniName;
  /** As sentences call it. */
  readonly title: string;
  /** Its program on every node, which writes the tables. */
  readonly agent: string;
  /** Whose VNI and port the defaults are: `Calico's default`. */
  readonly defaultWords: string;
  /** What a range of pods' addresses with a mode is called: its kind, in running text, and before its line. */
  readonly range: { readonly kind: string; readonly short: string; readonly label: string };
  /** What such a range asks for, as the reason in a finding. */
  says(range: { name: string; stated?: string }, mode: Mode): string;
  /** Where they are stated: in objects of their own, or in a ConfigMap and by the nodes. */
  readonly rangesFrom: 'objects' | 'networks';
  /** What sets VNI and port. */
  readonly settings: string;
  /** When nothing sets them. */
  readonly vni: number;
  readonly port: number;
  readonly nodeFields: readonly NodeField[];
  /** What the data of a ConfigMap states; null when it is none of this CNI's, a text when it cannot be read. */
  readNetwork?(data: Readonly<Record<string, unknown>>): StatedNetwork | string | null;
  /** How a backend sends; null when that is not read here. */
  encapsulationOf?(backend: string): 'vxlan' | 'ipip' | 'none' | null;
  backendWords?(backend: string, direct: boolean): string;
  /** The tunnel address that follows from a node's part of the pod network: such parts are never lent to another node. */
  tunnelOfPodCIDR?(podCIDR: string, backend: string): { kind: TunnelKind; address: string } | null;
  /** The source of the node address that tunnels use. */
  nodeAddressSource(family: 4 | 6): string;
  /**
   * How a node decides that another shares its subnet: by the prefix written with its own address (none: a network of one), or
   * by asking the kernel's routes (not stated: not known).
   */
  readonly subnetBy: 'prefix' | 'route';
  /** Its VXLAN device sends from the very address that the others send to, which no NAT translates. */
  readonly sendsFromAddress: boolean;
  /** What decides whether pods' packets to the outside get their node's address; null where the ranges state it. */
  readonly masquerade: string | null;
  /** Its device for a kind of tunnel. */
  tunnelDevice(kind: TunnelKind): string;
  /** The same profile in a cluster that uses this VNI: device names may hang on it. */
  withVni(vni: number): Profile;
  /** The kind of tunnel behind one of its devices; null for every other device. */
  tunnelKindOf(device: string): TunnelKind | null;
  /** The VNI that a device's name tells. */
  vniOfDevice?(device: string): number | null;
  /** The host sides of pods' links: names that mean nothing else, how a check calls them, and the MAC that all have; null: each its own. */
  readonly workloads: { readonly pattern: RegExp; readonly words: string; readonly mac: string | null };
  /** The MAC that it computes for a node's VTEP; null where it computes none. */
  vtepMacOfNode(name: string, family: 4 | 6): string | null;
  /** Whether a MAC can be one that it computed. */
  vtepMacLooksComputed(mac: string): boolean;
  /** VNIs that some of its releases sent by mistake. */
  isMissentVni(vni: number | null): boolean;
  /** The VXLAN between its nodes and pods that are gateways, by destination port and VNI; null where it has none. */
  readonly gatewayTunnel: { readonly port: number; readonly vni: number } | null;
  /** Whether a route's protocol says that it made the route. */
  isOwnRoute(protocol: string | null): boolean;
  /** What a cloned machine takes along that makes two nodes one. */
  readonly cloned: string;
  readonly commands: ProfileCommands;
}

/** Its VXLAN device of an address family. */
export function vxlanDevice(profile: Profile, family: 4 | 6): string {
  return profile.tunnelDevice(family === 4 ? 'vxlan' : 'vxlan-v6');
}

/** True for its VXLAN devices, the only ones that speak about the cluster's VNI and port. */
export function isVxlanDevice(profile: Profile, device: string): boolean {
  return profile.tunnelKindOf(device)?.startsWith('vxlan') ?? false;
}
