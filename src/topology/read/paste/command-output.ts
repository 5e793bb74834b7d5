// What a command prints, as far as a reader needs to know: which table, how much of it, of which device and namespace; and whether
// it prints anything of a snapshot at all.
import { AGENT_CONTAINER, CALICO_CLIENT } from '../../../cluster/calico/annotations.ts';
import { featuresAsked } from '../iproute2/ethtool-text.ts';
import type { Command, Run } from './command-line.ts';

export type TableName = 'link' | 'addr' | 'route' | 'neigh' | 'fdb';

export interface ShownTable {
  table: TableName;
  /** `dev X` of the command: the lines do not repeat it. */
  device: string | null;
  /** All entries, or all of one device; less says nothing of what is not there. */
  extent: 'whole' | 'device' | 'part';
  /** The family that is shown; null for both, and for what has none. */
  family: 4 | 6 | null;
  /** The routing table that was asked for: the lines do not repeat it. Null for the main one, and for all. */
  routing: string | null;
}

/** Options of `ip` that take a word (ip(8)). */
const IP_VALUES = new Set(['-n', '-netns', '-f', '-family', '-b', '-batch', '-rc', '-rcvbuf', '-l', '-loops']);
const SHOW = /^(s(h(ow?)?)?|l(i(st?)?|s(t)?)?)$/;
/** `ip` takes the beginnings of its words, in the order of ip(8). */
const OBJECTS: readonly (readonly [RegExp, TableName])[] = [
  [/^a(d(d(r(e(ss?)?)?)?)?)?$/, 'addr'],
  [/^l(i(nk?)?)?$/, 'link'],
  [/^n(e(i(g(h(b(ou?r?)?)?)?)?)?)?$/, 'neigh'],
  [/^r(o(u(te?)?)?)?$/, 'route'],
];

/** The table of iproute2 that a run shows; null for everything else, changes and `ip route get` too. */
export function tableOf({ words, isFiltered }: Pick<Run, 'words' | 'isFiltered'>): ShownTable | null {
  const shown = words[0] === 'ip' ? ofIp(words.slice(1)) : words[0] === 'bridge' ? ofBridge(words.slice(1)) : null;
  return shown !== null && isFiltered ? { ...shown, extent: 'part' } : shown;
}

function ofIp(words: readonly string[]): ShownTable | null {
  const at = pastOptions(words);
  const object = words[at] ?? '';
  const table = OBJECTS.find(([pattern]) => pattern.test(object))?.[1];
  if (table === undefined) return null;
  const family = familyIn(words.slice(0, at));
  const rest = words.slice(at + 1);
  if (rest.length > 0 && SHOW.test(rest[0] ?? '')) rest.shift();
  else if (
    rest.length > 0 &&
    /^(get|add|del|delete|change|replace|append|flush|set|save|restore|help|property)$/.test(rest[0] ?? '')
  )
    return null;
  const shown = table === 'route' ? routes(rest, family) : { ...ofDevice(table, rest), family };
  // Of IPv4 it tells nothing, and that is what tables are asked for what they lack.
  return family === 6 && table !== 'link' ? { ...shown, extent: 'part' } : shown;
}

function familyIn(options: readonly string[]): ShownTable['family'] {
  for (const [i, option] of options.entries()) {
    if (/^-\w?[46]/.test(option)) return option.includes('6') ? 6 : 4;
    if (/^-f(?:amily)?$/.test(option)) return options[i + 1] === 'inet6' ? 6 : options[i + 1] === 'inet' ? 4 : null;
  }
  return null;
}

function routes(rest: readonly string[], asked: ShownTable['family']): ShownTable {
  const named = rest.findIndex((word) => /^t(?:a(?:b(?:le?)?)?)?$/.test(word));
  const among = named < 0 ? null : (rest[named + 1] ?? null);
  const isAll = among !== null && /^(?:all|0)$/.test(among);
  const isMain = among === null || /^(?:main|254)$/.test(among);
  const at = rest.indexOf('dev');
  return {
    table: 'route',
    device: at < 0 ? null : (rest[at + 1] ?? null),
    extent: rest.length === 0 || (rest.length === 2 && named === 0 && (isMain || isAll)) ? 'whole' : 'part',
    family: asked ?? (isAll ? null : 4),
    routing: isMain || isAll ? null : among,
  };
}

function ofDevice(table: TableName, rest: readonly string[]): ShownTable {
  const of = { family: null, routing: null };
  if (rest.length === 0 || (rest.length === 2 && rest[0] === 'nud' && rest[1] === 'all'))
    return { table, device: null, extent: 'whole', ...of };
  const at = rest.indexOf('dev');
  if (at >= 0 && rest.length === 2) return { table, device: rest[at + 1] ?? null, extent: 'device', ...of };
  return { table, device: at < 0 ? null : (rest[at + 1] ?? null), extent: 'part', ...of };
}

function ofBridge(words: readonly string[]): ShownTable | null {
  const rest = words.filter((word) => !word.startsWith('-'));
  if (!/^f(db?)?$/.test(rest.shift() ?? '')) return null;
  if (rest.length > 0 && SHOW.test(rest[0] ?? '')) rest.shift();
  else if (rest.length > 0) return null;
  return ofDevice('fdb', rest);
}

function pastOptions(words: readonly string[]): number {
  let at = 0;
  while ((words[at] ?? '').startsWith('-')) at += IP_VALUES.has(words[at] ?? '') ? 2 : 1;
  return at;
}

/** Programs whose output may be part of a snapshot, whatever their words are. */
const PRINTS =
  /^(cat|head|tail|less|more|grep|zcat|bat|wg|jq|echo|exit|logout|ls|hostname|bridge|ip|route|netstat|arp|ifconfig|ethtool|conntrack|ssh|su|)$/;
/** Verbs of kubectl and Calico's client that print objects or tables. */
const OBJECT_VERBS = /^(get|describe|edit|ipam|node)$/;
/** Verbs that print the object with `-o yaml` only. */
const CHANGING_VERBS = /^(apply|create|patch|replace|annotate|label)$/;

/** Whether what a command printed may be part of a snapshot; everything else behind a prompt is skipped. */
export function printsSnapshot({ runs, heredoc }: Command): boolean {
  if (heredoc !== null || runs.length === 0) return true;
  return runs.some((run) => {
    const [program = '', ...rest] = run.words;
    const name = program.split('/').at(-1) ?? '';
    if (isObjectClient(name)) return printsObjects(rest);
    if (name === AGENT_CONTAINER) return true;
    // Short names that people give to kubectl are told by what they ask it for, flow logs by their option.
    if (!PRINTS.test(name)) return rest.includes('-flows') || /^-o=?(?:wide|yaml|json)$/.test(outputOf(rest));
    if (name === 'conntrack') return rest.some((word) => /^(-L|-E|--dump|--event)/.test(word));
    if (name === 'ethtool') return featuresAsked([name, ...rest]) !== null;
    if (/^(ip|bridge)$/.test(name)) return isShowing(name, rest);
    return true;
  });
}

/** kubectl and its kin, and Calico's client. */
export function isObjectClient(program: string): boolean {
  return program === CALICO_CLIENT || /^(kubectl|oc|k)$/.test(program);
}

function printsObjects(rest: readonly string[]): boolean {
  const verb = verbOf(rest);
  return OBJECT_VERBS.test(verb) || (CHANGING_VERBS.test(verb) && rest.some((word) => /^(-o|--output)/.test(word)));
}

function outputOf(words: readonly string[]): string {
  const at = words.findIndex((word) => /^(?:-o|--output)/.test(word));
  const word = (words[at] ?? '').replace('--output', '-o');
  return word === '-o' ? `-o${words[at + 1] ?? ''}` : word;
}

/** `ip rule`, `ip tunnel`, `bridge vlan` and their kin look like nothing here, but are no tables either. */
function isShowing(program: string, rest: readonly string[]): boolean {
  if (tableOf({ words: [program, ...rest], isFiltered: false }) !== null) return true;
  return program === 'ip' && rest.some((word) => /^(get|rule|ru|nexthop)$/.test(word));
}

/** Whether the run asks the kernel for one decision. */
export function asksOneRoute({ words }: Pick<Run, 'words'>): boolean {
  if (words[0] !== 'ip') return false;
  const at = 1 + pastOptions(words.slice(1));
  return /^r(o(u(te?)?)?)?$/.test(words[at] ?? '') && words[at + 1] === 'get';
}

/** Options of kubectl before its verb that take a word. */
const KUBECTL_VALUES = new Set([
  '-n',
  '--namespace',
  '--context',
  '--kubeconfig',
  '--cluster',
  '--user',
  '-s',
  '--server',
  '-c',
  '--config',
]);

function verbOf(words: readonly string[]): string {
  let at = 0;
  while ((words[at] ?? '').startsWith('-')) at += KUBECTL_VALUES.has(words[at] ?? '') ? 2 : 1;
  return words[at] ?? '';
}

/** The namespace that a command of kubectl or Calico's client names; null where it names none, or all. */
export function namespaceOf({ runs }: Command): string | null {
  for (const { words } of runs) {
    if (!isObjectClient(words[0] ?? '')) continue;
    for (const [i, word] of words.entries()) {
      const written =
        word === '-n' || word === '--namespace'
          ? words[i + 1]
          : word.startsWith('--namespace=')
            ? word.slice(12)
            : /^-n=?./.test(word)
              ? word.slice(2).replace(/^=/, '')
              : undefined;
      if (written !== undefined && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(written)) return written;
    }
  }
  return null;
}
