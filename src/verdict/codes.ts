// Finding codes: stable, one meaning each (design.md section 6). docs/verdicts.md documents every one.

export const FINDINGS = {
  'overlay-bypassed': {
    severity: 'violation',
    title: 'an overlay is asked for, but packets were plain on the underlay',
  },
  'unexpected-overlay': { severity: 'violation', title: 'the pool asks for no overlay, but packets were encapsulated' },
  'wrong-encapsulation': { severity: 'violation', title: 'encapsulated in another tunnel type than the pool asks for' },
  'wrong-destination-vtep': { severity: 'violation', title: 'sent to a node that does not own the destination' },
  'wrong-source-vtep': { severity: 'violation', title: 'sent by a node that does not own the source' },
  'wrong-vni': { severity: 'violation', title: 'another VNI than the cluster uses' },
  'wrong-udp-port': { severity: 'violation', title: 'another UDP port than the cluster uses for VXLAN' },
  'wrong-tunnel-mac': {
    severity: 'violation',
    title: 'the inner frame is addressed to another VTEP MAC than the snapshot says',
  },
  'local-traffic-on-underlay': {
    severity: 'violation',
    title: 'both ends are on one node, yet the packets were on the underlay',
  },
  unencrypted: { severity: 'violation', title: 'both nodes publish WireGuard keys, but packets were in clear text' },
  'outer-fragmented': { severity: 'warning', title: 'the underlay packet was fragmented' },
  'packet-exceeds-mtu': { severity: 'warning', title: 'a router answered that packets of this flow do not fit' },
  'mtu-black-hole': { severity: 'warning', title: 'small segments pass, large ones are never acknowledged' },
  'missing-fdb-entry': {
    severity: 'warning',
    title: 'seen on the tunnel device, never on the NIC: the kernel knew no VTEP for the inner MAC',
  },
  'missing-neighbour': {
    severity: 'warning',
    title: 'ARP on the tunnel device: the node has no neighbour entry for the other VTEP',
  },
  'not-for-this-host': {
    severity: 'warning',
    title: 'arrived on a tunnel device whose MAC it is not addressed to: the node drops it',
  },
  'duplicate-tunnel-mac': { severity: 'warning', title: 'two nodes send with one VTEP MAC' },
  'node-unreachable': { severity: 'warning', title: 'nobody answers ARP for a node address' },
  'bad-checksum': {
    severity: 'warning',
    title: 'arrived with checksums that are really wrong: the receiver drops such packets',
  },
  'lost-on-underlay': {
    severity: 'warning',
    title: 'nothing that one node sent for the pods of another arrived there',
  },
  'icmp-only': { severity: 'warning', title: 'ICMP passes between two nodes, TCP does not' },
  'no-reply': { severity: 'warning', title: 'requests without any answer' },
  'half-open': { severity: 'warning', title: 'SYN and SYN/ACK repeat and no ACK comes: the answer does not get back' },
  'lost-in-node': {
    severity: 'warning',
    title: 'seen at one place of a node and never at the next one, which was captured too',
  },
  'handshake-unanswered': { severity: 'warning', title: 'WireGuard handshakes between two nodes without any response' },
  'wrong-next-hop': { severity: 'warning', title: "frames for one node's address carry the MAC of another node's NIC" },
  'foreign-vtep': { severity: 'warning', title: "the cluster's VNI and port from an address that is no node" },
  'routing-loop': { severity: 'warning', title: 'packets go in a circle, or are sent back out where they came from' },
  'source-translated': {
    severity: 'warning',
    title: 'a node translated the source of packets between pods: policies by pod address do not match them',
  },
  'overlay-rejected': {
    severity: 'warning',
    title: 'an ICMP error answers tunnel packets: the receiver, or somebody on the way, refuses them',
  },
  'dns-trouble': { severity: 'warning', title: 'DNS queries without an answer, or answered with an error' },
  'denied-by-policy': { severity: 'warning', title: 'the flow log says that a policy denied what nobody answered' },
  'mode-changed': { severity: 'warning', title: 'the encapsulation changed while the capture ran' },
  'pool-over-node-subnet': {
    severity: 'warning',
    title: "a pool covers the nodes' own network: its hosts look like pods, and pods reach them untranslated",
  },
  'snapshot-conflict': { severity: 'warning', title: 'two sources disagree' },
} as const satisfies Record<string, { severity: 'violation' | 'warning'; title: string }>;

export type FindingCode = keyof typeof FINDINGS;

/** Warnings that speak of a flow's packets in a tunnel: of one that left plain they say nothing. */
export const OF_TUNNEL_PACKETS: ReadonlySet<FindingCode> = new Set([
  'outer-fragmented',
  'missing-fdb-entry',
  'missing-neighbour',
  'not-for-this-host',
  'duplicate-tunnel-mac',
  'overlay-rejected',
  'foreign-vtep',
]);

/** Warnings of packets that provably did not get through. The verdict on encapsulation stands beside them. */
export const BROKEN_PATHS: ReadonlySet<FindingCode> = new Set([
  'missing-fdb-entry',
  'missing-neighbour',
  'not-for-this-host',
  'duplicate-tunnel-mac',
  'node-unreachable',
  'lost-on-underlay',
  'bad-checksum',
  'half-open',
  'lost-in-node',
  'overlay-rejected',
  'handshake-unanswered',
  'wrong-next-hop',
  'routing-loop',
]);

/** What is missed is an answer: packets of either direction may be those that stop. */
export const ANSWER_MISSED: ReadonlySet<FindingCode> = new Set([
  'no-reply',
  'half-open',
  'lost-in-node',
  'dns-trouble',
  'icmp-only',
  'handshake-unanswered',
]);

/** What `verify` says beside its result: packets that did not get through, and questions that nobody answered. */
export const UNDELIVERED: ReadonlySet<FindingCode> = new Set([
  ...BROKEN_PATHS,
  'mtu-black-hole',
  'icmp-only',
  'no-reply',
  'denied-by-policy',
]);

/** What makes a conversation fail, as the last line counts: its packets got nowhere, or its questions found no answer that helps. */
export const FAILURES: ReadonlySet<FindingCode> = new Set([...UNDELIVERED, 'dns-trouble']);
