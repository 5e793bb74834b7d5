// A setting as Felix takes it from its environment and its file: text. Numbers in decimal, octal or hexadecimal; five words each for
// yes and no; `none` for nothing at all (felix/config, param_types.go).
import { FELIX_PARAMETERS } from '../../../cluster/calico/annotations.ts';
import type { SettingField } from '../../agent-settings.ts';

const YES: ReadonlySet<string> = new Set(['true', '1', 'yes', 'y', 't']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no', 'n', 'f', 'none']);

/** The value; null when it is none that the setting may have. */
export function felixValue(field: SettingField, written: string): number | boolean | null {
  const text = written.trim().toLowerCase();
  const { range } = FELIX_PARAMETERS[field];
  if (range === null) return YES.has(text) ? true : NO.has(text) ? false : null;
  const number = text === 'none' ? 0 : numberOf(text);
  return number !== null && number >= range[0] && number <= range[1] ? number : null;
}

function numberOf(text: string): number | null {
  if (/^0[0-7]{1,10}$/.test(text)) return Number.parseInt(text, 8);
  return /^(?:\d{1,9}|0x[0-9a-f]{1,8}|0o[0-7]{1,10}|0b[01]{1,24})$/.test(text) ? Number(text) : null;
}

/** What is expected instead of a value that is none. */
export function expectedOfParameter(field: SettingField): string {
  const { range } = FELIX_PARAMETERS[field];
  return range === null ? 'true or false' : `a number from ${range[0]} to ${range[1]}`;
}
