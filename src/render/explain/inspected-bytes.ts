// A packet's bytes and the fields that lie in them, for who shows them side by side: each field knows its bytes.
import type { ExplainedField, ExplainedLayer, Explanation } from '../../explain/explanation.ts';
import { hueClass } from '../page/theme.ts';
import { formatCount } from '../text/format.ts';
import { forPeople, spanText } from './explain-options.ts';
import { headerHue } from './header-hue.ts';
import { PAYLOAD_SHOWN } from './marked-hex.ts';

export interface InspectedField {
  label: string;
  /** `64`, `0x0800 (IPv4)`. */
  value: string;
  /** Its bytes in the frame, and in words. */
  from: number;
  to: number;
  where: string;
}

export interface InspectedLayer {
  id: number;
  title: string;
  facts: string;
  /** Classes of the colour that the layer has everywhere. */
  hue: string;
  from: number;
  /** Bytes to show: of payload the first ones. */
  bytes: readonly number[];
  /** Bytes that are not shown. */
  more: string;
  fields: readonly InspectedField[];
}

export interface Inspected {
  layers: readonly InspectedLayer[];
}

export function inspectedBytes(raw: Explanation): Inspected {
  const { layers, bytes } = forPeople(raw);
  return { layers: layers.map((layer) => inspectedLayer(layer, bytes)) };
}

function inspectedLayer(layer: ExplainedLayer, bytes: Uint8Array): InspectedLayer {
  const { id, title, side, offset, length, kind, fields } = layer;
  const captured = Math.max(0, Math.min(length, bytes.length - offset));
  const shown = kind === 'header' ? captured : Math.min(captured, PAYLOAD_SHOWN);
  const missing = kind === 'missing' ? `${formatCount(length, 'byte')} were on the wire, but are not in the file` : '';
  return {
    ...{ id, title },
    facts: `${formatCount(length, 'byte')}${side === 'only' || kind !== 'header' ? '' : `, ${side}`}`,
    hue: hueClass(headerHue(layer)),
    from: offset,
    bytes: [...bytes.subarray(offset, offset + shown)],
    more: captured > shown ? `and ${formatCount(captured - shown, 'more byte')}` : missing,
    fields: fields.filter(({ group, width }) => !group && width > 0).map((field) => inspectedField(field, offset)),
  };
}

function inspectedField({ label, name, text, meaning, bit, width }: ExplainedField, layerAt: number): InspectedField {
  const from = layerAt + (bit >> 3);
  const to = layerAt + ((bit + width + 7) >> 3);
  return {
    label: name === null ? label : `${label} (${name})`,
    value: meaning === null ? text : `${text} (${meaning})`,
    ...{ from, to },
    where: spanText({ offset: from, length: to - from }),
  };
}
