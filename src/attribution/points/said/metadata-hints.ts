// What a capture says itself of where it was taken: Inspektor Gadget describes each interface by `node;container;pod;labels;runtime`
// (if_description), and calls every one "virtual". Packets are seen in the pod's network namespace.
import type { CaptureHint } from '../../../capture/capture-hint.ts';
import type { CaptureInfo, CaptureInterface } from '../../../capture/source.ts';
import type { CaptureHints } from '../points-input.ts';

const GADGET_DEVICE = 'virtual';
const GADGET_FIELDS = 5;
const [NODE_FIELD, POD_FIELD] = [0, 2] as const;
/** A node's or a pod's name (RFC 1123): what is none is no description of a gadget. */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

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
  const pods = new Set(interfaces.map(gadgetPod));
  const [pod = null] = pods;
  const inside = pod === null || pods.size > 1 ? '' : `, in the pod ${pod}`;
  const detail = `Inspektor Gadget says it captured on ${node}${inside} (if_description)`;
  return { node, nodeAtEnd: null, interface: null, pod: null, source: 'capture-metadata', detail };
}

function gadgetNode(one: CaptureInterface): string | null {
  return fieldOf(one, NODE_FIELD);
}

function gadgetPod(one: CaptureInterface): string | null {
  return fieldOf(one, POD_FIELD);
}

/** A field that may be a name; null for what is no description of a gadget. */
function fieldOf({ name, description }: CaptureInterface, field: number): string | null {
  const fields = description?.split(';') ?? [];
  const text = fields[field] ?? '';
  return name === GADGET_DEVICE && fields.length >= GADGET_FIELDS && OBJECT_NAME.test(text) ? text : null;
}
