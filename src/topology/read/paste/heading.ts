// Lines that say whose output follows: what head, tail, ansible and parallel shells print, and what people write. A tool's heading
// is a machine's name or a path; a word that somebody wrote may be anything, and only ever means a node that is known.
import type { TextHint } from '../stated-facts.ts';
import { commandIn } from './unprompted.ts';

export interface Heading {
  /** A command in the heading (`### worker1: ip route`). */
  command: string | null;
  hints: TextHint[];
}

/** `==> worker1/ip-route.txt <==`, `worker1 | CHANGED | rc=0 >>`, `worker1 | UNREACHABLE! => {`, `---- 10.0.0.1 ( node2 ) ----`, `[1] 12:30:01 [SUCCESS] node2`. */
export function readToolHeading(line: string): Heading | null {
  if (line.startsWith('==> ') && line.endsWith(' <==')) return { command: null, hints: hintsOfPath(line.slice(4, -4)) };
  const [name = '', bar, state = ''] = line.split(' ', 3);
  if (bar === '|' && /^(CHANGED|SUCCESS|FAILED|UNREACHABLE)!?$/.test(state) && /(?:>>|=> \{?)$/.test(line))
    return named([name]);
  if (line.startsWith('---') && /^-{3,8} /.test(line) && / -{3,8}$/.test(line)) {
    const command = commandOf(line);
    if (command !== null) return { command, hints: [] };
    const words = line.split(' ').filter((word) => /^[A-Za-z0-9][\w.-]*$/.test(word));
    return words.length === 0 || words.length > 2 ? null : named(words.toReversed());
  }
  if (/^\[\d+\] \d\d:\d\d:\d\d \[(?:SUCCESS|FAILURE)\] \S+( |$)/.test(line)) return named([line.split(' ')[3] ?? '']);
  return null;
}

/** `--- ip route ---`: of the machine in the heading above. */
function commandOf(line: string): string | null {
  const start = ruleEnd(line, 0);
  const inner = line.slice(start, ruleBegin(line, start)).trim().replace(/:$/, '');
  return inner.includes(' ') && commandIn(inner) !== null ? inner : null;
}

/** What watch prints at the top: its command, and where it runs. */
export function readWatchHeading(line: string): Heading | null {
  const [, command = '', name = ''] =
    /^Every \d{1,6}[.,]\ds: (\S{1,60}(?: \S{1,60}){0,20}) {2,200}([A-Za-z0-9][\w.-]{0,252}): /.exec(line) ?? [];
  return name === '' ? null : { command, hints: [{ name, from: 'prompt' }] };
}

/** What clush -b and dshbak print: a rule, names, the same rule. Where one output is that of several machines, it names none of them. */
export function readRuledHeading(line: string, next: () => string): Heading | null {
  const rule = line.trimEnd();
  if (!/^(?:-{8,60}|:{14})$/.test(rule)) return null;
  const [names = '', end = ''] = next().split('\n', 2);
  // `more` of several files
  if (rule.startsWith(':') && end.trimEnd() === rule) return { command: null, hints: hintsOfPath(names.trim()) };
  if (end.trimEnd() !== rule || !/^[\w.,[\]-]{1,1000}(?: \(\d{1,6}\))?$/.test(names.trim())) return null;
  return named([names.trim()]) ?? { command: null, hints: [{ name: '', from: 'container' }] };
}

function named(names: readonly string[]): Heading | null {
  const hints = names.filter((name) => /^[\w.-]*\w$/.test(name)).map((name): TextHint => ({ name, from: 'heading' }));
  return hints.length === 0 ? null : { command: null, hints };
}

/** Keys of objects that stand alone on a line. */
const KEYS = /^(Namespace|items|kind|metadata|spec|status|apiVersion|interface|peer|data|stringData|binaryData)$/;
const RULE = '=#*-';

/** What people write above an output: `Output from worker1 (10.0.1.30):`, `On node worker2:`, `And this is on the worker3 host:`. */
const SENTENCE =
  /^(?:[A-Za-z][A-Za-z']{0,20},? ){0,8}(?:on|from|of|at) (?:the )?(?:(?:node|host|machine|server) )?`?([A-Za-z0-9][\w.-]{0,252})`?(?: (?:node|host|machine|server))?(?: \((\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\))?:$/i;

function readSentence(line: string): Heading | null {
  const [, name = '', address = ''] = SENTENCE.exec(line) ?? [];
  const names = [name, address].filter((one) => /\w$/.test(one));
  return name === '' ? null : { command: null, hints: names.map((one): TextHint => ({ name: one, from: 'label' })) };
}

/** `h2. worker1` of tickets and `<summary>worker1</summary>` of pages, as a chapter; a name as code in one, `## \`worker1\``, without its marks. */
function asChapter(line: string): string {
  const [, title = ''] = /^(?:h[1-6]\. |(?:<details>)?<summary>)([^<]{1,250})(?:<\/summary>)?$/.exec(line) ?? [];
  const chapter = title === '' ? line : `## ${title.trim()}`;
  return chapter.startsWith('#') ? chapter.replaceAll('`', '') : chapter;
}

/** An address behind the name of a heading: `## worker1 (10.0.1.30)`. */
const ADDRESSED = / \((\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\):?$/;

/** `=== worker1 ===`, `### worker1: ip route`, `**worker1**`, `worker1:`, `Node: worker1`, chapters, and sentences. @param inObject where `# pools` is a comment and `data:` a key */
export function readWrittenHeading(written: string, inObject: boolean): Heading | null {
  if (written.length > 300) return null;
  const line = asChapter(written);
  const start = ruleEnd(line, 0);
  const whole = line.slice(start, ruleBegin(line, start)).trim();
  const [behind = '', address = ''] = start === 0 ? [] : (ADDRESSED.exec(whole) ?? []);
  const inner = behind === '' ? whole : whole.slice(0, -behind.length);
  const isBare = start === 0 && inner === line;
  const [, called = ''] =
    inObject || !(isBare || start > 1)
      ? []
      : (/^(?:node|host|hostname|server|machine): ([A-Za-z0-9][\w.-]{0,252})$/i.exec(inner) ?? []);
  if (called !== '') return { command: null, hints: [{ name: called, from: isBare ? 'label' : 'heading' }] };
  // `## worker1` is a chapter, `## worker1 ##` a banner.
  const isRule = /^(?:==|\*\*|--)/.test(line) || (/^##/.test(line) && /##\s*$/.test(line.slice(start)));
  if (inObject && !isRule) return null;
  const command = start > 0 ? commandOf(line) : null;
  if (command !== null) return { command, hints: [] };
  const words = inner.split(' ');
  if (start === 0 && words.length > 1) return inObject ? null : readSentence(line);
  // `kubectl get nodes -o name` prints node/worker1
  const name = (words[0] ?? '').replace(/:$/, '').replace(/^nodes?\//, '');
  if (!/^[\w.-]*\w$/.test(name) || KEYS.test(name)) return null;
  if (start === 0 && (!line.endsWith(':') || !/^[A-Za-z]/.test(name))) return null;
  // `- name` is an element of a list
  if (start === 1 && line.startsWith('-')) return null;
  const rest = words.slice(1).filter((word) => word !== '');
  const isCommand = /^(sudo|ip|bridge)$/.test(rest[0] ?? '');
  if (rest.length > 0 && !isCommand) return null;
  const from = isRule || isCommand ? 'heading' : 'label';
  const hints = [name, address].filter((one) => one !== '').map((one): TextHint => ({ name: one, from }));
  return { command: isCommand ? rest.join(' ') : null, hints };
}

function ruleEnd(line: string, from: number): number {
  let at = from;
  while (at < line.length && RULE.includes(line.charAt(at))) at++;
  return at;
}

function ruleBegin(line: string, from: number): number {
  let at = line.length;
  while (at > from && (RULE.includes(line.charAt(at - 1)) || line.charAt(at - 1) === ' ')) at--;
  return at;
}

/** A member of an archive stands behind `!`: the archive is one of its folders. */
const BETWEEN_PARTS = /[\\/]|(?<=\.(?:tar|tgz|gz|zst|zip)|^-)!/i;
const ARCHIVE = /(?:\.tar)?\.(?:tar|tgz|gz|zst|zip)$|\.tar$/i;

/** What a path says about the node, nearest part first: the file's name without what the command is, then its folders. */
export function hintsOfPath(path: string): TextHint[] {
  const parts = path.split(BETWEEN_PARTS).filter((part) => part !== '' && part !== '.' && part !== '..');
  const folders = parts
    .slice(0, -1)
    .toReversed()
    .map((part): TextHint => ({ name: part.replace(ARCHIVE, ''), from: 'folder' }));
  const file = (parts.at(-1) ?? '').replace(/\.[A-Za-z]\w{0,4}$/, '');
  const command = /(ip|bridge)?[-_. ]?(route|neigh(bou?r)?|link|addr(ess)?|fdb)s?(show)?/i;
  const stem = trimmed(file.replace(command, ''));
  const names = stem === '' || stem === file ? [file] : [file, stem];
  return [...names.filter((name) => name !== '').map((name): TextHint => ({ name, from: 'file name' })), ...folders];
}

const ENDS = '-_. ';

function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && ENDS.includes(text.charAt(start))) start++;
  while (end > start && ENDS.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
