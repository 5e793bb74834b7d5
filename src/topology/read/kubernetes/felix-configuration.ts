// FelixConfiguration: what it sets of tunnels. Scope and precedence: calico-facts 4.1, ask/felix-settings.ts.

import { FELIX_PARAMETERS } from '../../../cluster/calico/annotations.ts';
import { epochSeconds } from '../../../net/date-text.ts';
import { type FelixFact, type FelixSettings, NO_SETTINGS, SETTING_FIELDS } from '../../agent-settings.ts';
import type { Sourced } from '../../model.ts';
import { flagAt, type Located, textAt, valueAt, writtenText } from '../located.ts';
import { addIssue, type Facts } from '../stated-facts.ts';

/** Reads one FelixConfiguration into `facts.felix`: `default`, `node.<name>`, and others by their nodeSelector. */
export function readFelixConfiguration(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name') ?? 'default';
  const ref = object.ref();
  const scope = name === 'default' ? 'default' : name.startsWith('node.') ? 'node' : 'selector';
  const selector = scope === 'selector' ? (textAt(object.value, 'spec', 'nodeSelector')?.trim() ?? '') : null;
  if (selector === '') {
    const message = `FelixConfiguration ${name} has no nodeSelector: it applies to no node, and its values are not used`;
    addIssue(facts, 'unused-object', 'warning', message, { refs: [ref] });
  }
  const by = scope === 'default' ? {} : { by: `FelixConfiguration ${name}` };
  const fact: FelixFact = {
    ...{ scope, name, selector, ref, hidden: [] },
    node: scope === 'node' ? name.slice(5) : null,
    created: epochSeconds(textAt(object.value, 'metadata', 'creationTimestamp')),
    values: valuesOf(object, by, facts),
  };
  if (selector !== '') facts.felix.push(fact);
}

function valuesOf(object: Located, by: { by?: string }, facts: Facts): FelixSettings {
  const values = { ...NO_SETTINGS };
  for (const field of SETTING_FIELDS) {
    const { range } = FELIX_PARAMETERS[field];
    const value = range === null ? readFlag(object, field) : readNumber(object, field, range, facts);
    if (value !== null) Object.assign(values, { [field]: { ...value, ...by } });
  }
  return values;
}

function readNumber(
  object: Located,
  field: string,
  range: readonly [number, number],
  facts: Facts,
): Sourced<number> | null {
  const written = valueAt(object.value, 'spec', field);
  if (written === undefined || written === null) return null;
  const ref = object.ref(['spec', field]);
  const number = typeof written === 'string' && /^\d{1,8}$/.test(written) ? Number(written) : written;
  if (typeof number === 'number' && Number.isInteger(number) && number >= range[0] && number <= range[1]) {
    return { value: number, ref };
  }
  const message = `${field} is ${writtenText(written)}, expected a number from ${range[0]} to ${range[1]}`;
  facts.problems.push({ ref, message });
  return null;
}

function readFlag(object: Located, field: string): Sourced<boolean> | null {
  const value = flagAt(object.value, 'spec', field);
  return value === null ? null : { value, ref: object.ref(['spec', field]) };
}
