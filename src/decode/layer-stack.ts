// What the walk found in one packet: which protocols, where, up to where. Reused for every packet; nothing is allocated.

/** At most this many layers per packet, at most this many of them tunnels (Zeek's Tunnel::max_depth is 4 too). */
export const MAX_LAYERS = 16;
export const MAX_TUNNELS = 4;

/** How a packet ended. The four counts of a capture add up to its packets. */
export const OUTCOME = { complete: 0, unsupported: 1, faulty: 2, notFlow: 3 } as const;
export const OUTCOME_NAMES = ['complete', 'unsupported', 'faulty', 'notFlow'] as const;

export class LayerStack {
  /** Number of layers, outermost first: entries 0..depth-1 of `protocol`, `start`, `end`. */
  depth = 0;
  /** PROTOCOL value (wire/protocols.ts) of each layer. `raw` and `data` layers are never pushed without bytes behind them. */
  readonly protocol = new Uint8Array(MAX_LAYERS);
  /** Absolute offset in `batch.bytes` of the layer's first header byte. */
  readonly start = new Int32Array(MAX_LAYERS);
  /** Exclusive end of the layer (header and payload): the smaller of the parent's end and its own length field. */
  readonly end = new Int32Array(MAX_LAYERS);

  /** Number of tunnels, outermost first. */
  tunnels = 0;
  /**
   * Stack index of each tunnel's *tunnel header*: VXLAN, GRE or Geneve layer; for IP-in-IP the inner IP layer.
   * An entry above `network` holds no IP packet that could be read (ARP, an unsupported protocol, or a fault).
   */
  readonly tunnel = new Uint8Array(MAX_TUNNELS);

  /** Stack index of the innermost IP header, -1 if there is none: this is the flow's. */
  network = -1;
  /** Stack index of the layer right above `network` (and its extension headers): TCP, UDP, SCTP, ICMP, WireGuard's UDP, ...; -1. */
  transport = -1;
  /** Upper-layer protocol number of `network`, after IPv6 extension headers; -1 without `network`. */
  ipProtocol = -1;
  /** Stack index of an IP layer whose non-first fragment ended the walk; -1 otherwise. It then equals `network`. */
  laterFragment = -1;
  /** Stack index of the outermost IP layer that is a *first* fragment (more to come, offset 0); -1 otherwise. */
  firstFragment = -1;

  /** Absolute offset of source and destination port above `network`, also when the rest of that header is cut off; -1. */
  portsAt = -1;

  /** True when the capture holds less of the packet than was on the wire. */
  cut = false;

  /** OUTCOME value. */
  outcome = 0;
  /** FAULT number (decode/faults.ts); 0 when there is none. */
  fault = 0;
  /** Stack depth at which it was met (index of the layer that could not be read), absolute offset, bytes needed and present. */
  faultLayer = 0;
  faultAt = 0;
  need = 0;
  have = 0;
  /** LIMIT number (decode/faults.ts): who set the limit. 0 = the captured bytes. */
  limit = 0;
  /** For `unsupported`: the next-protocol number that is not known, and which NUMBER_SPACE (decode/faults.ts) it is from. */
  unsupported = -1;
  unsupportedSpace = 0;

  /** The walk's own cursor: next header, exclusive end of what may be read there, and the LIMIT that set this end. */
  at = 0;
  bound = 0;
  boundBy = 0;
}

const { notFlow: NOT_FLOW, unsupported: UNSUPPORTED } = OUTCOME;

/** Whether a walked packet belongs to a flow: it has an IP header, and nothing above it that makes none. */
export function makesFlow(stack: LayerStack): boolean {
  return stack.network >= 0 && stack.outcome !== NOT_FLOW && stack.outcome !== UNSUPPORTED;
}
