// What the agent's settings are on one node, and what the nodes' VXLAN devices agree on (calico-facts 4.1, 4.2). Felix's own order
// (felix/config; felix/calc, config_batcher.go): its environment, its file, `node.<name>`, the oldest of those whose selector takes
// the node (they are not added up), `default`; of each setting the strongest source that has it.
import { isVxlanDevice, type Profile } from '../../cluster/profile.ts';
import { type FelixFact, type FelixSettings, NO_SETTINGS, SCOPES, SETTING_FIELDS } from '../agent-settings.ts';
import type { Node, Sourced, Topology } from '../model.ts';
import type { Labels, Truth } from '../policies/policy-model.ts';
import { parseSelector } from '../policies/selector.ts';

/** A node as selectors see it; `labels` null: not known. */
export interface Selected {
  name: string;
  labels: Labels | null;
}

/** Whether a selector takes a node. Null: its labels are not known, or the selector is not understood. */
export function selects(fact: FelixFact, { labels }: Selected): Truth {
  const selector = parseSelector(fact.selector ?? '');
  return selector?.((key) => (labels === null ? undefined : (labels[key] ?? null))) ?? null;
}

/** Those whose selectors surely take the node, the one that counts first. */
export function selecting(facts: readonly FelixFact[], node: Selected): FelixFact[] {
  return facts
    .filter((fact) => fact.scope === 'selector' && selects(fact, node) === true)
    .sort(
      (a, b) =>
        (a.created ?? Number.NEGATIVE_INFINITY) - (b.created ?? Number.NEGATIVE_INFINITY) || (a.name < b.name ? -1 : 1),
    );
}

/** Settings of a node; null: of one that nothing is said of in particular. The first of two sources of one scope and name counts. */
export function felixSettings(facts: readonly FelixFact[], node: Selected | null): FelixSettings {
  const [selected] = node === null ? [] : selecting(facts, node);
  const counts = (fact: FelixFact): boolean => {
    if (fact.scope === 'selector') return fact === selected;
    return fact.node === null || fact.node === node?.name;
  };
  const layers = SCOPES.flatMap((scope) => facts.filter((fact) => fact.scope === scope && counts(fact)));
  const settings = { ...NO_SETTINGS };
  for (const field of SETTING_FIELDS) {
    const first = layers.find(({ values, hidden }) => values[field] !== null || hidden.includes(field));
    Object.assign(settings, { [field]: first?.values[field] ?? null });
  }
  return settings;
}

/** What a node is told in particular: what is not told to all nodes by the same source. */
export function ownSettings(felix: Topology['felix'], name: string): Partial<FelixSettings> {
  const [general, own] = [felix(null), felix(name)];
  const differing = SETTING_FIELDS.filter((field) => own[field]?.ref !== general[field]?.ref);
  return Object.fromEntries(differing.map((field) => [field, own[field]]));
}

/** The VNI or port of all VXLAN devices of the CNI, if they agree; eBPF's `external` devices have neither. */
export function deviceSetting(
  nodes: readonly Node[],
  field: 'id' | 'dstport',
  profile: Profile,
): Sourced<number> | null {
  const found: Sourced<number>[] = [];
  for (const link of nodes.flatMap((node) => node.links)) {
    const value = link.vxlan?.[field] ?? null;
    const says = isVxlanDevice(profile, link.name) && link.vxlan !== null && !(field === 'id' && link.vxlan.external);
    if (says && value !== null) found.push({ value, ref: link.ref });
  }
  const [first] = found;
  return first !== undefined && found.every(({ value }) => value === first.value) ? first : null;
}
