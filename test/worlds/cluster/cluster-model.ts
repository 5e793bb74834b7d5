// What a cluster is made of, as it really is. What a snapshot tells of it is another matter (snapshot.ts).

/** Of a cluster that flannel carries: Calico's plugin makes the pods' links; the ConfigMap was collected. */
export interface FlannelFacts {
  canal: boolean;
  configured: boolean;
}

export type Mode = 'Never' | 'Always' | 'CrossSubnet';

export interface Device {
  name: string;
  mac: string;
  ifindex: number;
}

export interface WorldNode {
  index: number;
  name: string;
  subnet: number;
  ip: string;
  /** Prefix length of the address's annotation. */
  prefix: number;
  ip6: string | null;
  nic: Device;
  /** A network beside the underlay: storage, a second default route. */
  nic2: (Device & { ip: string }) | null;
  vxlanDevice: Device;
  vxlan6Device: Device;
  /** Tunnel addresses; null where no pool asks for one. */
  vxlanIp: string | null;
  vxlanIp6: string | null;
  ipipIp: string | null;
  wireguardKey: string | null;
}

export interface WorldPool {
  name: string;
  cidr: string;
  blockSize: number;
  vxlanMode: Mode;
  ipipMode: Mode;
  natOutgoing: boolean;
  disabled: boolean;
}

export interface WorldPod {
  name: string;
  namespace: string;
  node: number;
  ip: string;
  mac: string;
  veth: Device;
  /** Its address lies in another node's block. */
  borrowed: boolean;
}

export interface WorldBlock {
  cidr: string;
  node: number;
  pool: string;
}

export interface WorldService {
  name: string;
  ip: string;
  port: number;
  pod: WorldPod;
}

export interface Cluster {
  nodes: WorldNode[];
  pools: WorldPool[];
  pods: WorldPod[];
  blocks: WorldBlock[];
  services: WorldService[];
  /** Real prefix length of the node networks. */
  linkPrefix: number;
  /** Of the router in each subnet. */
  gatewayMacs: string[];
  /** A cloud's network answers for everybody with one MAC: no NIC ever sees its neighbour's. */
  fabric: boolean;
  vni: number;
  port: number;
  /** Set where flannel carries. */
  flannel?: FlannelFacts;
}

/** Ends of conversations. */
export interface End {
  kind: 'pod' | 'node' | 'tunnel' | 'external';
  ip: string;
  node: number | null;
  pod: WorldPod | null;
}

export function podEnd(pod: WorldPod): End {
  return { kind: 'pod', ip: pod.ip, node: pod.node, pod };
}

export function nodeEnd(node: WorldNode): End {
  return { kind: 'node', ip: node.ip, node: node.index, pod: null };
}
