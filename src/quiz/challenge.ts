// Challenges: a capture with a fault, and an answer of three parts: at which node, in which of its tables, in which line.

import { isTunnelDevice } from '../cluster/device.ts';

/** What may be at fault, and the words that mean it. What packets are decided by comes first; a snapshot has no lines of the last four. */
export const CHALLENGE_TABLES = {
  pool: ['pool', 'pools', 'ippool', 'ippools'],
  node: ['node', 'nodes', 'annotation', 'annotations', 'subnet', 'prefix'],
  route: ['route', 'routes', 'routing', 'ip-route'],
  neighbour: ['neighbour', 'neighbor', 'neighbours', 'neighbors', 'neigh', 'arp', 'ip-neigh'],
  fdb: ['fdb', 'bridge', 'bridge-fdb'],
  device: ['device', 'link', 'ip-link', 'interface', 'mtu', 'vni', 'port'],
  policy: ['policy', 'policies', 'networkpolicy', 'networkpolicies'],
  felix: ['felix', 'felixconfiguration', 'felixconfigurations'],
  nat: ['nat', 'snat', 'masquerade', 'translation'],
  firewall: ['firewall', 'security-group', 'network', 'underlay'],
  nothing: ['nothing', 'healthy', 'ok', 'fine'],
} as const;

export type ChallengeTable = keyof typeof CHALLENGE_TABLES;

/** Lines of one entry, of a file of the snapshot: `birch/ip-route.txt`. */
export interface ChallengeLine {
  file: string;
  first: number;
  last: number;
}

/** What is right, and how to find it. `{}` in a command is the challenge's folder. */
export interface Challenge {
  nodes: readonly string[];
  answer: {
    /** Null: it is not one node's. */
    node: string | null;
    table: ChallengeTable;
    /** Null: no line is wrong, or the one that should be there is not. */
    line: ChallengeLine | null;
  };
  steps: readonly { command: string; why: string; shows: readonly string[] }[];
  conclusion: string;
}

/** Null: none, or not said. */
export interface GivenAnswer {
  node: string | null;
  table: ChallengeTable | null;
  line: { file: string | null; number: number } | null;
}

export type AnswerPart = keyof GivenAnswer;

const PARTS: readonly AnswerPart[] = ['node', 'table', 'line'];
const NONE: ReadonlySet<string> = new Set(['none', 'no', '-', 'all', 'every', 'any', 'cluster']);
/** Of several words, which would fall apart. */
const PHRASES: readonly [RegExp, string][] = [
  [/nothing(?: at all)?(?: is)? wrong/g, 'nothing'],
  [/security groups?/g, 'security-group'],
  [/network polic(?:y|ies)/g, 'policy'],
  [/ip pools?/g, 'pool'],
  [/node annotations?/g, 'annotation'],
];

/**
 * `node=birch table=fdb line=4`, in any order, with `:` or a blank for `=`, or as bare words: `birch fdb 4`.
 * @returns what is wrong with it where it cannot be understood
 */
export function readAnswer(text: string, nodes: readonly string[]): GivenAnswer | { problem: string } {
  const plain = PHRASES.reduce((all, [phrase, word]) => all.replace(phrase, word), text.toLowerCase());
  const words = plain.split(/[\s,;]+/).filter((word) => word !== '' && word !== '=');
  const found: GivenAnswer = { node: null, table: null, line: null };
  const said = new Set<AnswerPart>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, key = '', joined] = /^(node|table|line)(?:[=:](.*))?$/.exec(word) ?? [];
    const isKey = key !== '' && (joined !== undefined || fits(key as AnswerPart, words[i + 1], nodes));
    const value = isKey ? joined || (words[++i] ?? '') : word;
    // alone it may be of the node or of the line: what is not said of either is none anyway
    if (!isKey && NONE.has(value)) continue;
    const part = isKey ? (key as AnswerPart) : partOf(value, nodes);
    const problem = part === null ? `"${value}" is neither a node, a table nor a line` : put(found, part, value, nodes);
    if (problem !== null) return { problem };
    if (part !== null && said.has(part)) return { problem: `${part} is said twice` };
    if (part !== null) said.add(part);
  }
  if (words.length === 0) return { problem: 'nothing is in it' };
  return found;
}

/** `node` alone is a table too: it is the key of what follows where that can be one. */
function fits(part: AnswerPart, next: string | undefined, nodes: readonly string[]): boolean {
  return next !== undefined && (NONE.has(next) || partOf(next, nodes) === part);
}

function partOf(value: string, nodes: readonly string[]): AnswerPart | null {
  if (nodeOf(value, nodes) !== null) return 'node';
  if (tableOf(value) !== null) return 'table';
  return lineOf(value) !== null || NONE.has(value) ? 'line' : null;
}

function put(found: GivenAnswer, part: AnswerPart, value: string, nodes: readonly string[]): string | null {
  const isNone = NONE.has(value);
  switch (part) {
    case 'node':
      found.node = isNone ? null : nodeOf(value, nodes);
      return isNone || found.node !== null ? null : `node ${value}: there are ${nodes.join(', ')}`;
    case 'table':
      found.table = isNone ? 'nothing' : tableOf(value);
      return found.table === null ? `table ${value}: there are ${Object.keys(CHALLENGE_TABLES).join(', ')}` : null;
    case 'line':
      found.line = isNone ? null : lineOf(value);
      return isNone || found.line !== null ? null : `line ${value}: neither a number nor FILE:NUMBER`;
  }
}

/** By its full name, or the first label of it. */
function nodeOf(value: string, nodes: readonly string[]): string | null {
  return nodes.find((node) => node === value || node.split('.')[0] === value.split('.')[0]) ?? null;
}

/** By the name of one, or of a tunnel device. */
function tableOf(value: string): ChallengeTable | null {
  if (isTunnelDevice(value)) return 'device';
  const found = Object.entries(CHALLENGE_TABLES).find(([, words]) => (words as readonly string[]).includes(value));
  return (found?.[0] as ChallengeTable | undefined) ?? null;
}

function lineOf(value: string): GivenAnswer['line'] {
  const [, file, number] = /^(?:(.+):)?#?(\d{1,6})$/.exec(value) ?? [];
  return number === undefined ? null : { file: file ?? null, number: Number(number) };
}

/** Which parts are right; all of them: solved. */
export function checkAnswer(given: GivenAnswer, { answer }: Challenge): Record<AnswerPart, boolean> {
  const right = {
    node: given.node === answer.node,
    table: given.table === answer.table,
    line: isLine(given.line, answer.line),
  };
  return Object.fromEntries(PARTS.map((part) => [part, right[part]])) as Record<AnswerPart, boolean>;
}

function isLine(given: GivenAnswer['line'], line: ChallengeLine | null): boolean {
  if (given === null || line === null) return given === line;
  const { file, number } = given;
  return number >= line.first && number <= line.last && (file === null || isSameFile(file, line.file));
}

/** Any end of a path names the file, and so does the path from anywhere. */
function isSameFile(given: string, file: string): boolean {
  return file === given || file.endsWith(`/${given}`) || given.endsWith(`/${file}`);
}
