// Line-wise outputs -> facts: iproute2 texts, wide tables, flow logs and annotation excerpts, told apart line by line, because a pasted file
// mixes them. Every line is either understood, known noise, or counted as not understood.

import { tunnelKindOfDevice } from '../../cluster/profiles.ts';
import type { Route, SourceRef } from '../model.ts';
import { createExcerptReader, type ExcerptReader } from './excerpt.ts';
import { createFlowTextReader, type FlowTextReader } from './flow-logs/flow-text.ts';
import { type OpenLink, readLinkDetail, readLinkHeader } from './iproute2/link-text.ts';
import { readFdbLine, readNeighbourLine } from './iproute2/neigh-text.ts';
import { readRouteLine } from './iproute2/route-text.ts';
import type { Section } from './sections.ts';
import type { Facts, TextFact } from './stated-facts.ts';
import { finishTable, readTableHeader, readTableRow, type WideTable } from './wide-table.ts';

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
  flows: FlowTextReader;
  /** From `dev X` of the command. */
  device: string | null;
  link: OpenLink | null;
  route: Route | null;
  table: WideTable | null;
}

/** Code fences, table rules, prompts without a command, `ip rule` lines, the second line of `ip route get`. */
const NOISE = /^(```|~~~|[-+|=#*\s]+$|\S*[$#]\s*$|\d+:\s+(not )?from |\s*cache\b|Last login|Connection to |logout\b)/;

/** Reads a section's lines; its iproute2 facts are added to `facts.texts` if there are any. */
export function readLines(section: Section, file: string, facts: Facts): LineCounts {
  const text = emptyTextFact(section, file);
  const device = /\bdev +(\S+)/.exec(section.command ?? '')?.[1] ?? null;
  const excerpt = createExcerptReader(facts);
  const flows = createFlowTextReader(facts);
  const state: State = { text, facts, excerpt, flows, device, link: null, route: null, table: null };
  const counts: LineCounts = { understood: 0, unknown: 0, firstUnknown: null };
  for (const [i, line] of section.text.split('\n').entries()) {
    const ref = { file, line: section.firstLine + i };
    if (readLine(line, ref, state)) counts.understood++;
    else if (line.trim() !== '' && !NOISE.test(line)) {
      counts.unknown++;
      counts.firstUnknown ??= ref.line;
    }
  }
  excerpt.finish();
  flows.finish();
  if (state.table !== null) finishTable(state.table, text.ref, facts);
  markCommand(section.command, device, text);
  if (Object.values(text.has).some(Boolean)) {
    facts.texts.push(text);
    counts.understood = Math.max(counts.understood, 1);
  }
  return counts;
}

/** A section's iproute2 facts before anything is read. */
export function emptyTextFact(section: Pick<Section, 'firstLine' | 'hints'>, file: string): TextFact {
  return {
    ref: { file, line: section.firstLine },
    hints: section.hints,
    links: [],
    routes: [],
    neighbours: [],
    fdb: [],
    has: { link: false, addr: false, route: false, neigh: false, fdb: false },
  };
}

function readLine(line: string, ref: SourceRef, state: State): boolean {
  if (state.flows.read(line, ref)) return true;
  if (state.table !== null) {
    if (readTableRow(line, state.table, ref, state.facts)) return true;
    finishTable(state.table, ref, state.facts);
    state.table = null;
  }
  state.table = readTableHeader(line);
  if (state.table !== null) return true;
  return readDevice(line, ref, state) || readEntry(line, ref, state) || state.excerpt.read(line, ref);
}

function readDevice(line: string, ref: SourceRef, state: State): boolean {
  const { links, has } = state.text;
  if (/^\s/.test(line) && state.link !== null && line.trim() !== '') {
    // The next hops of a route are indented too, but never follow a device.
    if (readLinkDetail(line, state.link) === 'address') has.addr = true;
    return true;
  }
  const header = readLinkHeader(line, ref);
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
    text.has.fdb = true;
    if (fdb !== null) text.fdb.push(fdb);
    return true;
  }
  const neighbour = readNeighbourLine(line, ref, device);
  if (neighbour !== null) {
    text.has.neigh = true;
    text.neighbours.push(neighbour);
    return true;
  }
  const route = readRouteLine(line, ref, state.route);
  if (route === null) {
    if (line.trim() !== '') state.route = null;
    return false;
  }
  text.has.route = true;
  // The first line of a multipath route carries no next hop: its hops follow and replace it.
  const replaces =
    line.trim().startsWith('nexthop') && state.route !== null && state.route.via === null && state.route.dev === null;
  if (replaces) text.routes.pop();
  text.routes.push(route);
  state.route = route;
  return true;
}

/** A command that printed nothing still says that there is nothing. */
function markCommand(command: string | null, device: string | null, text: TextFact): void {
  if (command === null) return;
  const rest = command.replace(/^.* -- |^(?:sudo +)?ssh +\S+ +|^(?:sudo +)?(?:docker|podman|nerdctl) +exec +\S+ +/, '');
  const words = rest
    .replace(/^sudo +/, '')
    .split(/\s+/)
    .filter((word) => !word.startsWith('-'));
  const tunnelOnly = device === null || tunnelKindOfDevice(device)?.startsWith('vxlan') === true;
  if (words[0] === 'bridge' && words[1] === 'fdb' && tunnelOnly) text.has.fdb = true;
  if (words[0] === 'ip' && /^n(eigh(bour|bor)?)?$/.test(words[1] ?? '') && tunnelOnly) text.has.neigh = true;
  if (words[0] === 'ip' && /^r(o(ute)?)?$/.test(words[1] ?? '') && words.length <= 3 && words[2] !== 'get')
    text.has.route = true;
}
