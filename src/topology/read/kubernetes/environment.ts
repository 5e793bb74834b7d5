// The environment of Calico's agent, which Felix heeds before every FelixConfiguration (calico-facts 4.1). Of a DaemonSet nothing else
// is read, and of its environment only what decides about tunnels.
import { AGENT_CONTAINER, felixVariable } from '../../../cluster/calico/annotations.ts';
import { NO_SETTINGS, SETTING_FIELDS, type SettingField } from '../../agent-settings.ts';
import type { SourceRef } from '../../model.ts';
import { expectedOfParameter, felixValue } from '../felix/felix-parameter.ts';
import { type Located, listAt, textAt, valueAt } from '../located.ts';
import { addIssue, type Facts } from '../stated-facts.ts';

const CONTAINERS = ['spec', 'template', 'spec', 'containers'] as const;

/** Whether it is the DaemonSet of Calico's agent, whatever it is called. */
export function runsAgent(object: Located): boolean {
  return listAt(object.value, ...CONTAINERS).some((container) => textAt(container, 'name') === AGENT_CONTAINER);
}

/** Reads the agent's DaemonSet into `facts.felix`. */
export function readDaemonSet(object: Located, facts: Facts): void {
  const at = listAt(object.value, ...CONTAINERS).findIndex((one) => textAt(one, 'name') === AGENT_CONTAINER);
  const variables = listAt(object.value, ...CONTAINERS, at, 'env');
  const values = { ...NO_SETTINGS };
  const hidden: SettingField[] = [];
  for (const field of SETTING_FIELDS) {
    // of two variables of one name the container gets the last
    const i = variables.findLastIndex((variable) => isNamed(variable, felixVariable(field)));
    if (i < 0) continue;
    const ref = object.ref([...CONTAINERS, at, 'env', i, 'value']);
    const written = textAt(variables[i], 'value');
    if (written === null) {
      if (isElsewhere(variables[i])) sayHidden(field, ref, hidden, facts);
      continue;
    }
    const value = felixValue(field, written);
    if (value !== null) {
      Object.assign(values, { [field]: { value, ref, by: `environment of ${AGENT_CONTAINER}` } });
      continue;
    }
    const wanted = expectedOfParameter(field);
    const message = `${felixVariable(field)} is ${JSON.stringify(written)}, expected ${wanted}: not used`;
    addIssue(facts, 'unknown-value', 'warning', message, { refs: [ref] });
  }
  if (hidden.length === 0 && Object.values(values).every((value) => value === null)) return;
  const name = textAt(object.value, 'metadata', 'name') ?? AGENT_CONTAINER;
  const rest = { node: null, selector: null, created: null };
  facts.felix.push({ ...rest, scope: 'environment', name, values, hidden, ref: object.ref() });
}

/** Whether the value stands in another object, where nobody looks. */
function isElsewhere(variable: unknown): boolean {
  return valueAt(variable, 'valueFrom') !== undefined;
}

/** What decides packets is missed; MTUs come from a ConfigMap in Calico's own manifests. */
function sayHidden(field: SettingField, ref: SourceRef, hidden: SettingField[], facts: Facts): void {
  hidden.push(field);
  if (field !== 'vxlanPort' && field !== 'vxlanVNI') return;
  const message = `${felixVariable(field)} of ${AGENT_CONTAINER} comes from another object (valueFrom): its value is not known`;
  addIssue(facts, 'unknown-value', 'warning', message, { refs: [ref] });
}

/** Felix takes names in any case. */
function isNamed(variable: unknown, name: string): boolean {
  return textAt(variable, 'name')?.toUpperCase() === name;
}

/** The DaemonSet with its environment cut to what is read: to find it, the name of every variable was looked at. */
export function withoutOtherVariables(object: unknown): unknown {
  if (textAt(object, 'kind') !== 'DaemonSet') return object;
  const names = SETTING_FIELDS.map(felixVariable);
  const containers = listAt(object, ...CONTAINERS)
    .filter((container) => textAt(container, 'name') === AGENT_CONTAINER)
    .map((container) => {
      const env = listAt(container, 'env').filter((variable) => names.some((name) => isNamed(variable, name)));
      return { name: AGENT_CONTAINER, env };
    });
  return { ...(object as object), spec: { template: { spec: { containers } } }, metadata: valueAt(object, 'metadata') };
}
