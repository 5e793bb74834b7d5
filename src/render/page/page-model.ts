// What an SVG or HTML page shows, block by block and free of layout: one model, two renderers, and no knowledge of where it
// comes from. Texts in it are escaped for terminals already; the renderers escape them for XML.
import type { Hue } from './theme.ts';

/** What a text means to the reader; its colour and its mark follow. */
export type Tone = 'usual' | 'notable' | 'wrong' | 'good' | 'dim';

/** What bytes of a packet are. What is no header may be drawn shorter than it is. */
export type LayerKind = 'header' | 'payload' | 'padding' | 'missing';

export interface PageCell {
  value: string;
  meaning: string | null;
  tone: Tone;
  /** Of the header that has the value. */
  hue?: Hue;
}

export interface PageRow {
  head: string;
  cells: readonly (PageCell | null)[];
}

export interface FigureLayer {
  id: number;
  title: string;
  short: string;
  offset: number;
  length: number;
  side: string;
  kind: LayerKind;
  hue: Hue;
}

export type Block = BlockBody & {
  /** Where a part of the page begins: its name, for the navigation. At most `MOST_PARTS` of a page. */
  part?: string;
};

/** More links than these are a list to read, no help to find the way. */
export const MOST_PARTS = 7;

/** Blocks that are one part of the page. */
export function inPart(part: string, [first, ...more]: readonly Block[]): Block[] {
  return first === undefined ? [] : [{ ...first, part }, ...more];
}

type BlockBody =
  | { kind: 'lead'; origin: string; text: string; alarms: readonly string[]; verdict?: 'good' | 'notable' | 'wrong' }
  | {
      kind: 'figure';
      heading: string;
      layers: readonly FigureLayer[];
      sides: readonly { side: string; texts: readonly string[] }[];
    }
  | { kind: 'chain'; heading: string; text: string; places: readonly ChainPlace[] }
  | { kind: 'points'; heading: string; items: readonly { text: string; tone: Tone }[] }
  | { kind: 'table'; heading: string; head: readonly string[]; rows: readonly PageRow[]; comment: string | null }
  | { kind: 'notes'; heading: string; items: readonly { tone: Tone; title: string; where: string; text: string }[] }
  | {
      kind: 'bits';
      heading: string;
      headers: readonly {
        id: number;
        hue: Hue;
        title: string;
        where: string;
        lines: readonly string[];
        fields: readonly PageRow[];
      }[];
    }
  | { kind: 'bytes'; heading: string; layers: readonly PageBytes[] }
  | { kind: 'commands'; heading: string; lines: readonly string[] };

/** One of several places that something passes, in order. */
export interface ChainPlace {
  /** Places of one group stand side by side under its name. */
  group: string;
  title: string;
  value: string;
  tone: Tone;
  /** On the way from the place before: how long, what was lost. */
  before: readonly { text: string; tone: Tone }[];
  notes: readonly string[];
}

export interface PageBytes {
  id: number;
  hue: Hue;
  title: string;
  facts: string;
  rows: readonly { offset: number; hex: string; text: string }[];
  more: string | null;
}

export interface Page {
  title: string;
  /** One paragraph for those who cannot see the page. */
  description: string;
  blocks: readonly Block[];
}
