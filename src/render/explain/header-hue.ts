// The colour of a header, in figures, diagrams, tables, bytes and on a terminal: by what it is and whose it is, never by its place in the
// frame. The IPv4 header of a pod's packet looks the same on the veth, in the tunnel and on the NIC.
import type { ExplainedLayer, Side, Span } from '../../explain/explanation.ts';
import { PROTOCOLS, type ProtocolRow } from '../../wire/protocols.ts';
import type { Hue } from '../page/theme.ts';

type Place = ProtocolRow['place'];

/** By the names that layers have: those of tshark's frame.protocols. */
const PLACES = new Map<string, Place>(Object.values(PROTOCOLS).map(({ name, place }) => [name, place]));

const OWN: Record<Place, Hue> = {
  link: 'own-link',
  tag: 'own-link',
  network: 'own-network',
  extension: 'own-network',
  transport: 'own-transport',
  tunnel: 'own-transport',
  payload: 'rest',
};

const TUNNEL: Record<Place, Hue> = {
  link: 'tunnel-link',
  tag: 'tunnel-link',
  network: 'tunnel-network',
  extension: 'tunnel-network',
  transport: 'tunnel-transport',
  tunnel: 'tunnel-header',
  payload: 'rest',
};

/** Payload, padding and what else is no protocol's header has none of its own. */
export function headerHue({ protocol, side }: { protocol: string; side: Side }): Hue {
  const place = PLACES.get(protocol) ?? 'payload';
  if (side === 'outer') return TUNNEL[place];
  if (side === 'inner' || side === 'only') return OWN[place];
  return place === 'payload' ? 'rest' : 'other';
}

/** Of the header that holds a value; null for a value that is none of the packet's. */
export function hueAt(layers: readonly ExplainedLayer[], span: Span | null): Hue | null {
  if (span === null) return null;
  const layer = layers.find(({ offset, length }) => span.offset >= offset && span.offset < offset + length);
  return layer === undefined ? null : headerHue(layer);
}
