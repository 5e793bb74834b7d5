// What the text renderers need to know of the place they print to. Nothing is read from the environment here.

export interface RenderOptions {
  /** Columns of the terminal. */
  width: number;
  /** False where lines may be as long as they like (a pipe): `wide` then shortens nothing. */
  fit: boolean;
  color: boolean;
  /** Conversations one by one, nothing left out. */
  all: boolean;
  /** Rows of the table before the rest is counted only. */
  top: number;
  sort: SortKey;
}

export const SORT_KEYS = [
  'problem',
  'first',
  'packets',
  'bytes',
  'duration',
  'rtt',
  'first-byte',
  'resent',
  'rate',
  'from',
  'to',
  'service',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export const DEFAULT_TOP = 40;

/** Columns assumed where there is no terminal to ask. */
export const DEFAULT_WIDTH = 100;
