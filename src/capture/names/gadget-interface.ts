// Inspektor Gadget describes each interface by `node;container;pod;labels;runtime` (if_description), and calls every one "virtual".
import type { CaptureInterface, GadgetPlace } from '../source.ts';

const GADGET_DEVICE = 'virtual';
const GADGET_FIELDS = 5;
const [NODE_FIELD, POD_FIELD] = [0, 2] as const;
/** A node's or a pod's name (RFC 1123): what is none is no description of a gadget. */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Null for an interface that no gadget describes. */
export function gadgetPlace({ name, description }: Pick<CaptureInterface, 'name' | 'description'>): GadgetPlace | null {
  const fields = description?.split(';') ?? [];
  if (name !== GADGET_DEVICE || fields.length < GADGET_FIELDS) return null;
  const [node = null, pod = null] = [fields[NODE_FIELD], fields[POD_FIELD]].map((text = '') =>
    OBJECT_NAME.test(text) ? text : null,
  );
  return { node, pod };
}
