// The agent's settings in `overlens topology`: each with what sets it, and where.
import type { FelixSettings, SettingField } from '../../topology/agent-settings.ts';
import type { Sourced, Topology } from '../../topology/model.ts';
import { type Fact, factLines, type Page } from './fact-lines.ts';

/** What holds for all nodes, and what their devices agree on. */
export function settingLines(topology: Topology, page: Page): string[] {
  const { settings } = topology.profile;
  const sourced = (label: string, source: string, value: Sourced<number | boolean> | null): Fact[] =>
    value === null ? [] : [[label, String(value.value), value.by ?? source, value.ref]];
  const facts = [
    ...settingFacts(topology.felix(null), settings),
    ...sourced('VNI', 'all VXLAN devices', topology.deviceVNI),
    ...sourced('VXLAN port', 'all VXLAN devices', topology.devicePort),
  ];
  return facts.length === 0 ? [] : [page.paint('strong', 'SETTINGS'), ...factLines(facts, page)];
}

/** What people call a setting; the name of a switch is not said by what it switches. */
const SETTING_LABELS: Readonly<Record<SettingField, readonly [string, isSwitch?: true]>> = {
  vxlanVNI: ['VNI'],
  vxlanPort: ['VXLAN port'],
  vxlanEnabled: ['VXLAN', true],
  vxlanMTU: ['VXLAN MTU'],
  vxlanMTUV6: ['VXLAN MTU v6'],
  ipipEnabled: ['IP-in-IP', true],
  ipipMTU: ['IP-in-IP MTU'],
  wireguardEnabled: ['WireGuard', true],
  wireguardEnabledV6: ['WireGuard v6', true],
  wireguardMTU: ['WireGuard MTU'],
  wireguardMTUV6: ['WireGuard MTU v6'],
  wireguardListeningPort: ['WireGuard port'],
  wireguardListeningPortV6: ['WireGuard port v6'],
  bpfEnabled: ['eBPF', true],
};

/** One fact each, with what sets it. */
export function settingFacts(settings: Partial<FelixSettings>, source: string): Fact[] {
  return (Object.keys(SETTING_LABELS) as SettingField[]).flatMap((field): Fact[] => {
    const value = settings[field];
    const [label, isSwitch] = SETTING_LABELS[field];
    if (value == null) return [];
    return [[label, String(value.value), `${value.by ?? source}${isSwitch === true ? ` ${field}` : ''}`, value.ref]];
  });
}
