// What output may look like here: columns and colours, from the terminal, the environment and the options.
import { DEFAULT_WIDTH } from '../render/text/render-options.ts';
import type { Io } from './io.ts';

export type ColorMode = 'auto' | 'always' | 'never';

/** Narrower terminals are treated as this wide: below it no table can be read. */
const NARROWEST = 40;

/** The terminal's columns; without one, COLUMNS if it is set, else 100. */
export function widthOf(io: Io): number {
  const columns = io.stdoutIsTTY ? io.columns : Number(io.env['COLUMNS']);
  return columns !== undefined && Number.isInteger(columns) && columns > 0
    ? Math.max(NARROWEST, columns)
    : DEFAULT_WIDTH;
}

/** `--color` decides; on `auto` NO_COLOR (no-color.org), then FORCE_COLOR, then TERM=dumb, then whether stdout is a terminal. */
export function colorOf(io: Io, mode: ColorMode): boolean {
  if (mode !== 'auto') return mode === 'always';
  if (io.env['NO_COLOR']) return false;
  const force = io.env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return io.env['TERM'] !== 'dumb' && io.stdoutIsTTY;
}
