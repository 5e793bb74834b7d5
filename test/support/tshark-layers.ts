// `decode -o json` against what tshark saw (test/support/tshark-fields.py): layer order, offsets, values, and what is left
// over on either side. The deliberate differences are in docs/tshark-differences.md.
import { CATALOG } from '../../src/wire/catalog.ts';

/** A layer as `decode -o json` writes it. */
export interface DecodedLayer {
  protocol: string;
  offset: number;
  fields: Record<string, unknown>;
  /** The header is cut off: these are the fields that are there. */
  cut?: boolean;
}

export interface DecodedPacket {
  number: number;
  outcome: string;
  layers: DecodedLayer[];
}

/** A layer as tshark has it: `[protocol, offset, {field: [shown]}]`. */
export type TsharkLayer = [protocol: string, offset: number, values: Record<string, string[]>];

/** Shown by us only: the organisation's own number of a SNAP frame; bytes of what is encrypted. */
const ONLY_OURS: ReadonlySet<string> = new Set([
  'llc.pid',
  'wg.encrypted_static',
  'wg.encrypted_timestamp',
  'wg.encrypted_empty',
]);
/** Without a header and fields of their own: bytes that nobody names, the mark of a raw IP capture. */
const BARE: ReadonlySet<string> = new Set(['data', 'raw']);
const DECODED: ReadonlySet<string> = new Set(CATALOG.map((entry) => entry.protocol));

/** Every difference of one packet, in words. */
export function differences(packet: DecodedPacket, theirs: readonly TsharkLayer[]): string[] {
  const ours = packet.layers.filter((layer) => !BARE.has(layer.protocol));
  const found = ours.flatMap((layer, i) => layerDifferences(layer, theirs[i]));
  const last = ours.at(-1)?.protocol;
  // The packet that an ICMP error quotes is no layer of this one.
  if (last === 'icmp' || last === 'icmpv6') return found;
  for (const [protocol, offset] of theirs.slice(ours.length)) {
    if (DECODED.has(protocol)) found.push(`tshark goes on with ${protocol} at ${offset}, we end (${packet.outcome})`);
  }
  return found;
}

function layerDifferences(layer: DecodedLayer, theirs: TsharkLayer | undefined): string[] {
  const place = `${layer.protocol} at ${layer.offset}`;
  if (theirs === undefined) return [`${place}: tshark has no more layers`];
  const [protocol, offset, values] = theirs;
  if (protocol !== layer.protocol || offset !== layer.offset) return [`${place}: tshark has ${protocol} at ${offset}`];
  const found: string[] = [];
  for (const [name, value] of Object.entries(layer.fields)) {
    const shown = values[name]?.map(plain).join();
    const own = (Array.isArray(value) ? value : [value]).map(plain).join();
    // Of a header that is cut off tshark shows what it reads before it needs more.
    if (shown === undefined && (layer.cut || ONLY_OURS.has(name))) continue;
    if (shown === undefined) found.push(`${place}: ${name} is not shown by tshark`);
    else if (shown !== own) found.push(`${place}: ${name} is ${own}, by tshark ${shown}`);
  }
  for (const name of Object.keys(values)) {
    // In an ICMP error tshark lists the quoted packet's fields too.
    if (name in layer.fields || !name.startsWith(`${layer.protocol}.`)) continue;
    found.push(`${place}: ${name} is missing`);
  }
  return found;
}

/** Numbers, booleans and bytes in one form: tshark writes 0x0800, True, 0a:0b or 0a0b. */
function plain(value: unknown): string {
  const text = String(value);
  if (text === 'true' || text === 'True') return '1';
  if (text === 'false' || text === 'False') return '0';
  if (/^0x[0-9a-f]+$/.test(text)) return String(Number(text));
  return text.length === 17 ? text : text.replaceAll(':', '');
}
