// The environment of Calico's agent, which Felix heeds before every FelixConfiguration (calico-facts 4.1). Of a DaemonSet nothing else
// is read, and of its environment only what decides how VXLAN is sent.
import { AGENT_CONTAINER, FELIX_ENVIRONMENT } from '../../../cluster/calico/annotations.ts';
import type { Sourced } from '../../model.ts';
import { type Located, listAt, textAt, valueAt } from '../located.ts';
import { addIssue, ENVIRONMENT, type Facts, type FelixFact } from '../stated-facts.ts';

const CONTAINERS = ['spec', 'template', 'spec', 'containers'] as const;

/** Whether it is the DaemonSet of Calico's agent, whatever it is called. */
export function runsAgent(object: Located): boolean {
  return listAt(object.value, ...CONTAINERS).some((container) => textAt(container, 'name') === AGENT_CONTAINER);
}

/** Reads the agent's DaemonSet into `facts.felix`. */
export function readDaemonSet(object: Located, facts: Facts): void {
  const at = listAt(object.value, ...CONTAINERS).findIndex((one) => textAt(one, 'name') === AGENT_CONTAINER);
  const variables = listAt(object.value, ...CONTAINERS, at, 'env');
  const number = (field: 'vxlanVNI' | 'vxlanPort', largest: number): Sourced<number> | null => {
    const i = variables.findIndex((variable) => isNamed(variable, FELIX_ENVIRONMENT[field]));
    const written = textAt(variables[i], 'value');
    if (written === null) return null;
    const ref = object.ref([...CONTAINERS, at, 'env', i, 'value']);
    const value = /^\d{1,8}$/.test(written.trim()) ? Number(written) : 0;
    if (value >= 1 && value <= largest) return { value, ref, by: `environment of ${AGENT_CONTAINER}` };
    const message = `${FELIX_ENVIRONMENT[field]} is ${JSON.stringify(written)}, expected a number from 1 to ${largest}: not used`;
    addIssue(facts, 'unknown-value', 'warning', message, { refs: [ref] });
    return null;
  };
  const set = { vxlanVNI: number('vxlanVNI', 0xffffff), vxlanPort: number('vxlanPort', 65535) };
  if (set.vxlanVNI === null && set.vxlanPort === null) return;
  const unset = { vxlanEnabled: null, wireguardEnabled: null, wireguardListeningPort: null };
  const fact: FelixFact = { name: ENVIRONMENT, values: { ...unset, ...set }, ref: object.ref() };
  facts.felix.push(fact);
}

/** Felix takes names in any case. */
function isNamed(variable: unknown, name: string): boolean {
  return textAt(variable, 'name')?.toUpperCase() === name;
}

/** The DaemonSet with its environment cut to what is read: to find it, the name of every variable was looked at. */
export function withoutOtherVariables(object: unknown): unknown {
  if (textAt(object, 'kind') !== 'DaemonSet') return object;
  const names = Object.values(FELIX_ENVIRONMENT);
  const containers = listAt(object, ...CONTAINERS)
    .filter((container) => textAt(container, 'name') === AGENT_CONTAINER)
    .map((container) => {
      const env = listAt(container, 'env').filter((variable) => names.some((name) => isNamed(variable, name)));
      return { name: AGENT_CONTAINER, env };
    });
  return { ...(object as object), spec: { template: { spec: { containers } } }, metadata: valueAt(object, 'metadata') };
}
