// What the agent is told, against what pools ask for and devices have: its environment that overrules FelixConfiguration, switches
// that are off, nodes with VNIs or ports of their own, MTUs that were set and are not there.
import type { TunnelKind } from '../../cluster/profile.ts';
import type { SettingField } from '../agent-settings.ts';
import { isUsedTunnel } from '../ask/device-mtus.ts';
import { felixSettings } from '../ask/felix-settings.ts';
import type { Sourced } from '../model.ts';
import { listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';
import { demandOf, isRouted } from './modes.ts';

const NUMBERS = [
  ['vxlanPort', 'UDP port'],
  ['vxlanVNI', 'VNI'],
] as const;

export function judgeSettings(context: JudgeContext): void {
  judgeEnvironment(context);
  judgeSwitches(context);
  judgeUnequal(context);
  judgeMtus(context);
}

/** Who reads FelixConfiguration alone is mistaken then. */
function judgeEnvironment({ topology, felix, add }: JudgeContext): void {
  const environment = felix.find(({ scope }) => scope === 'environment')?.values;
  const others = felix.filter(({ scope }) => scope !== 'environment');
  for (const [field, what] of NUMBERS) {
    const set = environment?.[field] ?? null;
    const { profile } = topology;
    const stated = felixSettings(others, null)[field];
    const usual = stated?.value ?? (field === 'vxlanPort' ? profile.port : profile.vni);
    if (set === null || set.value === usual) continue;
    const says = stated === null ? `${profile.defaultWords} is ${usual}` : `${profile.settings} says ${usual}`;
    const message = `the ${set.by} sets the VXLAN ${what} to ${set.value}, but ${says}: the environment counts`;
    const code = field === 'vxlanPort' ? 'vxlan-port-from-environment' : 'vxlan-vni-from-environment';
    add(code, 'risk', message, [set.ref, stated?.ref], [String(set.value)]);
  }
}

/** One message for each place that switches a tunnel off. */
function judgeSwitches({ topology, add }: JudgeContext): void {
  for (const [tunnel, field] of [
    ['vxlan', 'vxlanEnabled'],
    ['ipip', 'ipipEnabled'],
  ] as const) {
    const pool = topology.pools.find((one) => isRouted(one) && demandOf(one).tunnel === tunnel);
    if (pool === undefined) continue;
    const said = new Map<string, { off: Sourced<boolean>; nodes: string[] }>();
    for (const name of [null, ...topology.nodes.map((node) => node.name)]) {
      const off = topology.felix(name)[field];
      if (off === null || off.value) continue;
      const key = `${off.ref.file}:${off.ref.line}`;
      const known = said.get(key) ?? { off, nodes: [] };
      said.set(key, known);
      if (name !== null) known.nodes.push(name);
    }
    const mode = tunnel === 'vxlan' ? `VXLAN ${pool.vxlanMode}` : `IPIP ${pool.ipipMode}`;
    for (const { off, nodes } of said.values()) {
      const who = off.by ?? topology.profile.settings;
      const where = nodes.length < topology.nodes.length ? ` (for ${listNames(nodes)})` : '';
      const message = `${who} says ${field}: false${where}, but IPPool ${pool.name} asks for ${mode}: its routes cannot work`;
      add('vxlan-disabled', 'risk', message, [off.ref, pool.modeRef], [pool.name]);
    }
  }
}

/** Two nodes with two VNIs, or ports, drop each other's packets. */
function judgeUnequal({ topology, add }: JudgeContext): void {
  const { nodes, profile } = topology;
  for (const [field, what] of NUMBERS) {
    const byValue = new Map<number, { nodes: string[]; set: Sourced<number> | null }>();
    for (const { name } of nodes) {
      const set = topology.felix(name)[field];
      const value = set?.value ?? (field === 'vxlanPort' ? profile.port : profile.vni);
      const known = byValue.get(value) ?? { nodes: [], set };
      byValue.set(value, known);
      known.nodes.push(name);
    }
    if (byValue.size < 2) continue;
    const told = listNames([...byValue].map(([value, one]) => `${value} on ${listNames(one.nodes)}`));
    const sources = [...byValue.values()].flatMap(({ set }) => (set === null ? [] : [set.ref]));
    const message = `the nodes' settings do not agree on the VXLAN ${what}: ${told}: they drop each other's packets`;
    add('settings-differ', 'risk', message, sources, [...byValue.values()].flatMap((one) => one.nodes).slice(0, 20));
  }
}

const MTU_FIELDS: Readonly<Record<TunnelKind, SettingField>> = {
  vxlan: 'vxlanMTU',
  'vxlan-v6': 'vxlanMTUV6',
  ipip: 'ipipMTU',
  wireguard: 'wireguardMTU',
  'wireguard-v6': 'wireguardMTUV6',
};

/** An MTU that was set, and a device that has another. eBPF leaves the device's alone: there, routes carry it. */
function judgeMtus({ topology, add }: JudgeContext): void {
  const { nodes, profile, pools } = topology;
  for (const node of nodes) {
    const settings = topology.felix(node.name);
    if (settings.bpfEnabled?.value === true || node.bpfRoutes !== null) continue;
    for (const link of node.links) {
      const kind = profile.tunnelKindOf(link.name);
      if (kind === null || link.mtu === null || link.vxlan?.external === true || !isUsedTunnel(kind, pools)) continue;
      const set = settings[MTU_FIELDS[kind]];
      // 0: the agent chooses
      if (set === null || !set.value || set.value === link.mtu) continue;
      const who = set.by ?? profile.settings;
      const message = `${node.name}: ${link.name} has MTU ${link.mtu}, but ${who} says ${MTU_FIELDS[kind]} ${set.value}`;
      add('device-mtu-differs', 'conflict', message, [link.ref, set.ref], [node.name]);
    }
  }
}
