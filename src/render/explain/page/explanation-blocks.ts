// Explanations as blocks of a page: those that pages of one packet, of two and of predictions share.
import { bitDiagram } from '../../../decode/view/diagram.ts';
import type { Decision, Explanation } from '../../../explain/explanation.ts';
import type { Block } from '../../page/page-model.ts';
import { formatCount } from '../../text/format.ts';
import { briefPlace, bytesText, headOf, saysText, statusWord } from '../decision-text.ts';
import { spanText } from '../explain-options.ts';
import { originText } from '../explanation-text.ts';
import { hexRows } from '../marked-hex.ts';
import { meaningOf, sideTexts } from '../packet-sections.ts';

const BYTES_PER_ROW = 8;

export function leadBlock(shown: Explanation): Extract<Block, { kind: 'lead' }> {
  const codes = (shown.flow?.findings ?? [])
    .filter((finding) => finding.severity === 'violation')
    .map((finding) => finding.code);
  return {
    kind: 'lead',
    origin: originText(shown),
    text: shown.headline,
    alarms: [...new Set(codes)].map((code) => `VIOLATION ${code}`),
  };
}

export function figureBlock(heading: string, shown: Explanation): Block {
  return {
    kind: 'figure',
    heading,
    layers: shown.layers.map(({ id, title, short, offset, length, side, kind }) => ({
      id,
      title,
      short,
      offset,
      length,
      side,
      kind,
    })),
    sides: sideTexts(shown),
  };
}

export function pointsBlock(heading: string, texts: readonly string[]): Block {
  return { kind: 'points', heading, items: texts.map((text) => ({ text, tone: 'usual' })) };
}

export function decisionBlock(decision: Decision, root: string): Block {
  return {
    kind: 'table',
    heading: headOf(decision),
    head: ['', 'its line', 'you read it in', 'in the packet'],
    rows: decision.steps.map((step) => ({
      head: step.label,
      cells: [
        { value: saysText(step), meaning: null, tone: 'usual' },
        { value: briefPlace(step, decision.node, root) || '-', meaning: null, tone: 'usual' },
        {
          value: statusWord(step),
          meaning: bytesText(step) || null,
          tone: step.status === 'ok' ? 'good' : step.status === 'unknown' ? 'dim' : 'wrong',
        },
      ],
    })),
    comment: decision.comment,
  };
}

export function bitsBlock(shown: Explanation): Block {
  return {
    kind: 'bits',
    heading: 'Every header, bit by bit',
    headers: shown.layers
      .filter((layer) => layer.kind === 'header')
      .map((layer) => ({
        id: layer.id,
        title: layer.title,
        where: `${spanText(layer)}, ${layer.spec ?? ''}`,
        lines: layer.parts.flatMap(({ header, at }) => bitDiagram(header, { bytes: shown.bytes, at })),
        fields: layer.fields
          .filter((field) => !field.group && !(field.reserved && (field.value === 0 || field.value === false)))
          .map((field) => ({
            head: field.label,
            cells: [{ value: field.text, meaning: meaningOf(field).replace(/^ \(|\)$/g, '') || null, tone: 'usual' }],
          })),
      })),
  };
}

export function bytesBlock(shown: Explanation, all: boolean): Block {
  const count = shown.captured === shown.original ? `${shown.captured}` : `${shown.captured} captured`;
  return {
    kind: 'bytes',
    heading: `The ${count} bytes, layer by layer`,
    layers: shown.layers.map((layer) => {
      const { rows, more } = hexRows(layer, shown.bytes, BYTES_PER_ROW, all);
      const side = layer.side === 'only' || layer.kind === 'padding' ? '' : `, ${layer.side}`;
      const missing = layer.kind === 'missing' ? ', not in the file' : side;
      return {
        id: layer.id,
        kind: layer.kind,
        title: layer.title,
        facts: `${formatCount(layer.length, 'byte')}${missing}`,
        rows: rows.map(({ offset, bytes, text }) => ({
          offset,
          hex: bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
          text,
        })),
        more: more > 0 ? `and ${formatCount(more, 'more byte')}` : null,
      };
    }),
  };
}
