// Where the locale has no UTF-8, what people read is drawn in ASCII: the one place that knows, behind everything that writes. Formats for
// programs (JSON, CSV, pages) stay UTF-8, as they are defined.
import { Writable } from 'node:stream';
import type { Io } from '../io.ts';

/** As wide as what it stands for, so that columns stay columns; but for the last ones, which stand in sentences. */
const ASCII: Readonly<Record<string, string>> = {
  '→': '>',
  '←': '<',
  '↔': '-',
  '▶': '>',
  '❯': '>',
  '─': '-',
  '│': '|',
  ...Object.fromEntries([...'┌┐└┘├┤┬┴┼'].map((corner) => [corner, '+'])),
  '·': '.',
  '…': '~',
  '’': "'",
  '−': '-',
  '×': 'x',
  µ: 'u',
  '⚠': '!',
  '±': '+-',
  '§': 'section ',
};
const NOT_ASCII = /[\u0080-\uffff]/g;
/** What is read by people; of other formats the bytes are the format's. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['text', 'table', 'wide', 'summary']);

/** The same world, with ASCII on both outputs where the environment asks for it and the output is for people. */
export function withAscii(io: Io, argv: readonly string[]): Io {
  if (!isAsciiOnly(io.env) || !isForPeople(argv)) return io;
  return {
    ...io,
    stdout: asciiStream(io.stdout),
    stderr: asciiStream(io.stderr),
    ...(io.unpaged === undefined ? {} : { unpaged: asciiStream(io.unpaged) }),
  };
}

/** The first of LC_ALL, LC_CTYPE and LANG that is set decides (POSIX); none set says nothing of a terminal. */
function isAsciiOnly(env: Io['env']): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (locale === 'C' || locale === 'POSIX') return true;
  const [, charset] = /\.([\w-]+)/.exec(locale) ?? [];
  return charset !== undefined && !/^utf-?8$/i.test(charset);
}

function isForPeople(argv: readonly string[]): boolean {
  return argv.every((word, i) => {
    const [, inline] = /^(?:--output=|-o)(.+)$/.exec(word) ?? [];
    const format = word === '-o' || word === '--output' ? argv[i + 1] : inline;
    return format === undefined || format.includes('=') || FOR_PEOPLE.has(format);
  });
}

/** Hands on what is written, and tells of a reader that went away as the stream itself does. */
function asciiStream(stream: Writable): Writable {
  const ascii = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      stream.write(typeof chunk === 'string' ? toAscii(chunk) : bytesToAscii(chunk), done);
    },
  });
  // each write is told of its own
  ascii.on('error', () => {});
  return ascii;
}

function bytesToAscii(bytes: Uint8Array): string | Uint8Array {
  return bytes.every((byte) => byte < 0x80) ? bytes : toAscii(new TextDecoder().decode(bytes));
}

function toAscii(text: string): string {
  return text.replace(NOT_ASCII, (letter) => ASCII[letter] ?? letter);
}
