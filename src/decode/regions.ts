// A frame as a row of pieces: headers in order, payload, trailing bytes, and what the capture cut off. For drawings to scale
// and for hex dumps by layer.
import type { LayerView } from './view/packet-view.ts';

export interface Region {
  kind: 'header' | 'payload' | 'trailer' | 'cut';
  /** Index of the layer whose header it is, or whose payload; null for `trailer` and `cut`. */
  layer: number | null;
  /** From the start of the frame. */
  offset: number;
  length: number;
}

/**
 * Pieces that tile the frame's `original` bytes exactly, in order. `trailer`: behind the innermost layer's end (Ethernet
 * padding, FCS). `cut`: on the wire, but not in the capture. Empty pieces are left out.
 */
export function frameRegions(layers: readonly LayerView[], captured: number, original: number): Region[] {
  const regions: Region[] = [];
  let at = 0;
  const add = (kind: Region['kind'], layer: number | null, end: number) => {
    if (end > at) regions.push({ kind, layer, offset: at, length: end - at });
    at = Math.max(at, end);
  };
  for (const layer of layers) {
    // Bytes that no layer describes lie before a header only if a definition left some out; they are the lower layer's.
    if (layer.offset > at) add('payload', layer.index - 1, layer.offset);
    if (layer.protocol !== 'data') add('header', layer.index, layer.offset + layer.length);
  }
  const innermost = layers.at(-1);
  if (innermost !== undefined) add('payload', innermost.index, Math.min(innermost.end, captured));
  add('trailer', null, captured);
  add('cut', null, Math.max(original, captured));
  return regions;
}
