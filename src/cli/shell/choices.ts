// The words that an option takes, from what its help says: `table, wide or json`.
import type { Option } from 'commander';
import { PROTOCOL_NAMES } from '../../net/protocol-name.ts';

/** Empty where the help names none. */
export function choicesOf({ long, description, argChoices }: Option): readonly string[] {
  if (argChoices !== undefined) return argChoices;
  if (long === '--protocol' || long === '--not-protocol') return PROTOCOL_NAMES;
  const words: string[] = [];
  const listed = description
    .replace(/\([^()]*\)/g, '')
    .replace(/^rows summed up by /, '')
    .replace(/[:;].*$/s, '');
  for (const word of listed.split(/,(?: or)? | or /)) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(word.trim())) break;
    words.push(word.trim());
  }
  return words.length > 1 ? words : [];
}
