// What a capture says itself of where it was taken: Inspektor Gadget describes its interfaces. Packets are seen in the pod's network
// namespace.
import type { CaptureHint } from '../../../capture/capture-hint.ts';
import type { CaptureInfo } from '../../../capture/source.ts';
import type { CaptureHints } from '../points-input.ts';

/** The hints with those of the captures' own metadata behind them: a layout knows better. */
export function withMetadata(hints: CaptureHints, captures: readonly { info: CaptureInfo }[]): CaptureHints {
  const found = captures.flatMap(({ info }) => {
    const hint = gadgetHint(info);
    return hint === null ? [] : [[info.path, [...(hints.get(info.path) ?? []), hint]] as const];
  });
  return found.length === 0 ? hints : new Map([...hints, ...found]);
}

/** Of a file with interfaces of several nodes nothing is said. */
function gadgetHint({ interfaces }: CaptureInfo): CaptureHint | null {
  const places = interfaces.map(({ gadget }) => gadget);
  const nodes = new Set(places.map((place) => place?.node ?? null));
  const [node = null] = nodes;
  if (node === null || nodes.size > 1) return null;
  const pods = new Set(places.map((place) => place?.pod ?? null));
  const [pod = null] = pods;
  const inside = pod === null || pods.size > 1 ? '' : `, in the pod ${pod}`;
  const detail = `Inspektor Gadget says it captured on ${node}${inside} (if_description)`;
  return { node, nodeAtEnd: null, interface: null, pod: null, source: 'capture-metadata', detail };
}
