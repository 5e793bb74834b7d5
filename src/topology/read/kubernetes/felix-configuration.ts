// FelixConfiguration: the VNI, ports and switches that differ from Calico's defaults. Scope and precedence: calico-facts 4.1.

import type { Sourced } from '../../model.ts';
import { flagAt, type Located, textAt, valueAt } from '../located.ts';
import { addIssue, type Facts, type FelixFact } from '../stated-facts.ts';

/** Reads one FelixConfiguration into `facts.felix`: `default`, `node.<name>`; selector-scoped ones are named and not applied. */
export function readFelixConfiguration(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name') ?? 'default';
  const fact: FelixFact = {
    name,
    values: {
      vxlanVNI: readNumber(object, 'vxlanVNI', [1, 0xffffff], facts),
      vxlanPort: readNumber(object, 'vxlanPort', [1, 65535], facts),
      vxlanEnabled: readFlag(object, 'vxlanEnabled'),
      wireguardEnabled: readFlag(object, 'wireguardEnabled'),
      wireguardListeningPort: readNumber(object, 'wireguardListeningPort', [1, 65535], facts),
    },
    ref: object.ref(),
  };
  if (name !== 'default' && !name.startsWith('node.')) {
    const message = `FelixConfiguration ${name} applies by nodeSelector, which is not evaluated: its values are not used`;
    addIssue(facts, 'unused-object', 'warning', message, { refs: [fact.ref] });
    return;
  }
  facts.felix.push(fact);
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
  const message = `${field} is ${JSON.stringify(written)}, expected a number from ${range[0]} to ${range[1]}`;
  facts.problems.push({ ref, message });
  return null;
}

function readFlag(object: Located, field: string): Sourced<boolean> | null {
  const value = flagAt(object.value, 'spec', field);
  return value === null ? null : { value, ref: object.ref(['spec', field]) };
}
