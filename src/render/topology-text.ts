// `overlens topology`: the snapshot as it was understood, each fact with the file and line it was read from, and what in it
// contradicts itself.
import type { Block, IPPool, Node, Pod, Sourced, SourceRef, Topology, TopologyIssue } from '../topology/model.ts';
import { escapeText } from './escape.ts';
import { formatCount, formatList } from './format.ts';
import { columnWidth, fitColumns, GAP, renderGrid } from './grid.ts';
import type { RenderOptions } from './options.ts';
import { createPaint, type Tone } from './paint.ts';
import { shortenMiddle, wrapWords } from './text-width.ts';
import { placeOf } from './verify-words.ts';

const NODES_SHOWN = 20;
const PODS_SHOWN = 6;
const BLOCKS_SHOWN = 6;
const ISSUES_SHOWN = 20;
const MARGIN = 2;

/** A fact: what it is, its value, by what source, and where. */
type Fact = readonly [label: string, value: string, source: string, ref: SourceRef | null];

/** The whole page in pieces that end with a line feed. */
export function* renderTopology(topology: Topology, options: RenderOptions): Generator<string> {
  yield* block(poolLines(topology, options));
  yield* block(settingLines(topology, options));
  const nodes = options.all ? topology.nodes : topology.nodes.slice(0, NODES_SHOWN);
  for (const node of nodes) yield* block(nodeLines(node, topology, options));
  if (nodes.length < topology.nodes.length) {
    yield `and ${formatCount(topology.nodes.length - nodes.length, 'more node')}, --all\n\n`;
  }
  yield* block(homelessLines(topology, options));
  yield* block(issueLines(topology.issues, options));
  yield `${closingLine(topology)}\n`;
}

function* block(lines: readonly string[]): Generator<string> {
  if (lines.length > 0) yield `${lines.join('\n')}\n\n`;
}

function poolLines({ pools, poolsComplete }: Topology, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const facts = pools.map((pool): Fact => [pool.name, `${pool.cidr}  ${modeText(pool)}`, usesText(pool), pool.modeRef]);
  const title = poolsComplete ? 'POOLS' : 'POOLS (there may be more: a list of all pools proves that there are none)';
  return [paint('strong', title), ...factLines(facts.length > 0 ? facts : [['none', '', '', null]], options)];
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

function settingLines(topology: Topology, options: RenderOptions): string[] {
  const felix = topology.felix(null);
  const sourced = (label: string, source: string, value: Sourced<number | boolean> | null): Fact[] =>
    value === null ? [] : [[label, String(value.value), source, value.ref]];
  const facts = [
    ...sourced('VNI', 'FelixConfiguration', felix.vxlanVNI),
    ...sourced('VXLAN port', 'FelixConfiguration', felix.vxlanPort),
    ...sourced('VXLAN', 'FelixConfiguration vxlanEnabled', felix.vxlanEnabled),
    ...sourced('WireGuard', 'FelixConfiguration wireguardEnabled', felix.wireguardEnabled),
    ...sourced('VNI', 'all VXLAN devices', topology.deviceVNI),
    ...sourced('VXLAN port', 'all VXLAN devices', topology.devicePort),
  ];
  return facts.length === 0 ? [] : [createPaint(options.color)('strong', 'SETTINGS'), ...factLines(facts, options)];
}

function nodeLines(node: Node, topology: Topology, options: RenderOptions): string[] {
  const name = node.named ? escapeText(node.name) : `${escapeText(node.name)} (its name is not in the snapshot)`;
  const facts = [
    ...addressFacts(node),
    ...tunnelFacts(node),
    ...blockFacts(node, topology, options),
    ...podFacts(node, topology, options),
  ];
  return [createPaint(options.color)('strong', `NODE ${name}`), ...factLines([...facts, ...tableFacts(node)], options)];
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
  for (const [written, computed] of [
    [node.vtepMac, node.computedVtepMac],
    [node.vtepMacV6, node.computedVtepMacV6],
  ] as const) {
    if (written !== null) macs.push(['VTEP MAC', written.value, 'written', written.ref]);
    if (computed !== null && computed !== written?.value && (written !== null || tunnels.length > 0)) {
      macs.push(['VTEP MAC', computed, "computed from the node's name", null]);
    }
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
  const veth = `${pod.hostInterface.name}${pod.hostInterface.computed ? ' (computed)' : ''}`;
  return [
    i === 0 ? 'pods' : '',
    `${pod.namespace}/${pod.name} ${pod.addresses.join(', ') || 'no address'}`,
    veth + state,
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
function tableFacts(node: Node): Fact[] {
  const given = [
    node.has.link ? formatCount(node.links.length, 'link') : null,
    node.has.route ? formatCount(node.routes.length, 'route') : null,
    node.has.neigh ? formatCount(node.neighbours.length, 'neighbour') : null,
    node.has.fdb ? formatCount(node.fdb.length, 'FDB entry', 'FDB entries') : null,
  ].filter((text) => text !== null);
  return given.length === 0 ? [] : [['tables', given.join(', '), '', null]];
}

/** Blocks and pods that belong to no node of the snapshot. */
function homelessLines({ nodes, blocks, pods, services }: Topology, options: RenderOptions): string[] {
  const names = new Set(nodes.map((node) => node.name));
  const cap = options.all ? Number.POSITIVE_INFINITY : PODS_SHOWN;
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
    ...(services.length > 0 ? [['services', formatCount(services.length, 'service'), '', null] as const] : []),
  ];
  return facts.length === 0 ? [] : [createPaint(options.color)('strong', 'OTHERS'), ...factLines(facts, options)];
}

function factLines(facts: readonly Fact[], options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const rows = facts.map(([label, value, source, ref]) => [label, value, source, placeOf(ref)].map(escapeText));
  const natural = [0, 1, 2, 3].map((column) => columnWidth(rows.map((row) => row[column] ?? '')));
  const [label = 0, value = 0, source = 0, place = 0] = natural;
  const minimum = [Math.min(label, 18), Math.min(value, 24), Math.min(source, 10), Math.min(place, 14)];
  const widths = fitColumns(natural, minimum, options.width - MARGIN - 3 * GAP);
  const cells = rows.map((row) => row.map((cell, i) => shortenMiddle(cell, widths[i] ?? 0)));
  const toned = cells.map(([one = '', two = '', three = '', four = '']) => [
    one,
    two,
    paint('dim', three),
    paint('dim', four),
  ]);
  return renderGrid(toned, ['left', 'left', 'left', 'left'], MARGIN);
}

const SEVERITY_TONES: Record<TopologyIssue['severity'], Tone> = { conflict: 'bad', risk: 'warn', warning: 'dim' };

function issueLines(issues: readonly TopologyIssue[], options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const order: readonly TopologyIssue['severity'][] = ['conflict', 'risk', 'warning'];
  const sorted = [...issues].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const shown = options.all ? sorted : sorted.slice(0, ISSUES_SHOWN);
  const lines = shown.flatMap((issue) => {
    const label = issue.severity.toUpperCase().padEnd(8);
    const places = [...new Set(issue.refs.map(placeOf).filter((place) => place !== ''))];
    const suffix = places.length === 0 ? '' : ` · ${formatList(places)}`;
    const text = wrapWords(`${escapeText(issue.message)} (${issue.code}${suffix})`, options.width - 10);
    return text.map((line, i) => `${i === 0 ? paint(SEVERITY_TONES[issue.severity], label) : ' '.repeat(8)}  ${line}`);
  });
  if (shown.length < sorted.length) lines.push(`and ${formatCount(sorted.length - shown.length, 'more issue')}, --all`);
  return lines;
}

function closingLine({ files, nodes, pools, pods, blocks, issues }: Topology): string {
  const count = (severity: TopologyIssue['severity']): number =>
    issues.filter((issue) => issue.severity === severity).length;
  const held = [
    formatCount(nodes.length, 'node'),
    formatCount(pools.length, 'pool'),
    formatCount(pods.length, 'pod'),
    formatCount(blocks.length, 'block'),
  ];
  const found = [
    formatCount(count('conflict'), 'conflict'),
    formatCount(count('risk'), 'risk'),
    formatCount(count('warning'), 'warning'),
  ];
  return `${held.join(', ')} from ${formatCount(files.length, 'file')}; ${found.join(', ')}.`;
}
