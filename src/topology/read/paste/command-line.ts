// A command line -> what it runs and where: behind sudo, ssh, kubectl exec and their kin, in a loop, into a filter. Read word by
// word, since it is outside text. What a command is run on names a node only where it can be one: a pod's name never is.
import type { TextHint } from '../stated-facts.ts';
import { ofContainer, type Wrapper } from './container-run.ts';
import { commandOfFleet, isForEach } from './fleet.ts';
import { type ShellToken, shellTokens } from './shell-words.ts';

/** One program with its words. */
export interface Run {
  words: readonly string[];
  /** Whom the wrappers around it name, the innermost first. */
  hints: readonly TextHint[];
  /** Run in the network namespace of a pod or of something else: it tells nothing of a node. */
  isInside: boolean;
  /** Its output went through something that leaves lines out, or elsewhere. */
  isFiltered: boolean;
}

export interface Command {
  runs: readonly Run[];
  /** The names that a `for` loop goes through; null where it is none. */
  loop: { names: readonly string[]; variable: string } | null;
  /** The word that ends the text behind `<<`. */
  heredoc: string | null;
}

/** How deep wrappers may be nested. */
const DEEPEST = 6;
/** Programs that pass everything on. */
const PASSING = new Set(['cat', 'tee', 'less', 'more', 'sort', 'column', 'nl', 'most', 'bat']);
const LOOP_WORDS = new Set(['do', 'done', 'then', 'fi', 'else']);

/** Reads a command line. */
export function parseCommand(line: string): Command {
  const tokens = shellTokens(line);
  const loop = loopOf(tokens);
  const runs: Run[] = [];
  addRuns(tokens, { hints: [], isInside: false, isFiltered: false }, runs, 0);
  return { runs, loop, heredoc: heredocOf(tokens) };
}

/** A file that somebody kept and shows: what is in it may be of any machine. Null for what the kernel and programs keep there of their own. */
export function fileShown({ runs }: Command): string | null {
  const [run, ...others] = runs;
  if (run === undefined || others.length > 0 || !/^(?:cat|head|tail|zcat|less|more|bat)$/.test(run.words[0] ?? ''))
    return null;
  const file = run.words.slice(1).find((word) => !word.startsWith('-')) ?? null;
  return file === null || /^\/(?:proc|sys|etc|run|var\/run|var\/lib)\//.test(file) ? null : file;
}

/** A loop whose end is still to come. */
export function isOpenLoop(line: string): boolean {
  const tokens = shellTokens(line);
  return loopOf(tokens) !== null && !tokens.some(({ text }) => text === 'done');
}

function heredocOf(tokens: readonly ShellToken[]): string | null {
  const at = tokens.findIndex(({ text, isSign }) => isSign && text === '<<');
  const word = at < 0 ? undefined : tokens[at + 1]?.text.replace(/^-/, '');
  return word === undefined || word === '' ? null : word;
}

type Around = Pick<Run, 'hints' | 'isInside' | 'isFiltered'>;

function addRuns(tokens: readonly ShellToken[], around: Around, runs: Run[], depth: number): void {
  let words: string[] = [];
  let first: { words: string[] } | null = null;
  let isFiltered = around.isFiltered;
  const closeStage = (): void => {
    if (words.length > 0 && (first === null || isForEach(words[0] ?? ''))) first = { words };
    else if (words.length > 0 && !PASSING.has(words[0] ?? '')) isFiltered = true;
    words = [];
  };
  const closePipe = (): void => {
    closeStage();
    if (first !== null) unwrap(first.words, { ...around, isFiltered }, runs, depth);
    first = null;
    isFiltered = around.isFiltered;
  };
  for (let i = 0; i < tokens.length; i++) {
    const { text, isSign } = tokens[i] as ShellToken;
    if (!isSign) {
      if (words.length > 0 || !LOOP_WORDS.has(text)) words.push(text);
      continue;
    }
    const target = tokens[i + 1]?.text ?? '';
    if (text === '|' || text === '|&') closeStage();
    else if (text.startsWith('>')) {
      const isDescriptor = /^[012]$/.test(words.at(-1) ?? '');
      const isError = words.at(-1) === '2';
      if (isDescriptor) words.pop();
      // What goes to a file is not on the screen; `2>&1` and `2>/dev/null` leave what counts.
      if (!isError && !text.includes('&')) isFiltered = true;
      if (target !== '' && tokens[i + 1]?.isSign === false) i++;
    } else if (text.startsWith('<')) {
      if (tokens[i + 1]?.isSign === false) i++;
    } else closePipe();
  }
  closePipe();
}

/** Takes wrappers off, one by one. */
function unwrap(written: readonly string[], around: Around, runs: Run[], depth: number): void {
  // Tools that collect call programs by their paths.
  const words = written.map((word, i) =>
    i === 0 && /^\/(?:\w+\/){1,3}\w+$/.test(word) ? (word.split('/').at(-1) ?? word) : word,
  );
  const wrapper = depth < DEEPEST ? wrapperOf(words) : null;
  if (wrapper === null) {
    if (words.length > 0) runs.push({ ...around, words });
    return;
  }
  const inner: Around = {
    ...around,
    hints: [...wrapper.hints, ...around.hints],
    isInside: around.isInside || wrapper.isInside === true,
  };
  if (wrapper.rest.length === 0) {
    if (wrapper.hints.length > 0 || wrapper.isInside === true) runs.push({ ...inner, words: [] });
  } else if (wrapper.rest.length === 1 && /[\s|;]/.test(wrapper.rest[0] ?? ''))
    addRuns(shellTokens(wrapper.rest[0] ?? ''), inner, runs, depth + 1);
  else unwrap(wrapper.rest, inner, runs, depth + 1);
}

/** Options of ssh that take a word (ssh(1)). */
const SSH_VALUES = new Set('-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -P -p -R -S -W -w'.split(' '));
/** Options of kubectl's exec and debug that take a word. */
const EXEC_VALUES = new Set(
  '-n --namespace -c --container --context --kubeconfig -f --filename --image --profile --target --cluster --user -s --server'.split(
    ' ',
  ),
);
const CONTAINER_VALUES = new Set('-u --user -w --workdir -e --env --env-file --detach-keys'.split(' '));

function wrapperOf(words: readonly string[]): Wrapper | null {
  const [program = ''] = words;
  const rest = words.slice(1);
  const plain = (from: number): Wrapper => ({ rest: rest.slice(from), hints: [] });
  if (/^[A-Z_]+=/.test(program) || /^(time|nohup|command|exec|env)$/.test(program)) return plain(0);
  if (program === 'sudo' || program === 'watch') return plain(pastOptions(rest, new Set(['-u', '-g', '-n', '-h'])));
  if (/^(microk8s|k3s|k0s|minikube|rke2)$/.test(program) && rest[0] === 'kubectl')
    return { rest: ['kubectl', ...rest.slice(rest[1] === '--' ? 2 : 1)], hints: [] };
  if (program === 'timeout') return plain(pastOptions(rest, new Set(['-s', '-k'])) + 1);
  if (program === 'chroot') return plain(1);
  if (/^(ba|z|da|k)?sh$/.test(program)) {
    const at = rest.findIndex((word) => /^-\w*c$/.test(word));
    return at < 0 ? null : { rest: rest.slice(at + 1, at + 2), hints: [] };
  }
  if (program === 'ssh') return onHost(rest, pastOptions(rest, SSH_VALUES));
  if (/^(kubectl|oc|k)$/.test(program)) return ofNodeShell(rest) ?? ofKubectl(rest) ?? ofContainer(program, rest);
  if (/^(docker|podman|nerdctl|crictl)$/.test(program) && rest[0] === 'exec') {
    const at = 1 + pastOptions(rest.slice(1), CONTAINER_VALUES);
    return { rest: rest.slice(at + 1), hints: hint(rest[at], 'container') };
  }
  const made = ofContainer(program, rest);
  if (made !== null) return made;
  if (program === 'ip' && rest[0] === 'netns' && rest[1] === 'exec') {
    return { rest: rest.slice(3), hints: [], isInside: true };
  }
  if (program === 'nsenter') {
    const isHost = rest.some(
      (word, i) =>
        word === '-t1' || word === '--target=1' || (word === '1' && /^(-t|--target)$/.test(rest[i - 1] ?? '')),
    );
    const at = pastOptions(rest, new Set(['-t', '--target']));
    return { rest: rest.slice(at), hints: [], isInside: !isHost };
  }
  const ran = commandOfFleet(program, rest);
  // which machine, each line or heading of the output says
  if (ran !== null) return { rest: ran, hints: [{ name: '', from: 'container' }] };
  return ofMachine(program, rest);
}

/** Tools that open a shell on a virtual machine. */
function ofMachine(program: string, rest: readonly string[]): Wrapper | null {
  if (program === 'minikube' && rest[0] === 'ssh') {
    const at = rest.findIndex((word) => /^(-n|--node)$/.test(word));
    const dashes = rest.indexOf('--');
    const behind =
      dashes < 0
        ? rest.slice(1).filter((word, i) => !word.startsWith('-') && i + 1 !== at + 1)
        : rest.slice(dashes + 1);
    return { rest: behind, hints: at < 0 ? [] : hint(rest[at + 1], 'prompt') };
  }
  // `gcloud compute ssh NAME --zone Z --command "ip route"`, `tsh ssh root@NAME ip route`
  if (program === 'tsh' && rest[0] === 'ssh') return onHost(rest.slice(1), pastOptions(rest.slice(1), SSH_VALUES));
  if (program === 'gcloud' && rest[0] === 'compute' && rest[1] === 'ssh') return ofGcloud(rest.slice(2));
  const isShell = /^(multipass|lxc|limactl|incus)$/.test(program) && /^(exec|shell)$/.test(rest[0] ?? '');
  if (!isShell && !(program === 'vagrant' && rest[0] === 'ssh')) return null;
  const behind = rest.slice(2).filter((word) => word !== '--' && word !== '-c');
  return { rest: behind, hints: hint(rest[1], 'prompt') };
}

function ofGcloud(rest: readonly string[]): Wrapper {
  const words = rest.filter(
    (word, i) => !word.startsWith('-') && !/^--(?:zone|project|command)$/.test(rest[i - 1] ?? ''),
  );
  const at = rest.findIndex((word) => /^--command(?:=|$)/.test(word));
  const written = rest[at]?.includes('=') ? rest[at].slice('--command='.length) : rest[at + 1];
  const dashes = rest.indexOf('--');
  const command = at >= 0 && written !== undefined ? [written] : dashes >= 0 ? rest.slice(dashes + 1) : [];
  return { rest: command, hints: hint((words[0] ?? '').replace(/^[^@]*@/, ''), 'prompt') };
}

function onHost(rest: readonly string[], at: number): Wrapper {
  const host = (rest[at] ?? '').replace(/^[^@]*@/, '');
  const behind = rest.slice(rest[at + 1] === '--' ? at + 2 : at + 1);
  return { rest: behind, hints: hint(host, 'prompt') };
}

/** `kubectl node-shell NODE -- ip route`, of a plugin. */
function ofNodeShell(rest: readonly string[]): Wrapper | null {
  const verb = pastOptions(rest, EXEC_VALUES);
  if (!/^node[-_]shell$/.test(rest[verb] ?? '')) return null;
  const behind = rest.slice(verb + 1).filter((word) => word !== '--');
  return { rest: behind.slice(1), hints: hint(behind[0], 'prompt') };
}

/** `kubectl exec POD -- ip route`, `kubectl debug node/control1 -- ip route`. */
function ofKubectl(rest: readonly string[]): Wrapper | null {
  const verb = pastOptions(rest, EXEC_VALUES);
  if (!/^(?:exec|debug|rsh)$/.test(rest[verb] ?? '')) return null;
  const isDebug = rest[verb] === 'debug';
  const behind = rest.slice(verb + 1);
  const dashes = behind.indexOf('--');
  const own = dashes < 0 ? behind : behind.slice(0, dashes);
  const at = pastOptions(own, EXEC_VALUES);
  const target = own[at] ?? '';
  // without `--` the command follows the pod (before kubectl 1.18)
  const command =
    dashes < 0 ? own.slice(at + 1 + pastOptions(own.slice(at + 1), EXEC_VALUES)) : behind.slice(dashes + 1);
  if (target.startsWith('node/')) return { rest: command, hints: hint(target.slice(5), 'prompt') };
  // a variable may be a node: then it is a container on it, which shows what its node shows
  if (isDebug && target.startsWith('$')) return { rest: command, hints: [{ name: '', from: 'container' }] };
  if (isDebug) return { rest: command, hints: [], isInside: true };
  // one of the pods of a DaemonSet: which, is not written
  const pod = target.includes('/') && !/^pods?\//.test(target) ? '' : target.replace(/^pods?\//, '');
  return { rest: command, hints: [{ name: pod, from: 'pod' }] };
}

/** Where the first word that is no option stands. */
function pastOptions(words: readonly string[], withValue: ReadonlySet<string>): number {
  let at = 0;
  while (at < words.length && (words[at] ?? '').startsWith('-')) {
    if (words[at] === '--') return at + 1;
    at += withValue.has(words[at] ?? '') ? 2 : 1;
  }
  return Math.min(at, words.length);
}

const NAME = /^[A-Za-z0-9][\w.-]*$/;

function hint(name: string | undefined, from: TextHint['from']): TextHint[] {
  return name !== undefined && NAME.test(name) ? [{ name, from }] : [];
}

/** `for n in a b {c,d}; do`: the names, as far as they are written. */
function loopOf(tokens: readonly ShellToken[]): Command['loop'] {
  const begin = tokens.findIndex(
    ({ text, isSign }, i) => !isSign && /^(?:for|while)$/.test(text) && (i === 0 || tokens[i - 1]?.isSign === true),
  );
  const words = tokens.slice(Math.max(0, begin)).map(({ text }) => text);
  if (words[0] === 'while') return { names: [], variable: words[words.indexOf('read') + 1] ?? '' };
  if (words[0] !== 'for' || words[2] !== 'in') return null;
  const end = words.findIndex((word, i) => i > 2 && (word === ';' || word === 'do'));
  const list = words.slice(3, end < 0 ? words.length : end).flatMap((word) => expandBraces(word));
  return { names: list.filter((word) => NAME.test(word)), variable: words[1] ?? '' };
}

/** `worker{1,2}` and `worker{1..3}`, one pair of braces. */
function expandBraces(word: string): string[] {
  const open = word.indexOf('{');
  const close = word.indexOf('}', open);
  if (open < 0 || close < 0 || word.includes('$')) return [word];
  const [before, inside, after] = [word.slice(0, open), word.slice(open + 1, close), word.slice(close + 1)];
  const [from, to] = inside.split('..').map(Number);
  if (from !== undefined && to !== undefined && Number.isInteger(from) && to >= from && to - from < 1000)
    return Array.from({ length: to - from + 1 }, (_, i) => `${before}${from + i}${after}`);
  return inside.split(',').map((one) => `${before}${one}${after}`);
}
