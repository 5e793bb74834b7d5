// `explain -o json`: the whole explanation as one document, for tools and for teaching material made from it. Fields by Wireshark's
// names, as `decode -o json` has them; addresses as text, names in full.
import { type LayerView, namedFields } from '../../decode/view/packet-view.ts';
import type { Comparison } from '../../explain/compare/comparison.ts';
import type { Cell, ExplainedLayer, Explanation, Row } from '../../explain/explanation.ts';
import type { PredictedEnd, Prediction, Way } from '../../explain/predict/prediction.ts';
import { stringifyJson } from '../text/escape.ts';

export const EXPLAIN_SCHEMA = 'overlens.explain/1';
export const COMPARE_SCHEMA = 'overlens.compare/1';
export const PREDICT_SCHEMA = 'overlens.predict/1';

/** One JSON document and a line feed. */
export function renderExplanationJson(explanation: Explanation): string {
  return `${stringifyJson({ schema: EXPLAIN_SCHEMA, ...explanationJson(explanation) }, 2)}\n`;
}

/** Two packets, what differs and what does not. */
export function renderComparisonJson(comparison: Comparison): string {
  const { relation, headline, story, differences, same, first, second } = comparison;
  const packets = { first: explanationJson(first), second: explanationJson(second) };
  return `${stringifyJson({ schema: COMPARE_SCHEMA, relation, headline, story, differences, same, ...packets }, 2)}\n`;
}

/** Both directions of a prediction. */
export function renderPredictionJson({ example, there, back, differs }: Prediction): string {
  return `${stringifyJson({ schema: PREDICT_SCHEMA, example, differs, there: wayJson(there), back: wayJson(back) }, 2)}\n`;
}

function wayJson({ from, to, ...way }: Way): Record<string, unknown> {
  return { from: endJson(from), to: endJson(to), ...way };
}

function endJson({ name, owner }: PredictedEnd): Record<string, unknown> {
  const { address, kind, namespace, pod, node, pool, evidence } = owner;
  return { name, address, kind, namespace, pod, node: node?.name ?? null, pool: pool?.name ?? null, evidence };
}

/** The properties of one packet; `compare` writes two of them. */
export function explanationJson(explanation: Explanation): Record<string, unknown> {
  const { capture, number, time, comments, captured, original, linkType, place, outcome, encapsulation } = explanation;
  const { headline, story, flow, overhead, columns, rows, notes, decision, related, next, layers, bytes } = explanation;
  return {
    capture: capture.path,
    number,
    chosen: { by: explanation.chosenBy, text: explanation.chosenText },
    time,
    ...(comments.length === 0 ? {} : { comments: comments.map((lines) => lines.join('\n')) }),
    captured,
    original,
    linkType,
    place,
    outcome,
    encapsulation,
    headline,
    story,
    flow,
    overhead,
    layers: layers.map(layerJson),
    table: { columns, rows: rows.map(rowJson) },
    notes,
    decision,
    related: related.map(({ capture: index, ...one }) => ({ captureIndex: index, ...one })),
    next,
    bytes: hexOf(bytes),
  };
}

function layerJson(layer: ExplainedLayer): Record<string, unknown> {
  const { id, protocol, kind, title, side, offset, length, spec } = layer;
  const checksums = layer.fields.map((field) => field.checksum).filter((judged) => judged !== null);
  return { id, protocol, kind, title, side, offset, length, spec, fields: namedFields(asView(layer)), checksums };
}

/** What `namedFields` reads of a layer are its fields. */
function asView({ protocol, offset, length, fields, parts }: ExplainedLayer): LayerView {
  return { index: 0, number: 0, end: offset + length, protocol, offset, length, fields: [...fields], parts };
}

function rowJson({ label, cells }: Row): { label: string; cells: (Cell | null)[] } {
  return { label, cells: [...cells] };
}

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
