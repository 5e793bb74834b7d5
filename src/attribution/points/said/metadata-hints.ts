// What a capture says itself of where it was taken: Inspektor Gadget describes each interface by `node;container;pod;labels;runtime`
// (if_description), and calls every one "virtual". Packets are seen in the pod's network namespace.
import type { CaptureHint } from '../../../capture/capture-hint.ts';
import type { CaptureInfo, CaptureInterface } from '../../../capture/source.ts';
import type { CaptureHints } from '../points-input.ts';

const GADGET_DEVICE = 'virtual';
const GADGET_FIELDS = 5;
/** A node's name (RFC 1123): what is none is no description of a gadget. */
const NODE_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

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
  const nodes = new Set(interfaces.map(gadgetNode));
  const [node = null] = nodes;
  if (node === null || nodes.size > 1) return null;
  const detail = `Inspektor Gadget says it captured on ${node} (if_description)`;
  return { node, nodeAtEnd: null, interface: null, pod: null, source: 'capture-metadata', detail };
}

function gadgetNode({ name, description }: CaptureInterface): string | null {
  const fields = description?.split(';') ?? [];
  const [node = ''] = fields;
  return name === GADGET_DEVICE && fields.length >= GADGET_FIELDS && NODE_NAME.test(node) ? node : null;
}
