// A shell's prompt and what stands behind it: `root@h:~# `, `[root@h ~]# `, `h:/root# `, `h$ `, `$ `. Read from the left, sign by
// sign; what stands before the sign must be a prompt's, whatever the command is.
import { commandIn } from './unprompted.ts';

export interface Prompt {
  /** The machine that the prompt names; null where it names none. */
  host: string | null;
  /** What was typed; empty where nothing was. */
  command: string;
  /** A prompt of user and host: nothing else looks like it. */
  isSure: boolean;
}

/** Longer prompts are none. */
const LONGEST_HEAD = 160;
const SIGNS = '$#%>❯';
/** Shells and people, who stand where a machine's name may. */
const NO_HOST =
  /^(?:(?:ba|z|k|a|da)?sh(?:-[\d.]+)?|(?=[a-f\d]*\d)[a-f\d]{12}|toolbox(?:-\S+)?|PS|root|user|admin|me|ubuntu|debian|centos|core|sudo|mysql|psql|sqlite|ftp|In|Out)$/;

/** What a prompt has in any case; most lines have none of it. */
const MAY_BE_PROMPT = /[$#%>\u276f\u2570\u2514\u279c]|^\+ /;

/** The prompt at a line's beginning; null when there is none. */
export function readPrompt(line: string): Prompt | null {
  if (!MAY_BE_PROMPT.test(line)) return null;
  if (line.startsWith('+ ')) {
    const command = line.slice(2).trim();
    return commandIn(command) === null ? null : { host: null, command, isSure: false };
  }
  const drawn = ofTwoLines(null, line);
  if (drawn !== null) return drawn;
  // cmd.exe, and zsh as most decorate it
  const [, typed] =
    /^[A-Z]:\\[^<>|]{0,150}>(.*)$/.exec(line) ??
    /^\u279c {1,4}\S{1,80} (?:git:\(\S{1,80}\) (?:\u2717 )?)?(.*)$/.exec(line) ??
    [];
  if (typed !== undefined) return { host: null, command: typed.trim(), isSure: false };
  const end = Math.min(line.length, LONGEST_HEAD);
  for (let at = 0; at < end; at++) {
    if (!SIGNS.includes(line.charAt(at)) || (at + 1 < line.length && line.charAt(at + 1) !== ' ')) continue;
    const command = line.slice(at + 1).trim();
    const head = at === 0 ? anonymous(line.charAt(0), command) : headOf(line.slice(0, at), line.charAt(at), command);
    if (head !== null) return { ...head, command };
  }
  return null;
}

/** The second of two lines that a frame connects. */
const DRAWN = /^[\u2570\u2514][\u2500-\u257f]{0,3} ?[$#%>\u276f\u27a4\u279c\u276d\u25b6\ufe65](?: +(.*))?$/;

/** `╭─root@h ~` and `╰─$ ip route`; `┌──(root㉿h)-[~]` and `└─# `. @param first the line above it, null where it is not known */
export function ofTwoLines(first: string | null, second: string): Prompt | null {
  if (first !== null && !/^[\u256d\u250c][\u2500-\u257f]{1,3}/.test(first)) return null;
  const drawn = DRAWN.exec(second);
  if (drawn === null) return null;
  const typed = drawn[1] ?? '';
  // at the right end of the line stands how the command before ended
  const command = (typed.endsWith('\u21b5') ? typed.slice(0, typed.lastIndexOf('  ')) : typed).trim();
  const who =
    first === null
      ? null
      : /^.[\u2500-\u257f]{1,3} ?\(?[\w.+-]{1,64}(?:@|\u327f|\ud83d\udc80)([A-Za-z0-9][\w.-]{0,252})/.exec(first);
  return { host: who === null ? null : hostIn(who[1] ?? ''), command, isSure: true };
}

type Head = Pick<Prompt, 'host' | 'isSure'>;

/** `$ uname -a`; the other signs also begin comments, headings and quotes: only before what is surely a command. */
function anonymous(sign: string, command: string): Head | null {
  const isCommand = sign === '$' ? /^[A-Za-z./~(_]/.test(command) : commandIn(command) !== null;
  return isCommand ? { host: null, isSure: false } : null;
}

function headOf(written: string, sign: string, command: string): Head | null {
  const before = bare(written);
  const known = /^[\w.+-]+@([A-Za-z0-9][\w.-]*)(?::\S*)?(?: [~/\w.-]*[~/\w])?(?: \([^()]*\))?$/.exec(before);
  if (known !== null) return { host: hostIn(known[1] ?? ''), isSure: true };
  if (/^PS \S/.test(before) || /^[~/][\w./~-]*(?: \([^()]*\))?$/.test(before)) return { host: null, isSure: false };
  const placed = /^([A-Za-z0-9][\w.-]*)(?:(?: |: ?)[~/]\S*)$/.exec(before);
  if (placed !== null) return { host: hostIn(placed[1] ?? ''), isSure: true };
  const [, name = ''] = /^([A-Za-z0-9][\w.-]*)$/.exec(before) ?? [];
  if (name === '') return null;
  // `h$ uname`, but no sentence: a sign that stands apart, or is rare, only before what is surely a command
  const isTight = written === before && (sign === '$' || sign === '#');
  const isCommand = isTight ? /^[a-z./~]/.test(command) || command === '' : commandIn(command) !== null;
  return isCommand ? { host: hostIn(name), isSure: false } : null;
}

function hostIn(name: string): string | null {
  return NO_HOST.test(name) ? null : name;
}

/** Without what stands around: `(venv) `, `[12:30:01] `, and the brackets of `[root@h ~]`. */
function bare(written: string): string {
  let text = written.trim();
  for (let i = 0; i < 3; i++) {
    const close = text.startsWith('(')
      ? text.indexOf(') ')
      : /^\[?\d\d[:\dTZ.+-]*\]? /.test(text)
        ? text.indexOf(' ') - 1
        : -1;
    if (close < 0) break;
    text = text.slice(close + 2).trimStart();
  }
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).trim() : text;
}
