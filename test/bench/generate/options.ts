// What a made capture is like. All of it is decided by these numbers and the seed: the same options give the same bytes.
import type { Layout } from './cluster.ts';

/** How the packets of a conversation travel between nodes: what the IPPool of its pods asks for. */
export const CARRIERS = ['vxlan', 'plain', 'ipip', 'ipv6'] as const;
export type Carrier = (typeof CARRIERS)[number];

export interface CaptureOptions extends Layout {
  seed: number;
  /** Records of the capture; a packet in two outer fragments is two. */
  packets: number;
  /** Conversations: both directions of one inner five-tuple are one. */
  flows: number;
  /** Conversations that are open at the same time; their packets come in random order. */
  open: number;
  /** Parts of the conversations by carrier. `ipv6` is IPv6 in VXLAN over IPv6. */
  shares: Record<Carrier, number>;
  /** Share of the tunnelled TCP conversations over IPv4 whose full segments do not fit the link: outer fragments. */
  fragments: number;
  /** Share of the conversations that ask a DNS server, and share of those that are other UDP. The rest is TCP. */
  dns: number;
  udp: number;
  /** Bytes of payload that a TCP segment or UDP datagram with data has, each as often as it stands here. */
  payloads: readonly number[];
  /** Bytes kept of each frame. */
  snaplen: number;
  format: 'pcap' | 'pcapng';
}

export const DEFAULTS: CaptureOptions = {
  seed: 1,
  packets: 300_000,
  flows: 20_000,
  open: 5_000,
  nodes: 20,
  pods: 1_200,
  shares: { vxlan: 0.7, plain: 0.15, ipip: 0.05, ipv6: 0.1 },
  fragments: 0.02,
  dns: 0.12,
  udp: 0.08,
  payloads: [40, 120, 512, 1350],
  snaplen: 262_144,
  format: 'pcap',
};

/** The shortest TCP conversation is a handshake. */
export const LEAST_PACKETS = 3;
/** Source ports (the range of Linux) times server ports: so many conversations differ whichever pods hold them. */
const MOST_FLOWS = 1_800_000;
const MOST_NODES = 1_000;
const MOST_PODS = 100_000;
const LARGEST_PAYLOAD = 8_900;

/** The options with what was left out, or a RangeError that says what does not fit. */
export function captureOptions(partial: Partial<CaptureOptions>): CaptureOptions {
  const flows = partial.flows ?? Math.min(DEFAULTS.flows, Math.floor((partial.packets ?? DEFAULTS.packets) / 15) + 1);
  const options = { ...DEFAULTS, flows, open: Math.max(16, Math.ceil(flows / 4)), ...partial };
  const need = (holds: boolean, text: string): void => {
    if (!holds) throw new RangeError(text);
  };
  const counts = [options.packets, options.flows, options.open, options.nodes, options.pods, options.snaplen];
  need(
    counts.every((count) => Number.isInteger(count) && count > 0),
    'counts are whole numbers from 1 on',
  );
  need(options.flows <= MOST_FLOWS, `at most ${MOST_FLOWS} flows: there are no more pairs of ports`);
  need(options.packets >= LEAST_PACKETS * options.flows, `a flow has ${LEAST_PACKETS} packets or more`);
  need(options.nodes >= 2 && options.nodes <= MOST_NODES, `2 to ${MOST_NODES} nodes`);
  need(options.pods >= 2 * CARRIERS.length && options.pods <= MOST_PODS, `${2 * CARRIERS.length} to ${MOST_PODS} pods`);
  const shares = [...Object.values(options.shares), options.fragments, options.dns, options.udp];
  need(
    shares.every((share) => share >= 0 && share <= 1),
    'shares are from 0 to 1',
  );
  need(
    Object.values(options.shares).some((share) => share > 0),
    'no carrier has a share',
  );
  need(options.dns + options.udp <= 1, 'the shares of DNS and UDP are more than all flows');
  need(options.payloads.length > 0, 'no payload');
  need(
    options.payloads.every((size) => size >= 1 && size <= LARGEST_PAYLOAD),
    `payloads are 1 to ${LARGEST_PAYLOAD} bytes`,
  );
  return options;
}
