// The operands as tcpdump's: captures, and behind them the words of an expression (`-r a.pcap host 10.48.0.130 and port 80`).
import { existsSync } from 'node:fs';
import { MEMBER_MARK } from '../../bytes/archive/walk-members.ts';
import { EXPRESSION_WORDS, parseFilterExpression } from '../../net/capture-expression.ts';
import { parseCidrOrIp } from '../../net/cidr.ts';
import { EXPRESSION_HINT } from '../../verdict/filter/flow-expression.ts';
import { usageError } from '../report-error.ts';
import { nearest } from '../values.ts';

export interface Operands {
  files: readonly string[];
  /** As given; null: none. */
  expression: string | null;
}

/** Words of an expression that are known, but say nothing of inner packets; they are answered instead of looked for as files. */
const OF_FRAMES = [
  'ether',
  'vlan',
  'mpls',
  'pppoed',
  'geneve',
  'vxlan',
  'less',
  'greater',
  'broadcast',
  'multicast',
  'gateway',
  'inbound',
];

/**
 * Where the expression begins: at the first word that is no file, behind a file, and means something in an expression. A word of expressions
 * that is also the name of a file (a folder `src`) begins one where, with all that follows, it is one.
 * @param read the captures behind `-r`
 * @throws OverlensError E_USAGE for an expression that is not understood, with the nearest one that is
 */
export function splitOperands(operands: readonly string[], read: readonly string[]): Operands {
  checkHasCapture(operands, read);
  const start = operands.findIndex(
    (word, i) => (i > 0 || read.length > 0) && (isFile(word) ? isMeant(operands, i, read) : begins(operands, i, read)),
  );
  if (start < 0) return { files: operands, expression: null };
  const expression = operands.slice(start).join(' ');
  check(expression, operands.slice(start));
  return { files: operands.slice(0, start), expression };
}

function isFile(word: string): boolean {
  const archive = word.split(MEMBER_MARK, 1)[0] ?? '';
  return word === '-' || existsSync(word) || (archive !== word && existsSync(archive));
}

/** Whether a word that is a file's name too is one of an expression: behind `-r` it alone can be, else with others behind it. */
function isMeant(operands: readonly string[], at: number, read: readonly string[]): boolean {
  if (!isWord(operands[at] ?? '') || (read.length === 0 && at === operands.length - 1)) return false;
  return !('notUnderstood' in parseFilterExpression(operands.slice(at).join(' ')));
}

/** Behind `-r`, as in tcpdump, every word that has not the look of a file; else one that words follow which are no files. */
function begins(operands: readonly string[], at: number, read: readonly string[]): boolean {
  const word = operands[at] ?? '';
  const [first = ''] = word
    .trim()
    .toLowerCase()
    .split(/[\s()[\]!]+/)
    .filter(Boolean);
  if (/^[(!]/.test(word) || isWord(first) || parseCidrOrIp(first) !== null) return true;
  const looksLikeFile = /[./*?]/.test(first);
  const next = operands[at + 1];
  const isFollowed = next !== undefined && !isFile(next);
  return !looksLikeFile && (read.length > 0 || isFollowed || nearest(first, EXPRESSION_WORDS) !== null);
}

function isWord(word: string): boolean {
  return EXPRESSION_WORDS.includes(word) || OF_FRAMES.includes(word);
}

function check(expression: string, words: readonly string[]): void {
  const parsed = parseFilterExpression(expression);
  if (!('notUnderstood' in parsed)) return;
  const { notUnderstood } = parsed;
  const file = words.find((word) => existsSync(word));
  if (file !== undefined)
    throw usageError(`${file}: stands behind the expression ${expression}`, 'captures stand before it');
  throw usageError(`"${notUnderstood}" is not understood in ${expression}`, hintFor(notUnderstood));
}

/** For an expression that nothing fits: tcpdump would have asked the outermost headers of it. Null where it asks them, and without one. */
export function outerHint(expression: string | undefined): string | null {
  if (expression === undefined) return null;
  const parsed = parseFilterExpression(expression);
  if (!('asksOuter' in parsed) || parsed.asksOuter) return null;
  const isOne = !/[()!&|]|\b(and|or|not)\b/.test(expression);
  return `asked of inner packets; of the tunnels' headers: ${isOne ? `outer ${expression}` : `'outer (${expression})'`}`;
}

function hintFor(words: string): string {
  const [first = ''] = words.split(' ');
  if (first === 'vxlan' || first === 'geneve') return `--encapsulation ${first} picks what was carried so`;
  if (first === 'ether')
    return 'link addresses stand in every line of overlens decode -v; outer host, outer net ask the tunnel';
  for (const word of words.split(' ')) {
    const near = isWord(word) ? null : nearest(word, EXPRESSION_WORDS);
    if (near !== null) return `did you mean ${words.replace(word, near)}? ${EXPRESSION_HINT}`;
  }
  return EXPRESSION_HINT;
}

/** `overlens host 10.48.0.130`: an expression, and nothing that it could be asked of. */
function checkHasCapture(operands: readonly string[], read: readonly string[]): void {
  const [first = ''] = operands;
  if (read.length > 0 || operands.length < 2 || isFile(first) || !isWord(first)) return;
  throw usageError(
    `${operands.join(' ')}: an expression, but no capture before it`,
    `overlens CAPTURE... ${operands.join(' ')}; what is on the wire now: tcpdump -U -w - ${operands.join(' ')} | overlens -`,
  );
}
