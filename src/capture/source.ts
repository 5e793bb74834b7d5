// The contract between capture/ and everything behind it: reused batches of packets, and what is known of the file.
import type { Rewindable } from '../bytes/rewindable.ts';
import type { OverlensError } from '../errors.ts';

/**
 * Packets of one bounded chunk, as offsets into `bytes`. **Reused: valid until the next iteration**; copy what must stay.
 * Entries `0 .. count-1` count.
 */
export interface PacketBatch {
  bytes: Uint8Array;
  /** Offset in `bytes` of a packet's first byte. */
  readonly start: Uint32Array;
  /** Bytes of the packet that the file holds. */
  readonly captured: Uint32Array;
  /** Bytes the packet had on the wire. */
  readonly original: Uint32Array;
  /** Whole seconds since the epoch (may be negative with if_tsoffset); NaN where the file has no time (pcapng SPB). */
  readonly seconds: Float64Array;
  /** Nanoseconds within the second, 0..999999999. */
  readonly nanos: Uint32Array;
  /** Index into `CaptureInfo.interfaces`. */
  readonly interface: Uint32Array;
  count: number;
  /** Offset in the capture of `bytes[0]`; absent or -1 where a reader does not know it. */
  base?: number;
  /** Number of the first packet, where packets before it were passed over. */
  first?: number;
  /** Whether packets have comments (pcapng); absent where the format has none. */
  hasComments?: boolean;
}

/** Where Inspektor Gadget captured; each null where that is no name. */
export interface GadgetPlace {
  node: string | null;
  pod: string | null;
}

/** One interface of a capture: classic pcap has exactly one, pcapng as many as its blocks describe (all sections). */
export interface CaptureInterface {
  index: number;
  /** pcapng if_name; null in classic pcap. */
  name: string | null;
  description: string | null;
  /** LINKTYPE_ value (www.tcpdump.org/linktypes.html), class bits and FCS bits masked off. */
  linkType: number;
  /** Bytes kept of each packet; 0 in the file means no limit. */
  snaplen: number;
  /** pcapng if_filter as text; null if none was recorded. */
  filter: string | null;
  /** Digits after the second that the timestamps carry: 6 or 9 for classic pcap, by if_tsresol in pcapng. */
  timeDigits: number;
  /** if_tsresol's byte and if_tsoffset of pcapng, where they are more than decimal digits; absent: `timeDigits` says it all. */
  clock?: { resolution: number; offset: number };
  /** Packets the kernel dropped (pcapng isb_ifdrop, else isb_osdrop); null when the file does not say. */
  dropped: number | null;
  /** Of an interface that Inspektor Gadget describes. */
  gadget?: GadgetPlace;
}

/** A name that the capture has for an address (pcapng name resolution). */
export interface HostName {
  /** 4 bytes of IPv4, 16 of IPv6. */
  address: Uint8Array;
  name: string;
}

export interface CaptureWarning {
  /** Kebab-case and stable: `cut-off-record`, `cut-off-block`, `cut-off-stream`, `trailing-bytes`, ... */
  code: string;
  /** Names the packet number or byte offset and what was wrong; not the file. */
  message: string;
}

/** What tcpdump's log beside a capture tells. */
export interface CaptureLog {
  /** Path of the log. */
  file: string;
  /** The expression of the command line; empty for none, null where the log has no command line. */
  expression: string | null;
  /** What it listened on: `ens5`; null where that is not told, or is all interfaces. */
  device: string | null;
  captured: number | null;
  received: number | null;
  dropped: number | null;
  /** It ends by itself after so many packets (`-c`): more may have been received. */
  isCounted: boolean;
}

/** What is known of a capture; filled while it is read, final when the iteration has ended. */
export interface CaptureInfo {
  /** As given on the command line; `-` is stdin. */
  readonly path: string;
  /** Null for what could not be opened as a capture: `error` says why. */
  format: 'pcap' | 'pcapng' | null;
  compression: 'none' | 'gzip' | 'zstd';
  interfaces: CaptureInterface[];
  /** True when the whole capture was read and nothing was cut off. */
  complete: boolean;
  /** Cut-off ends and other oddities that do not stop the reading. */
  warnings: CaptureWarning[];
  /** Set when corruption ended the reading (packets read before it count), and where there was nothing to read. */
  error: OverlensError | null;
  /** What tcpdump's log beside it tells. */
  log?: CaptureLog;
  /** In the order of their blocks; absent where the capture has none. */
  hostNames?: HostName[];
  /** Who wrote its times, where they are not those of the packets and were left out. */
  untimed?: string;
  /** A file of zero bytes. */
  readonly isEmpty?: boolean;
}

/** A capture that was recognised. A file is closed and without a buffer until its batches are read, and again after that. */
export interface CaptureReader {
  readonly info: CaptureInfo;
  /** Iterate once. Never throws for corrupt content: sets `info.error` and ends. */
  batches(): AsyncIterable<PacketBatch>;
  /** Bytes of the file behind the packets that were handed out: compressed ones where it is compressed. */
  position(): number;
  /** The bytes at its beginning that decided what it is; null where it can be read once only. */
  readonly head: Uint8Array | null;
  /** What can be read once only: all its bytes, for who reads it instead of asking for `batches`. */
  readonly once?: Rewindable;
  /** For a reader whose batches nobody will ask for: lets go of a pipe. */
  close(): void;
}
