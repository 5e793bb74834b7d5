// What output may look like here: columns and colours, from the terminal, the environment and the options.
import { DEFAULT_WIDTH, type RenderOptions } from '../render/text/render-options.ts';
import type { Io } from './io.ts';

export type ColorMode = 'auto' | 'always' | 'never';

/** Narrower terminals are treated as this wide: below it no table can be read. */
const NARROWEST = 40;

/** The terminal's columns; into a pipe COLUMNS if it is set, else those of the terminal around it, else 100. */
export function widthOf(io: Io): number {
  return knownWidth(io) ?? DEFAULT_WIDTH;
}

function knownWidth({ stdoutIsTTY, env, columns }: Io): number | null {
  const asked = stdoutIsTTY ? undefined : Number(env['COLUMNS']);
  const width = isColumns(asked) ? asked : columns;
  return isColumns(width) ? Math.max(NARROWEST, width) : null;
}

function isColumns(columns: number | undefined): columns is number {
  return columns !== undefined && Number.isInteger(columns) && columns > 0;
}

/** What tables need to know of the place they are printed to: names are shortened, and rows bounded, on a terminal only. */
export function screenOf(io: Io): Pick<RenderOptions, 'width' | 'rowWidth' | 'longRows' | 'height' | 'fit'> {
  const width = widthOf(io);
  const asked = isColumns(Number(io.env['COLUMNS']));
  if (io.stdoutIsTTY) return { width, fit: true, ...(io.rows ? { height: io.rows } : {}) };
  return { width, fit: false, rowWidth: knownWidth(io) ?? Number.POSITIVE_INFINITY, longRows: !asked };
}

/** `--color` decides; on `auto` NO_COLOR (no-color.org), then FORCE_COLOR, then TERM=dumb, then whether stdout is a terminal. */
export function colorOf(io: Io, mode: ColorMode): boolean {
  if (mode !== 'auto') return mode === 'always';
  if (io.env['NO_COLOR']) return false;
  const force = io.env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return io.env['TERM'] !== 'dumb' && io.stdoutIsTTY;
}
