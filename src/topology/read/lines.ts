// Line-wise outputs -> facts: iproute2 texts, wide tables, flow logs and annotation excerpts, told apart line by line, because a pasted file
// mixes them. Every line is either understood, known noise, or counted as not understood.

import type { Route, SourceRef } from '../model.ts';
import { readBareRow } from './bare-row.ts';
import { type ClientTextReader, createClientTextReader } from './client-text.ts';
import { createExcerptReader, type ExcerptReader } from './excerpt.ts';
import { createFelixFileReader, type FelixFileReader } from './felix/felix-file.ts';
import { createFlowTextReader, type FlowTextReader } from './flow-logs/flow-text.ts';
import { readBpfRouteLine } from './iproute2/bpf-routes.ts';
import { createFeatureReader, type FeatureReader } from './iproute2/ethtool-text.ts';
import { type OpenLink, readLinkDetail, readLinkHeader, readLoneAddress } from './iproute2/link-text.ts';
import { readFdbLine, readNeighbourLine } from './iproute2/neigh-text.ts';
import { readRouteLine } from './iproute2/route-text.ts';
import { createDescribedPodReader, type DescribedPodReader } from './kubernetes/describe-pod.ts';
import { createDescribedPoolReader, type DescribedPoolReader } from './kubernetes/describe-pool.ts';
import { createNatReader, type NatReader } from './nat/bpf-nat.ts';
import { readConntrackLine } from './nat/conntrack-text.ts';
import { createArpReader } from './net-tools/arp-text.ts';
import { createIfconfigReader } from './net-tools/ifconfig-text.ts';
import { createRouteTableReader, type LineReader } from './net-tools/route-table.ts';
import { type Command, parseCommand } from './paste/command-line.ts';
import { asksOneRoute, namespaceOf, tableOf } from './paste/command-output.ts';
import { isBroken } from './recognise.ts';
import type { Section } from './sections.ts';
import { emptyFacts, type Facts, moveFacts, type TextFact } from './stated-facts.ts';
import { addFdbLine, emptyTextFact, finishText } from './text-fact.ts';
import { finishTable, readTableHeader, readTableRow, type WideTable } from './wide-table.ts';
import { createWireguardReader, type WireguardReader } from './wireguard-text.ts';

export interface LineCounts {
  understood: number;
  /** Lines that mean something to somebody, not here. */
  unknown: number;
  /** Line number of the first of them. */
  firstUnknown: number | null;
}

interface State {
  text: TextFact;
  facts: Facts;
  excerpt: ExcerptReader;
  described: DescribedPodReader;
  describedPool: DescribedPoolReader;
  client: ClientTextReader;
  wireguard: WireguardReader;
  felixFile: FelixFileReader;
  features: FeatureReader;
  nat: NatReader;
  /** Tables of the older tools. */
  netTools: readonly LineReader[];
  flows: FlowTextReader;
  /** From `dev X` of the command. */
  device: string | null;
  /** From `-n X` of the command. */
  namespace: string | null;
  /** The command asked for single routes, which are no lines of a table. */
  isAnswer: boolean;
  link: OpenLink | null;
  route: Route | null;
  table: WideTable | null;
  /** Somebody left lines out. */
  isCut: boolean;
}

/** Table rules, prompts without a command, `ip rule` lines. */
const NOISE =
  /^(?:[-+|=#*\s]+$|\S{0,160}[$#]\s*$|\d{1,10}:\s+(?:not )?from |Last login|Connection to |logout\b|Warning: Permanently added |Pseudo-terminal will not |Unable to use a TTY |Defaulted container |Creating debugging pod |If you don't see a command prompt|spawning "|pod "\S{1,300}" deleted|[`~]{3})/;
/** What people write where they leave lines out. */
const CUT =
  /^\s*(?:\.{3,}|…|[[<(]\s*(?:\.{3,}|…|snip\w*|cut|truncated|output (?:cut|omitted|truncated))[^\n]{0,40}[\])>])\s*$/i;

/** What stands where an output was broken off: by ssh, by kubectl, by Ctrl-C. Also behind the part of a line that came before it. */
const BROKEN_OFF =
  /client_loop: send disconnect|packet_write_wait: |closed by remote host\.?$|Broken pipe$|^error: lost connection to pod|\^C$|^(Terminated|Killed)$/;

/** Reads a section's lines; its iproute2 facts are added to `facts.texts` if there are any. */
export function readLines(section: Section, file: string, facts: Facts): LineCounts {
  const lines = section.text.split('\n');
  if (section.isSkipped === true) return skipped(lines, section.firstLine);
  const own = section.isLoose === true ? emptyFacts() : facts;
  const command = section.command === null ? null : parseCommand(section.command);
  const state = emptyState(section, file, own, command);
  const counts: LineCounts = { understood: 0, unknown: 0, firstUnknown: null };
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  for (const [i, line] of lines.entries()) {
    // a line of another machine
    if (section.isWoven === true && line === '') continue;
    const ref = { file, line: section.firstLine + i };
    const isPart = isBroken(line, lines[i + 1], longest) || (i > 0 && isBroken(lines[i - 1] ?? '', line, longest));
    if (!isPart && readLine(line, ref, state)) counts.understood++;
    else if (CUT.test(line)) state.isCut = true;
    else if (line.trim() !== '' && (BROKEN_OFF.test(line) || !NOISE.test(line))) {
      state.isCut ||= isPart || BROKEN_OFF.test(line);
      counts.unknown++;
      counts.firstUnknown ??= ref.line;
    }
  }
  state.excerpt.finish();
  state.described.finish();
  state.describedPool.finish();
  state.flows.finish();
  if (state.table !== null) finishTable(state.table, state.text.ref, own);
  // An error in the place of an output is no empty table.
  const isClosed = section.isClosed === true && counts.unknown === 0;
  if (finishText(state.text, own, { command, isClosed, isCut: state.isCut }))
    counts.understood = Math.max(counts.understood, 1);
  if (section.isLoose !== true) return counts;
  // Prose with a route in it adds nothing.
  if (counts.unknown > 0)
    return { understood: 0, unknown: counts.unknown + counts.understood, firstUnknown: counts.firstUnknown };
  moveFacts(own, facts);
  return counts;
}

/** Nothing of it was read: nobody knows what it holds. */
function skipped(lines: readonly string[], firstLine: number): LineCounts {
  const at = lines.findIndex((line) => line.trim() !== '');
  return { understood: 0, unknown: 0, firstUnknown: at < 0 ? null : firstLine + at };
}

function emptyState(section: Section, file: string, facts: Facts, command: Command | null): State {
  const runs = command?.runs ?? [];
  const devices = new Set(runs.map((run) => tableOf(run)?.device ?? null).filter((device) => device !== null));
  const text = emptyTextFact(section, file);
  return {
    text,
    facts,
    excerpt: createExcerptReader(facts),
    described: createDescribedPodReader(facts),
    describedPool: createDescribedPoolReader(facts),
    flows: createFlowTextReader(facts),
    client: createClientTextReader(facts),
    wireguard: createWireguardReader(text, facts),
    felixFile: createFelixFileReader(text, facts),
    features: createFeatureReader(text.features, command),
    nat: createNatReader(text.natServices),
    netTools: [createRouteTableReader(text), createArpReader(text), createIfconfigReader(text, command)],
    device: devices.size === 1 ? ([...devices][0] ?? null) : null,
    namespace: command === null ? null : namespaceOf(command),
    isAnswer: runs.length > 0 && runs.every(asksOneRoute),
    ...{ link: null, route: null, table: null, isCut: false },
  };
}

/** Longer lines are of no table, and no annotation's. */
const LONGEST = 50_000;

function readLine(line: string, ref: SourceRef, state: State): boolean {
  if (state.flows.read(line, ref)) return true;
  if (line.length > LONGEST) return false;
  const isOther = state.client.read(line, ref) || state.wireguard.read(line, ref) || state.felixFile.read(line, ref);
  if (isOther || state.features.read(line, ref) || state.nat.read(line, ref)) return true;
  if (state.netTools.some((reader) => reader.read(line, ref))) return true;
  if (state.table !== null) {
    if (readTableRow(line, state.table, { ref, facts: state.facts, namespace: state.namespace })) return true;
    finishTable(state.table, ref, state.facts);
    state.table = null;
  }
  state.table = readTableHeader(line);
  if (state.table !== null) return true;
  if (
    state.describedPool.read(line, ref) ||
    state.described.read(line, ref) ||
    readBareRow(line, ref, state.facts, state.namespace)
  )
    return true;
  return readDevice(line, ref, state) || readEntry(line, ref, state) || state.excerpt.read(line, ref);
}

function readDevice(line: string, ref: SourceRef, state: State): boolean {
  const { links, has } = state.text;
  if (/^\s/.test(line) && state.link !== null && line.trim() !== '') {
    // The next hops of a route are indented too, but never follow a device.
    if (readLinkDetail(line, state.link) === 'address') has.addr = true;
    return true;
  }
  const header = readLinkHeader(line, ref) ?? readLoneAddress(line, ref);
  if (header !== null && line.startsWith(' ')) {
    links.push(header.link);
    return true;
  }
  state.link = header?.link ?? null;
  if (header === null) return false;
  links.push(header.link);
  has.link ||= header.showsLink;
  has.addr ||= header.showsAddress;
  return true;
}

function readEntry(line: string, ref: SourceRef, state: State): boolean {
  const { text, device } = state;
  const fdb = readFdbLine(line, ref, device);
  if (fdb !== undefined) {
    addFdbLine(fdb, text);
    return true;
  }
  const neighbour = readNeighbourLine(line, ref, device);
  if (neighbour !== null) {
    text.has.neigh = true;
    text.neighbours.push(neighbour);
    return true;
  }
  if (/^\s+cache\b/.test(line)) {
    // The line before it was the kernel's answer to `ip route get`: a decision about one address, no line of a table.
    if (text.routes.at(-1) === state.route && state.route !== null) text.routes.pop();
    state.route = null;
    text.has.route = text.routes.length > 0;
    return true;
  }
  const tracked = readConntrackLine(line, ref);
  if (tracked !== undefined) {
    text.translations ??= [];
    if (tracked !== null) text.translations.push(tracked);
    return true;
  }
  const bpf = readBpfRouteLine(line, ref);
  if (bpf !== null) {
    text.bpfRoutes ??= [];
    text.bpfRoutes.push(bpf);
    return true;
  }
  const route = readRouteLine(line, ref, state.route);
  if (route === null) {
    if (line.trim() !== '') state.route = null;
    return false;
  }
  if (route === 'answer' || state.isAnswer) return true;
  text.has.route = true;
  // The first line of a multipath route carries no next hop: its hops follow and replace it.
  const replaces =
    line.trim().startsWith('nexthop') && state.route !== null && state.route.via === null && state.route.dev === null;
  if (replaces) text.routes.pop();
  text.routes.push(route);
  state.route = route;
  return true;
}
