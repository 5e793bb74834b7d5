// How a layer of a protocol is laid out, the last thing in the protocol's file: the header that it begins with, the headers it
// has at a place in a packet, and its pages for `overlens headers` and docs/protocols.md. The rows of protocols.ts name them.
import type { HeaderInfo, Part } from './header.ts';

export interface Page {
  /** The name that people type and tshark prints: `vxlan`. */
  readonly protocol: string;
  readonly title: string;
  /** Which identifier announces it: an EtherType, an IP protocol number, a port. */
  readonly announcedBy: string;
  /** The header itself first, then its other forms and options, by what they are: `Echo`, `Maximum segment size`. */
  readonly forms: Readonly<Record<string, HeaderInfo>>;
}

/** The headers of the layer at `at .. end`, in order. The fixed part must be there. */
export type PartsOf = (bytes: Uint8Array, at: number, end: number) => readonly Part[];

export interface Layout {
  /** What a layer begins with, and what is shown as far as it goes when the packet ends in it; null without a header. */
  readonly header: HeaderInfo | null;
  readonly parts: PartsOf;
  /** None for what is shown on another protocol's page, or has no header. */
  readonly pages: readonly Page[];
}

export function layout(header: HeaderInfo, parts: PartsOf, ...pages: readonly Page[]): Layout {
  return { header, parts, pages };
}

/** Parts of a protocol that has one header, always the same. */
export function always(header: HeaderInfo): PartsOf {
  return (_bytes, at) => [{ header, at }];
}

/** Parts of a protocol that has one header, in the form that its own bytes choose. */
export function oneOf(form: (bytes: Uint8Array, at: number, end: number) => HeaderInfo): PartsOf {
  return (bytes, at, end) => [{ header: form(bytes, at, end), at }];
}
