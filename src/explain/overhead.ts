// How many bytes a tunnel costs: from the outer IP header to the inner one, which is what the MTU of the tunnel device is less.
import type { Overhead } from './explanation.ts';
import type { Scene } from './packet-facts.ts';
import { outerIp } from './packet-flow.ts';

/** Null without a tunnel, and where the inner packet cannot be read. */
export function overheadOf({ walked, layers }: Pick<Scene, 'walked' | 'layers'>): Overhead | null {
  const outer = outerIp(walked);
  if (outer === null) return null;
  const innerIp = walked.layers.find(
    (layer) => layer.index >= walked.tunnel && layer.index > outer.index && isIp(layer.protocol),
  );
  if (innerIp === undefined) return null;
  const parts = layers
    .filter((layer) => layer.kind === 'header' && layer.offset >= outer.offset && layer.offset < innerIp.offset)
    .map((layer) => ({ name: layer.side === 'inner' ? `inner ${layer.title}` : layer.title, bytes: layer.length }));
  return { bytes: innerIp.offset - outer.offset, parts };
}

function isIp(protocol: string): boolean {
  return protocol === 'ip' || protocol === 'ipv6';
}
