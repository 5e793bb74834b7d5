// `overlens topology`: the snapshot as it was understood, each fact with the file and line it was read from, and what in it
// contradicts itself.

import type { DeviceMtu } from '../../topology/device-mtu.ts';
import type { Block, IPPool, Node, Pod, Topology, TopologyIssue } from '../../topology/model.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount, formatList, formatNumber } from '../text/format.ts';
import { createPaint, type Tone } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';
import { commonFolder, type Fact, factLines, type Page, placeIn, titleLines } from './fact-lines.ts';
import { type MissingPart, missingLines } from './missing-lines.ts';
import { settingFacts, settingLines } from './setting-lines.ts';
import { snapshotLines, stateLines, takenLines } from './time-lines.ts';

const NODES_SHOWN = 20;
const PODS_SHOWN = 6;
const BLOCKS_SHOWN = 6;
const ISSUES_SHOWN = 20;

/** The whole page in pieces that end with a line feed. */
export function* renderTopology(
  topology: Topology,
  options: RenderOptions,
  missing: readonly MissingPart[] = [],
): Generator<string> {
  const page: Page = { options, paint: createPaint(options.color), root: commonFolder(topology.files) };
  yield* block(snapshotLines(topology, page));
  yield* block(stateLines(topology, page));
  yield* block(poolLines(topology, page));
  yield* block(settingLines(topology, page));
  const nodes = options.all ? topology.nodes : topology.nodes.slice(0, NODES_SHOWN);
  for (const node of nodes) yield* block(nodeLines(node, topology, page));
  if (nodes.length < topology.nodes.length) {
    yield `and ${formatCount(topology.nodes.length - nodes.length, 'more node')}, --all\n\n`;
  }
  yield* block(homelessLines(topology, page));
  yield* block(issueLines(topology.issues, page));
  yield* block(missingLines(missing, page));
  yield* block(takenLines(topology, page));
  yield `${wrapWords(closingLine(topology), options.width).join('\n')}\n`;
}

function* block(lines: readonly string[]): Generator<string> {
  if (lines.length > 0) yield `${lines.join('\n')}\n\n`;
}

/** What decides comes first: range and mode; the rest of a pool gives way in a narrow terminal. */
function poolLines({ pools, poolsComplete, profile }: Topology, page: Page): string[] {
  const all = `${profile.range.short.toUpperCase()}S`;
  const proof = profile.rangesFrom === 'objects' ? 'a list of all pools' : 'the configuration';
  const title = poolsComplete ? all : `${all} (there may be more: only ${proof} proves that there are none)`;
  const facts = pools.flatMap((pool): Fact[] => [
    [pool.name, pool.stated ?? `${pool.cidr} ${modeText(pool)}`, '', pool.modeRef],
    ['', usesText(pool), '', null],
  ]);
  return [...titleLines(title, page), ...factLines(facts.length > 0 ? facts : [['none', '', '', null]], page)];
}

/** `VXLAN Always`, `IP-in-IP CrossSubnet`, `plain (Never)`. */
export function modeText(pool: Pick<IPPool, 'ipipMode' | 'vxlanMode'>): string {
  if (pool.vxlanMode !== 'Never') return `VXLAN ${pool.vxlanMode}`;
  return pool.ipipMode !== 'Never' ? `IP-in-IP ${pool.ipipMode}` : 'plain (Never)';
}

function usesText(pool: IPPool): string {
  const facts = [`blocks /${pool.blockSize}`];
  if (pool.allowedUses.join() !== 'Workload,Tunnel') facts.push(`for ${pool.allowedUses.join(', ')}`);
  if (pool.natOutgoing) facts.push('NAT outgoing');
  if (pool.disabled) facts.push('disabled');
  if (pool.nodeSelector !== 'all()' && pool.nodeSelector !== '') facts.push(`nodes ${pool.nodeSelector}`);
  return facts.join(', ');
}

function nodeLines(node: Node, topology: Topology, page: Page): string[] {
  const name = node.named ? escapeText(node.name) : `${escapeText(node.name)} (its name is not in the snapshot)`;
  const facts = [
    ...addressFacts(node),
    ...tunnelFacts(node),
    ...blockFacts(node, topology, page.options),
    ...podFacts(node, topology, page.options),
    ...deviceFacts(node, topology),
    ...featureFacts(node),
    ...settingFacts(topology.ownSettings(node), topology.profile.settings),
  ];
  return [...titleLines(`NODE ${name}`, page), ...factLines([...facts, ...tableFacts(node)], page, `${node.name}/`)];
}

function addressFacts(node: Node): Fact[] {
  return node.addresses.map((one, i): Fact => {
    const prefix = one.prefixLength === null ? '' : `/${one.prefixLength}`;
    return [i === 0 ? 'address' : '', one.address + prefix, one.source, one.ref];
  });
}

function tunnelFacts(node: Node): Fact[] {
  const tunnels = Object.entries(node.tunnels).map(
    ([kind, one], i): Fact => [i === 0 ? 'tunnel' : '', one.value, kind, one.ref],
  );
  const macs: Fact[] = [];
  for (const [address, written, computed] of [
    [node.tunnels.vxlan, node.vtepMac, node.computedVtepMac],
    [node.tunnels['vxlan-v6'], node.vtepMacV6, node.computedVtepMacV6],
  ] as const) {
    if (written !== null) macs.push(['VTEP MAC', written.value, 'written', written.ref]);
    // A computed one is what Felix would choose for this name; it only helps where none is written.
    else if (computed !== null && address !== undefined)
      macs.push(['VTEP MAC', computed, "computed from the node's name", null]);
  }
  const keys = [node.wireguardKey, node.wireguardKeyV6].filter((key) => key !== null);
  return [...tunnels, ...macs, ...keys.map((key): Fact => ['WireGuard', key.value, 'public key', key.ref])];
}

function blockFacts(node: Node, { blocks }: Topology, options: RenderOptions): Fact[] {
  return capped(
    blocks.filter((one) => one.node === node.name),
    options.all ? Number.POSITIVE_INFINITY : BLOCKS_SHOWN,
    'more block',
    (one: Block, i): Fact => [i === 0 ? 'blocks' : '', one.cidr, one.source, one.ref],
  );
}

function podFacts(node: Node, { pods }: Topology, options: RenderOptions): Fact[] {
  const here = pods.filter((pod) => pod.nodeName === node.name && !pod.hostNetwork);
  return capped(here, options.all ? Number.POSITIVE_INFINITY : PODS_SHOWN, 'more pod', podFact);
}

function podFact(pod: Pod, i: number): Fact {
  const state = pod.finished ? ', finished' : '';
  const veth =
    pod.hostInterface === null ? '' : pod.hostInterface.name + (pod.hostInterface.computed ? ' (computed)' : '');
  return [
    i === 0 ? 'pods' : '',
    `${pod.namespace}/${pod.name} ${pod.addresses.join(', ') || 'no address'}`,
    (veth + state).replace(/^, /, ''),
    pod.ref,
  ];
}

function capped<T>(items: readonly T[], cap: number, noun: string, toFact: (item: T, i: number) => Fact): Fact[] {
  const facts = items.slice(0, cap).map(toFact);
  return facts.length < items.length
    ? [...facts, ['', `and ${formatCount(items.length - facts.length, noun)}, --all`, '', null]]
    : facts;
}

/** Which of its tables were given, since `explain` and the chain rest on them. */
function tableFacts({ has, links, routes, neighbours, fdb, bpfRoutes, translations, natServices }: Node): Fact[] {
  const given = [
    has.link || has.addr || links.length > 0 ? formatCount(links.length, 'link') : '',
    has.route || routes.length > 0 ? formatCount(routes.length, 'route') : '',
    has.neigh || neighbours.length > 0 ? formatCount(neighbours.length, 'neighbour') : '',
    bpfRoutes === null ? '' : formatCount(bpfRoutes.length, 'eBPF route'),
    has.fdb || fdb.length > 0 ? formatCount(fdb.length, 'FDB entry', 'FDB entries') : '',
    translations.length > 0 ? formatCount(translations.length, 'translation') : '',
    natServices.length > 0 ? formatCount(natServices.length, 'eBPF service') : '',
  ].filter((text) => text !== '');
  // Two by two: a line of all would make the column wider than any address.
  return [0, 2, 4, 6]
    .map((at) => given.slice(at, at + 2))
    .filter((texts) => texts.length > 0)
    .map((texts, i): Fact => [i === 0 ? 'tables' : '', texts.join(', '), '', null]);
}

/** How many of each kind. */
function policyFacts(policies: Topology['policies']): Fact[] {
  const kinds = ['NetworkPolicy', 'Calico NetworkPolicy', 'GlobalNetworkPolicy'] as const;
  return kinds
    .map((kind) => [kind, policies.filter((policy) => policy.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(
      ([kind, count], i): Fact => [
        i === 0 ? 'policies' : '',
        formatCount(count, kind, kind.replace(/y$/, 'ies')),
        '',
        null,
      ],
    );
}

/** MTUs, and what fits into what. */
function deviceFacts(node: Node, topology: Topology): Fact[] {
  return topology.devicesOf(node).map((device, i): Fact => {
    const [name = ''] = device.names;
    const what = device.names.length === 1 ? name : `${device.names.length} veths of pods`;
    return [i === 0 ? 'devices' : '', `${what}${device.up ? '' : ' (down)'}`, mtuText(device), device.ref];
  });
}

/** What devices leave to the card, and what they do not: `on: tx-checksumming; off: large-receive-offload`. */
function featureFacts({ features }: Node): Fact[] {
  const shown = features.filter(({ name }) => !/^tx-checksum-ipv|^tx-ipxip/.test(name));
  const devices = [...new Set(shown.map(({ device }) => device))];
  return devices.map((device, i): Fact => {
    const own = shown.filter((one) => one.device === device);
    const words = [true, false].flatMap((isOn) => {
      const names = own.filter((one) => one.isOn === isOn).map(({ name }) => name);
      return names.length === 0 ? [] : [`${isOn ? 'on' : 'off'}: ${names.join(', ')}`];
    });
    return [i === 0 ? 'offload' : '', device, words.join('; '), own[0]?.ref ?? null];
  });
}

/** `MTU 8951 + 50 = 9001, fits ens5`. */
function mtuText({ mtu, overhead, into, fits }: DeviceMtu): string {
  const size = overhead === 0 ? `MTU ${mtu}` : `MTU ${mtu} + ${overhead} = ${mtu + overhead}`;
  if (into === null) return size;
  return fits === true ? `${size}, fits ${into.name}` : `${size}, does not fit ${into.name}'s ${into.mtu}`;
}

/** Blocks and pods that belong to no node of the snapshot. */
function homelessLines({ nodes, blocks, pods, services, policies, policyVerdicts }: Topology, page: Page): string[] {
  const names = new Set(nodes.map((node) => node.name));
  const cap = page.options.all ? Number.POSITIVE_INFINITY : PODS_SHOWN;
  const lost = pods.filter((pod) => !pod.hostNetwork && (pod.nodeName === null || !names.has(pod.nodeName)));
  const free = blocks.filter((one) => one.node === null || !names.has(one.node));
  const host = pods.filter((pod) => pod.hostNetwork).length;
  const facts = [
    ...capped(lost, cap, 'more pod', podFact),
    ...capped(
      free,
      cap,
      'more block',
      (one: Block, i): Fact => [i === 0 ? 'blocks' : '', one.cidr, one.node ?? 'of no node', one.ref],
    ),
    ...(host > 0 ? [['hostNetwork', `${formatCount(host, 'pod')} with their node's address`, '', null] as const] : []),
    ...policyFacts(policies),
    ...(services.length > 0 ? [['services', formatCount(services.length, 'service'), '', null] as const] : []),
    ...flowLogFacts(policyVerdicts),
  ];
  return facts.length === 0 ? [] : [page.paint('strong', 'OTHERS'), ...factLines(facts, page)];
}

/** What a flow log is for: how many of its records say that a policy denied something. */
function flowLogFacts(records: Topology['policyVerdicts']): Fact[] {
  const [first] = records;
  if (first === undefined) return [];
  const denied = records.filter(({ action }) => action === 'deny').length;
  return [['flow log', `${formatCount(records.length, 'record')}, ${formatNumber(denied)} denied`, '', first.ref]];
}

const SEVERITY_TONES: Record<TopologyIssue['severity'], Tone> = { conflict: 'bad', risk: 'warn', warning: 'dim' };

function issueLines(issues: readonly TopologyIssue[], { options, paint, root }: Page): string[] {
  const order: readonly TopologyIssue['severity'][] = ['conflict', 'risk', 'warning'];
  const sorted = [...issues].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const shown = options.all ? sorted : sorted.slice(0, ISSUES_SHOWN);
  const lines = shown.flatMap((issue) => {
    const label = issue.severity.toUpperCase().padEnd(8);
    const places = [...new Set(issue.refs.map((ref) => placeIn(root, ref)).filter((place) => place !== ''))];
    const suffix = places.length === 0 ? '' : ` · ${formatList(places)}`;
    const text = wrapWords(`${escapeText(issue.message)} (${issue.code}${suffix})`, options.width - 10);
    return text.map((line, i) => `${i === 0 ? paint(SEVERITY_TONES[issue.severity], label) : ' '.repeat(8)}  ${line}`);
  });
  if (shown.length < sorted.length) lines.push(`and ${formatCount(sorted.length - shown.length, 'more issue')}, --all`);
  return lines;
}

function closingLine({ files, nodes, pools, pods, blocks, issues, profile }: Topology): string {
  const count = (severity: TopologyIssue['severity']): number =>
    issues.filter((issue) => issue.severity === severity).length;
  const held = [
    formatCount(nodes.length, 'node'),
    formatCount(pools.length, profile.range.short),
    formatCount(pods.length, 'pod'),
    formatCount(blocks.length, 'block'),
  ];
  const found = [
    formatCount(count('conflict'), 'conflict'),
    formatCount(count('risk'), 'risk'),
    formatCount(count('warning'), 'warning'),
  ];
  const root = commonFolder(files);
  const where = root === '' ? '' : ` in ${escapeText(root)}`;
  return `${held.join(', ')} from ${formatCount(files.length, 'file')}${where}; ${found.join(', ')}.`;
}
