// Flags of tcpdump, one letter each, alone or together (`-nnvvXr FILE`): what they become here, or what to type instead.
import { shellWord } from '../../cluster/shell.ts';
import { usageError } from '../report-error.ts';
import type { Reading } from './reading.ts';

/** Mean what is so here anyway: nothing is looked up, lines appear at once, numbers are whole. */
const NOTHING = new Set('nlUSKNqO#pubHIg');
/** The next word is theirs. */
const WITH_VALUE = new Set('rcwisabCGWFzZBjyQE');
const OF_PACKETS = new Set('vxXAtec');
const TIMES = ['none', 'epoch', 'delta', 'utc', 'relative'];
const WRITING = 'tcpdump writes captures; overlens reads them: tcpdump -U -w - ... | overlens -';

/** False where a letter is none of tcpdump's. Throws bad usage that says what to type. */
export function tcpdumpLetters(word: string, reading: Reading): boolean {
  const [, letters = '', glued = ''] = /^-([A-Za-z#]+?)(\d*)$/.exec(word) ?? [];
  const all = [...letters];
  const isKnown = all.every((letter, i) => isLetter(letter) && (i === all.length - 1 || !WITH_VALUE.has(letter)));
  if (all.length === 0 || !isKnown) return false;
  const times = all.filter((letter) => letter === 't').length;
  const isPackets = reading.command.name() === 'decode';
  const asked = all.find((letter) => OF_PACKETS.has(letter));
  if (asked !== undefined && !isPackets) throw packetsAnswer(asked, reading);
  if (times > 0) reading.words.push('--time', TIMES[times - 1] ?? 'utc');
  for (const letter of new Set(all)) readLetter(letter, glued, reading);
  return true;
}

function isLetter(letter: string): boolean {
  return NOTHING.has(letter) || WITH_VALUE.has(letter) || OF_PACKETS.has(letter) || letter === 'D' || letter === 'L';
}

function readLetter(letter: string, glued: string, reading: Reading): void {
  const { rest, words, notes } = reading;
  const value = WITH_VALUE.has(letter) ? glued || (rest.shift() ?? '') : '';
  switch (letter) {
    case 'v':
      words.push('-v');
      break;
    case 'x':
    case 'X':
    case 'A':
      words.push('-x');
      break;
    case 'e':
      notes.push('-e: link addresses are in the answer of -v');
      break;
    case 'r':
    case 'w':
    case 'c':
      words.push(`-${letter}`, ...(value === '' ? [] : [value]));
      break;
    case 'i':
    case 'D':
    case 'L':
      throw liveAnswer(letter, value, reading);
    case 'F':
      if (/^(nsec)?pcap(ng)?$/.test(value))
        throw usageError(`-F ${value}: the ending of -w FILE says it`, 'overlens decode CAPTURE... -w FILE.pcap');
      throw usageError(
        `-F ${value}: no expression is read from a file`,
        `overlens ${reading.command.name()} CAPTURE "$(cat ${shellWord(value)})"`,
      );
    case 'G':
      if (value === 'fields' || value === 'protocols')
        throw usageError(`-G ${value}: is tshark's`, 'overlens headers [PROTOCOL]');
      throw usageError(`-G ${value}: is of capturing`, WRITING);
    case 'a':
    case 'b':
    case 'C':
    case 'W':
    case 'z':
    case 'Z':
    case 'B':
    case 'j':
    case 'y':
    case 'Q':
    case 'E':
      throw usageError(`-${letter} ${value}: is of capturing`, WRITING);
  }
}

/** `-w FILE.pcap` of `trace`, whose `-w` is a folder for rows. Throws bad usage that says what writes packets. */
export function checkWritten(value: string, reading: Reading): void {
  if (reading.command.name() === 'trace' && /\.(pcapng|pcap|cap|dmp)\d*$/i.test(value))
    throw packetsAnswer('w', reading);
}

/** Packets are decode's: the same line there. */
export function packetsAnswer(letter: string, { asDecode }: Reading): Error {
  const also =
    letter === 'c'
      ? '\nso many conversations: --first NUMBER'
      : letter === 'A'
        ? '\nall namespaces are in the answer unless -n NAMESPACE picks one'
        : '';
  return usageError(
    `-${letter}: single packets are ${letter === 'w' ? 'written' : 'shown'} by decode`,
    `overlens decode ${asDecode().map(shellWord).join(' ')}${also}`,
  );
}

/** What is on the wire now, by a pipe. */
export function liveAnswer(letter: string, value: string, { command, given }: Reading): Error {
  const name = command.name();
  const what = name === 'trace' ? 'overlens -' : `overlens ${name} -`;
  if (letter !== 'i')
    return usageError(`-${letter}: overlens reads captures and asks no interface`, 'tcpdump -D lists them');
  if (given.some((word) => /^-\w*r$/.test(word)))
    return usageError(
      `-i ${value}: a capture tells its interface`,
      `of a capture that does not: --at FILE=NODE:${value}`,
    );
  const at = given.indexOf(value);
  const expression = given.slice(at + 1).filter((word) => !word.startsWith('-'));
  return usageError(
    `-i ${value}: overlens reads captures and asks no interface`,
    `tcpdump -i ${['any', ''].includes(value) ? 'any' : shellWord(value)} -U -w - ${expression.map((word) => `${shellWord(word)} `).join('')}| ${what}\non a node: ssh NODE tcpdump -i ${shellWord(value || 'any')} -U -w - | ${what}`,
  );
}
