// The manual page (man(7) macros), from the commands as they are declared. It prints without a warning of groff.
import type { EventEmitter } from 'node:events';
import type { Command, Option } from 'commander';
import { addUnder } from '../../net/multi-map.ts';

/** Of the whole program. @param version as it is printed */
export function manualPage(program: Command, version: string): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  return [
    `.\\" made from the declarations of the commands: npm run build`,
    `.TH OVERLENS 1 "" "overlens ${version}" "User Commands"`,
    ...['.SH NAME', `overlens \\- ${text(oneLine(program.description()))}`],
    ...['.SH SYNOPSIS', ...synopses(program, commands)],
    ...['.SH DESCRIPTION', text(oneLine(program.description())), '.PP', text(DESCRIPTION)],
    ...['.SH EXAMPLES', ...examples(program)],
    '.SH COMMANDS',
    ...commands.flatMap((command) => commandLines(command)),
    ...['.SH EXIT STATUS', ...EXIT_STATUS.flatMap(([code, means]) => tagged(code, means))],
    ...['.SH ENVIRONMENT', ...ENVIRONMENT.flatMap(([name, means]) => tagged(name, means))],
    ...['.SH SEE ALSO', text('tcpdump(1), tshark(1), wireshark(1), kubectl(1), pcap-filter(7)')],
    '',
  ].join('\n');
}

const DESCRIPTION =
  'Without a command it is trace. Captures are pcap or pcapng, plain or compressed; - is stdin. Words behind captures that are no files are an expression as tcpdump takes it, asked of inner packets; outer before a part of it asks the outermost headers.';

const EXIT_STATUS: readonly [string, string][] = [
  ['0', 'done; with verify: proven'],
  [
    '1',
    'a violation (verify, trace --exit-code), a difference (verify --check), a conflict or risk (topology --strict)',
  ],
  ['2', 'bad usage, unreadable or corrupt input, a name that nobody knows'],
  ['3', 'undecided (verify, trace --exit-code)'],
  ['130', 'Ctrl-C, after printing what had been read'],
];

const ENVIRONMENT: readonly [string, string][] = [
  ['OVERLENS_PAGER, PAGER', 'shows what is longer than the terminal; empty or cat turns that off, as --no-pager does'],
  ['NO_COLOR, FORCE_COLOR', 'no colours, or colours also where stdout is no terminal'],
  ['COLUMNS', 'the width of tables in a pipe'],
  ['LC_ALL, LC_CTYPE, LANG', 'the first one that is set; where it is no UTF-8, arrows and lines are drawn in ASCII'],
  ['OVERLENS_DEBUG', 'errors with the place in the code'],
];

function synopses(program: Command, commands: readonly Command[]): string[] {
  const lines = [`overlens ${program.usage()}`, ...commands.slice(1).map((command) => usageOf(command))];
  return lines.flatMap((line, i) => [...(i === 0 ? [] : ['.br']), text(line)]);
}

function usageOf(command: Command): string {
  return `overlens ${command.name()} ${command.usage()}`;
}

function commandLines(command: Command): string[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command);
  const headings = new Map<string, Option[]>();
  for (const option of options) {
    const heading = option.helpGroupHeading ?? '';
    addUnder(headings, heading, option);
  }
  return [
    `.SS ${text(command.name())}`,
    text(oneLine(command.description())),
    '.PP',
    text(usageOf(command)),
    ...examples(command),
    ...[...headings].flatMap(([heading, of]) => [
      ...(heading === '' ? [] : ['.PP', `\\fI${text(heading)}\\fR`]),
      ...of.flatMap((option) => tagged(help.optionTerm(option), help.optionDescription(option))),
    ]),
  ];
}

/** The lines that help shows before all else. */
function examples(command: Command): string[] {
  let shown = '';
  // commander's types leave out what it is
  (command as unknown as EventEmitter).emit('beforeHelp', {
    error: false,
    command,
    write: (part: string) => (shown += part),
  });
  const lines = shown
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '');
  return lines.length === 0 ? [] : ['.PP', '.nf', ...lines.map(text), '.fi'];
}

function tagged(term: string, description: string): string[] {
  return ['.TP', `\\fB${text(term)}\\fR`, text(oneLine(description))];
}

function oneLine(words: string): string {
  return words
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
}

/** As a line of text that troff takes for nothing else. */
function text(line: string): string {
  const escaped = line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(
      /[^\x20-\x7e]/gu,
      (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
