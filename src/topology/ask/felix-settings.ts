// FelixConfiguration resolved for one node, and what the nodes' VXLAN devices agree on (calico-facts 4.1, 4.2).
import { isVxlanDevice, type Profile } from '../../cluster/profile.ts';
import type { FelixSettings, Node, Sourced } from '../model.ts';
import { ENVIRONMENT, type FelixFact } from '../read/stated-facts.ts';

const UNSET: FelixSettings = {
  vxlanVNI: null,
  vxlanPort: null,
  vxlanEnabled: null,
  wireguardEnabled: null,
  wireguardListeningPort: null,
};

/** Settings of a node: the environment over `node.<name>` over `default`, field by field; the first of two objects of one name counts. */
export function felixSettings(facts: readonly FelixFact[], nodeName: string | null): FelixSettings {
  const environment = facts.find((fact) => fact.name === ENVIRONMENT)?.values;
  const scoped = nodeName === null ? undefined : facts.find((fact) => fact.name === `node.${nodeName}`)?.values;
  const general = facts.find((fact) => fact.name === 'default')?.values;
  const settings = { ...UNSET };
  for (const field of Object.keys(UNSET) as (keyof FelixSettings)[]) {
    Object.assign(settings, { [field]: environment?.[field] ?? scoped?.[field] ?? general?.[field] ?? null });
  }
  return settings;
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
