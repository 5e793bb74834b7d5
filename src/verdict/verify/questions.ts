// What `verify` can be asked: what packets had to be, and how much of the cluster must have been seen.

export const EXPECTATIONS = ['config', 'vxlan', 'ipip', 'wireguard', 'none'] as const;
/** `config`: what the configuration asks for, flow by flow. Else: this tunnel (or none) for every packet to a pod, whatever the pool says. */
export type Expectation = (typeof EXPECTATIONS)[number];

/** `delivery`: what flows in scope sent must have got through. */
export const REQUIREMENTS = ['delivery'] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

export const COVERS = ['nodes', 'node-pairs'] as const;
/** That so many per cent of the nodes sent something that was judged, or of the ordered pairs of nodes had such a flow. */
export interface Cover {
  of: (typeof COVERS)[number];
  percent: number;
}
