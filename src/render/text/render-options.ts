// What the text renderers need to know of the place they print to. Nothing is read from the environment here.

export interface RenderOptions {
  /** Columns of the terminal. */
  width: number;
  /** Columns that a row of a table may take, if that is not `width`: in a pipe that ends in no terminal as many as it needs. */
  rowWidth?: number;
  /** In a pipe a row that does not fit is rather longer than broken up: `grep` shows all of it. */
  longRows?: boolean;
  /** Lines of the terminal; absent where there is none. */
  height?: number;
  /** False in a pipe: names are whole there, since they are searched for. */
  fit: boolean;
  color: boolean;
  /** Conversations one by one, nothing left out. */
  all: boolean;
  /** Rows of the table before the rest is counted only, as asked for; null where the terminal's height or a usual number decides. */
  top: number | null;
  sort: SortKey;
  /** What conversations are summed up by; absent: by their ends and service. */
  by?: GroupKey;
}

export const GROUP_KEYS = ['node-pair', 'namespace', 'pool', 'workload'] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

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
