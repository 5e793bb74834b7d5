// tcpdump's log beside a capture: what it prints on stderr, and the command line that a script or a tool (Retina) wrote before it.
import type { CaptureLog } from '../../capture/source.ts';

/** A log is short: what is longer is something else. */
const LONGEST = 256 * 1024;
const LISTENING = /^(?:tcpdump: )?listening on ([^\s,]{1,64}), link-type /m;
const CAPTURED = /^(\d{1,15}) packets? captured/m;
const RECEIVED = /^(\d{1,15}) packets? received by filter/m;
const DROPPED = /^(\d{1,15}) packets? dropped by kernel/m;
const COMMAND = /(?:^|[\s"'/])tcpdump ((?:-|\w)[^\n]{0,4000})$/m;

/** Options of tcpdump that take a value: behind the letter, else the next word. */
const VALUED_LETTER = /[BcCDEFGijmMrsTVwWyzZQ]/;
const VALUED_NAME =
  /^--(buffer-size|interface|linktype|snapshot-length|time-stamp-type|time-stamp-precision|direction|count)$/;

export interface ReadLog extends CaptureLog {
  /** The file that the command line writes, by its base name; null without one, and for stdout. */
  written: string | null;
}

/** Null for what is no log of tcpdump. */
export function tcpdumpLog(file: string, text: string): ReadLog | null {
  if (text.length > LONGEST) return null;
  const plain = text.replaceAll('\r', '');
  const listening = LISTENING.exec(plain)?.[1] ?? null;
  const captured = numberIn(CAPTURED, plain);
  if (listening === null && captured === null) return null;
  const command = COMMAND.exec(plain)?.[1] ?? null;
  const read = command === null || command.startsWith('version ') ? null : readCommand(command);
  return {
    file,
    expression: read?.expression ?? null,
    device: listening === 'any' ? null : listening,
    captured,
    received: numberIn(RECEIVED, plain),
    dropped: numberIn(DROPPED, plain),
    isCounted: read?.isCounted ?? false,
    written: read?.written ?? null,
  };
}

function numberIn(pattern: RegExp, text: string): number | null {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

interface Command {
  expression: string | null;
  written: string | null;
  isCounted: boolean;
}

/** The words behind the options are the expression. One in a file (-F) is not known. */
function readCommand(line: string): Command {
  const words = wordsOf(line);
  const command: Command = { expression: '', written: null, isCounted: false };
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (/^(\d?>|[|&;])/.test(word)) break;
    if (rest.length > 0 || !word.startsWith('-') || word === '-') {
      rest.push(word);
      continue;
    }
    const { name, value } = optionOf(word);
    const isApart = value === '' && (name.length === 1 ? VALUED_LETTER : VALUED_NAME).test(name);
    const given = isApart ? (words[++i] ?? '') : value;
    if (name === 'w') command.written = given === '-' ? null : baseOf(given);
    if (name === 'c' || name === '--count') command.isCounted = true;
    if (name === 'F') command.expression = null;
  }
  if (command.expression !== null) command.expression = rest.join(' ').replace(/^\(\s*\)$/, '');
  return command;
}

/** The option of a word that may take a value, and what of the value stands in the word: `-ni` is i, `-wx.pcap` is w and x.pcap. */
function optionOf(word: string): { name: string; value: string } {
  if (word.startsWith('--')) {
    const [name = '', ...value] = word.split('=');
    return { name, value: value.join('=') };
  }
  const at = word.search(VALUED_LETTER);
  return at < 0 ? { name: word.slice(1), value: '' } : { name: word.charAt(at), value: word.slice(at + 1) };
}

/** Words as a shell has them; quotes hold words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

export function baseOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), path.lastIndexOf('!')) + 1);
}
