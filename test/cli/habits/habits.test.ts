// What people type from habit works, or is answered with the line to type.
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';
import { type HabitLine, HUBBLE, KUBECTL, TCPDUMP, TSHARK } from './habit-lines.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const TOPOLOGY = `${SAMPLE}/topology`;
const ALL = [...TCPDUMP, ...TSHARK, ...HUBBLE, ...KUBECTL];

/** Words as a shell splits them. */
function words(line: string): string[] {
  const found = line.match(/"[^"]*"|\S+/g) ?? [];
  return found.map((word) => {
    if (word === 'C') return CAPTURE;
    return word === 'T' ? TOPOLOGY : word.replace(/^"|"$/g, '');
  });
}

async function answerOf(line: string): Promise<{ code: number; answer: string }> {
  const { code, stdout, stderr } = await runCli(words(line));
  const short = (text: string): string => text.replaceAll(CAPTURE, 'C').replaceAll(TOPOLOGY, 'T');
  return { code, answer: code === 0 ? stdout : short(stderr) };
}

function isAnswered(expected: string | RegExp, answer: string): boolean {
  return typeof expected === 'string' ? answer.includes(expected) : expected.test(answer);
}

describe.each([
  ['tcpdump', TCPDUMP],
  ['tshark', TSHARK],
  ['hubble', HUBBLE],
  ['kubectl', KUBECTL],
] satisfies [string, readonly HabitLine[]][])('lines of %s', (_program, lines) => {
  test.each(lines)('%s', async (line, code, expected) => {
    const got = await answerOf(line);
    expect({ line, code: got.code, answer: isAnswered(expected, got.answer) ? expected : got.answer }).toEqual({
      line,
      code,
      answer: expected,
    });
  });
});

test('the list is long enough to speak of nine in ten', () => {
  expect(new Set(ALL.map(([line]) => line)).size).toBeGreaterThanOrEqual(60);
});
