// The agent's settings from all their sources: an object given twice, selectors that cannot be asked, and which node has which.
import { type FelixFact, type FelixSettings, SETTING_FIELDS } from '../agent-settings.ts';
import { felixSettings, type Selected, selecting, selects } from '../ask/felix-settings.ts';
import { parseSelector } from '../policies/selector.ts';
import { listNames } from '../read/located.ts';
import { addIssue, type Facts } from '../read/stated-facts.ts';
import type { OpenNode } from './merge-nodes.ts';
import { differs } from './merge-pools.ts';

/** Of one object given twice the first counts; files come with the nodes that have them. */
export function mergeFelix(facts: Facts, nodes: readonly OpenNode[]): FelixFact[] {
  const byName = new Map<string, FelixFact>();
  for (const fact of facts.felix) {
    const key = `${fact.scope} ${fact.name}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, fact);
    else sayDifferences(known, fact, facts);
  }
  for (const { name, agentFile } of nodes) {
    if (agentFile === null) continue;
    const rest = { selector: null, created: null, hidden: [] };
    byName.set(`file ${name}`, { ...rest, ...agentFile, scope: 'file', name, node: name });
  }
  return [...byName.values()];
}

function sayDifferences(known: FelixFact, fact: FelixFact, facts: Facts): void {
  for (const field of SETTING_FIELDS) {
    const [first, second] = [known.values[field], fact.values[field]];
    if (first?.value === second?.value) continue;
    const values: [string, string] = [String(first?.value ?? 'not set'), String(second?.value ?? 'not set')];
    const refs = [first?.ref ?? known.ref, second?.ref ?? fact.ref];
    const what = fact.scope === 'environment' ? `environment of ${fact.name}` : `FelixConfiguration ${fact.name}`;
    differs(facts, `${what}: ${field}`, values, refs, []);
  }
}

/** Answers what the settings of a node are; what selectors leave open is said. */
export function settingsByNode(
  felix: readonly FelixFact[],
  open: readonly OpenNode[],
  facts: Pick<Facts, 'issues'>,
): (nodeName: string | null) => FelixSettings {
  const nodes = new Map(open.map(({ name, labels }): [string, Selected] => [name, { name, labels }]));
  saySelectors(felix, [...nodes.values()], facts);
  const known = new Map<string | null, FelixSettings>();
  return (name) => {
    const settings =
      known.get(name) ?? felixSettings(felix, name === null ? null : (nodes.get(name) ?? { name, labels: null }));
    known.set(name, settings);
    return settings;
  };
}

function saySelectors(felix: readonly FelixFact[], nodes: readonly Selected[], facts: Pick<Facts, 'issues'>): void {
  for (const fact of felix) {
    if (fact.scope !== 'selector') continue;
    const title = `FelixConfiguration ${fact.name}`;
    if (parseSelector(fact.selector ?? '') === null) {
      const message = `${title}: its nodeSelector ${JSON.stringify(fact.selector)} is not understood: its values are not used`;
      addIssue(facts, 'unused-object', 'warning', message, { refs: [fact.ref] });
      continue;
    }
    if (nodes.length === 0) {
      const message = `${title} applies by nodeSelector, and the snapshot has no nodes: its values are not used`;
      addIssue(facts, 'unused-object', 'warning', message, { refs: [fact.ref] });
    }
    const unknown = nodes.filter((node) => selects(fact, node) === null).map(({ name }) => name);
    if (unknown.length === 0) continue;
    const message = `${title}: whether its nodeSelector takes ${listNames(unknown)} is not known, since their labels are not: its values are not used there`;
    addIssue(facts, 'unused-object', 'warning', message, { refs: [fact.ref], subjects: unknown });
  }
  for (const node of nodes) {
    const [first, ...others] = selecting(felix, node);
    if (first === undefined || others.length === 0) continue;
    const names = listNames([first, ...others].map(({ name }) => name));
    const message = `${node.name} is selected by FelixConfigurations ${names}: only the oldest counts, ${first.name}`;
    addIssue(facts, 'overlapping-selectors', 'risk', message, {
      refs: [first, ...others].map(({ ref }) => ref),
      subjects: [node.name],
    });
  }
}
