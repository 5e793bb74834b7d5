// A file -> sections that each hold one thing: a file pasted from a terminal may hold several commands' outputs, with prompts
// (`control1$ ip route`), the headers that head, tail and ansible print, or headings. Each section keeps its line numbers,
// the command if it is written, and whom the prompt names.
import { CALICO_CLIENT } from '../../cluster/calico/annotations.ts';
import { type ContentKind, kindAfter } from './recognise.ts';
import type { TextHint } from './stated-facts.ts';

export interface Section {
  text: string;
  kind: ContentKind;
  /** Line number of the text's first line in the file. */
  firstLine: number;
  /** The command that printed it, as typed; null when it is not written. */
  command: string | null;
  /** Whom prompt, header or command name, strongest first. */
  hints: readonly TextHint[];
}

interface Boundary {
  command: string | null;
  hints: TextHint[];
  /** The hints hold for the sections after this one too. */
  stays: boolean;
}

/** Commands whose output may be in a snapshot; other lines after a prompt sign are no boundary. */
const COMMAND = new RegExp(
  `^(?:sudo +)?(?:ip|bridge|kubectl|${CALICO_CLIENT}|oc|k|ssh|docker|podman|nerdctl|minikube|cat|exit|logout) ?(?: .*)?$`,
);

/** Removes ANSI escapes (`ip -c`), carriage returns of CRLF files, a byte order mark. */
export function plainText(text: string): string {
  const unmarked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  // CSI sequences (ECMA-48 section 5.4) and OSC sequences that prompts carry.
  const plain = unmarked.includes('\x1b')
    ? unmarked.replaceAll(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, '')
    : unmarked;
  return plain.includes('\r') ? plain.replaceAll(/\r+(?=\n|$)/g, '') : plain;
}

/** Splits at prompts, headers and headings; a file without any is one section. */
export function splitSections(text: string): Section[] {
  const sections: Section[] = [];
  let start = { at: 0, line: 1 };
  let kind: ContentKind | null = null;
  let boundary: Boundary = { command: null, hints: [], stays: false };
  // A name given by `ssh control1` or a heading stays until the next one.
  let standing: readonly TextHint[] = [];
  const close = (end: number): void => {
    if (boundary.command === null && kind === null) return;
    const hints = boundary.stays ? standing : [...boundary.hints, ...standing];
    const own = text.slice(start.at, end);
    sections.push({ text: own, kind: kind ?? 'lines', firstLine: start.line, command: boundary.command, hints });
  };
  for (let at = 0, number = 1; at <= text.length; number++) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    const isKnown = kind === 'json' || kind === 'yaml';
    // Most lines of large files are indented lines of objects: not even looked at.
    if (!isKnown || text.charCodeAt(at) !== 0x20) {
      const line = text.slice(at, end);
      const found = boundaryAt(line, kind, () => text.slice(end + 1, nextLineEnd(text, end)));
      if (found === null) kind = kindAfter(kind, line);
      else {
        // The break before a boundary belongs to it.
        close(Math.max(start.at, at - 1));
        start = { at: end + 1, line: number + 1 };
        kind = null;
        // Whom a login leads to has not printed what stands behind the login.
        standing = found.stays ? found.hints : standingAfter(found.command ?? '', standing);
        boundary = found;
      }
    }
    at = end + 1;
  }
  close(text.length);
  return sections;
}

function nextLineEnd(text: string, end: number): number {
  const next = text.indexOf('\n', end + 1);
  return next < 0 ? text.length : next;
}

/** @param kind of the section that it would end */
function boundaryAt(line: string, kind: ContentKind | null, next: () => string): Boundary | null {
  if (line === '' || line.startsWith(' ') || line.length > 400) return null;
  return readHeader(line) ?? readPrompt(line, next) ?? readHeading(line, kind);
}

/** `==> worker1/ip-route.txt <==` (head, tail) and `worker1 | CHANGED | rc=0 >>` (ansible). */
function readHeader(line: string): Boundary | null {
  const path = /^==> (.+) <==$/.exec(line)?.[1];
  if (path !== undefined) return { command: null, hints: hintsOfPath(path), stays: true };
  const ansible = /^(\S+) \| (?:CHANGED|SUCCESS)\b.*>>$/.exec(line)?.[1];
  return ansible === undefined ? null : { command: null, hints: [{ name: ansible, from: 'heading' }], stays: true };
}

/**
 * `=== worker1 ===`, `### worker1: ip route`, `worker1:`.
 * @param kind of the section it would end: in YAML `# pools` is a comment and `data:` a key
 */
function readHeading(line: string, kind: ContentKind | null): Boundary | null {
  const heading = /^([=#*-]{1,40}) *([\w.-]*\w):?(?: +((?:sudo +)?(?:ip|bridge) [^=#]*?))?(?: *[=#*-]{0,40})$/.exec(
    line,
  );
  const name = heading?.[2] ?? /^([A-Za-z][\w.-]*):$/.exec(line)?.[1];
  if (name === undefined || /^(items|kind|metadata|spec|status|apiVersion)$/.test(name)) return null;
  const isPlain = heading === null || !/^(==|\*\*)/.test(heading[1] ?? '');
  if (isPlain && (kind === 'json' || kind === 'yaml')) return null;
  return { command: heading?.[3]?.trim() ?? null, hints: [{ name, from: 'heading' }], stays: true };
}

function readPrompt(line: string, next: () => string): Boundary | null {
  const match = /^(?:(.{0,120}?)[$#%>❯] ?|\+ )((?:sudo |ip |bridge |[a-z]).*)$/.exec(line);
  const command = match?.[2]?.trim();
  if (match === null || command === undefined || !COMMAND.test(command)) return null;
  const before = match[1] ?? '';
  // `# ip route` may be a comment between the lines of a YAML document.
  if (before === '' && line.startsWith('#') && /^\s+\S|^- /.test(next())) return null;
  const hints: TextHint[] = [];
  const remote = hostOfCommand(command);
  if (remote !== null) hints.push({ name: remote, from: 'prompt' });
  const host = hostOfPrompt(before);
  if (host !== null) hints.push({ name: host, from: 'prompt' });
  return { command, hints, stays: false };
}

/** `control1`, `root@control1:~`, `[ubuntu@control1 ~]`, `(venv) ubuntu@control1:~/x`. */
function hostOfPrompt(before: string): string | null {
  const at = /@([A-Za-z0-9][\w.-]*)/.exec(before)?.[1];
  const host = at ?? /^\[?([A-Za-z0-9][\w.-]*)\]?(?:[: ].*)?$/.exec(before.trim())?.[1] ?? null;
  return host === null || /^(ba|z|k|a)?sh(-[\d.]+)?$/.test(host) ? null : host;
}

/** `ssh control1 ip route`, `kubectl debug node/control1 -- ip route`, `docker exec kind-worker ip route`, pods of exec. */
function hostOfCommand(command: string): string | null {
  const ssh = /^(?:sudo +)?ssh +(?:-\S+ +(?:[\w./=]+ +)?)*?(?:[\w.-]+@)?([A-Za-z0-9][\w.-]*)(?: |$)/.exec(command)?.[1];
  const debug = /\bnode\/([\w.-]+)/.exec(command)?.[1];
  const container = /^(?:sudo +)?(?:docker|podman|nerdctl) +exec +(?:-\S+ +)*([\w.-]+)/.exec(command)?.[1];
  const exec = /\bexec +(?:-n +\S+ +|-\S+ +)*(?:pods?\/)?([a-z0-9][a-z0-9.-]*)(?: |$)/.exec(command)?.[1];
  return ssh ?? debug ?? container ?? exec ?? null;
}

function standingAfter(command: string, standing: readonly TextHint[]): readonly TextHint[] {
  if (/^(exit|logout)/.test(command)) return [];
  const isLogin =
    /^(?:sudo +)?(?:ssh|minikube ssh|docker exec|kubectl debug)\b/.test(command) && !/ (ip|bridge) /.test(command);
  const host = isLogin ? hostOfCommand(command) : null;
  return host === null ? standing : [{ name: host, from: 'prompt' }];
}

/** What a path says about the node, nearest part first: the file's name without what the command is, then its folders. */
export function hintsOfPath(path: string): TextHint[] {
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  const folders = parts
    .slice(0, -1)
    .toReversed()
    .map((name): TextHint => ({ name, from: 'folder' }));
  const file = (parts.at(-1) ?? '').replace(/\.[A-Za-z]\w{0,4}$/, '');
  const command = /(ip|bridge)?[-_. ]?(route|neigh(bou?r)?|link|addr(ess)?|fdb)s?(show)?/i;
  const stem = file.replace(command, '').replaceAll(/^[-_. ]+|[-_. ]+$/g, '');
  const names = stem === '' || stem === file ? [file] : [file, stem];
  return [...names.filter((name) => name !== '').map((name): TextHint => ({ name, from: 'file name' })), ...folders];
}
