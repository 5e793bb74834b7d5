// What an expression keeps is what tcpdump keeps of the same capture: `tcpdump --count -nr CAPTURE EXPRESSION` (4.99.3) told the numbers.
import { describe, expect, test } from 'vitest';
import { splitOperands } from '../../../src/cli/habits/expression-words.ts';
import { runCli } from '../../support/run-cli.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const PLAIN = `${SAMPLE}/ip-10-0-1-31-ens5.pcap`;

async function packets(...words: string[]): Promise<number> {
  const { code, stdout } = await runCli(['decode', '-r', CAPTURE, ...words]);
  expect(code).toBe(0);
  return stdout.split('\n').length - 1;
}

test.each([
  ['host 10.0.1.30 and not tcp', 31],
  ['udp port 4789 or arp', 51],
  ['not port 4789', 17],
  ['src net 10.0.1.0/24 and dst host 10.0.1.20', 32],
])('outer (%s): %i packets, as tcpdump has it', async (expression, count) => {
  expect(await packets(`outer (${expression})`)).toBe(count);
});

describe('inner and outer', () => {
  test('words and one quoted word say the same', async () => {
    expect(await packets('host', '10.48.0.200', 'and', 'tcp')).toBe(await packets('host 10.48.0.200 and tcp'));
  });

  test('of what is in a tunnel, the inner headers are asked unless outer stands before', async () => {
    expect(await packets('port 4789')).toBe(0);
    expect(await packets('outer port 4789')).toBeGreaterThan(0);
    expect(await packets('host 10.48.0.200')).toBeGreaterThan(0);
    expect(await packets('outer host 10.48.0.200')).toBe(0);
  });

  test('outer holds for one primitive, and for values that follow without any word', async () => {
    const both = await packets('outer host 10.0.1.30 and host 10.48.0.200');
    expect(both).toBeGreaterThan(0);
    const [left, right] = ['outer host 10.0.1.30', 'outer host 10.0.1.31'];
    const common = await packets(`${left} and ${right}`);
    expect(await packets('outer host 10.0.1.30 or 10.0.1.31')).toBe(
      (await packets(left)) + (await packets(right)) - common,
    );
  });

  test('later fragments fit when their first one does', async () => {
    const { stdout } = await runCli(['decode', CAPTURE, 'icmp and host 10.48.0.200']);
    expect(stdout).toContain('at 8928, more] ICMP');
  });
});

describe('trace', () => {
  const flows = async (...words: string[]): Promise<string[]> => {
    const { code, stdout } = await runCli(['trace', PLAIN, '-o', 'csv', ...words]);
    expect(code).toBe(0);
    return stdout.trimEnd().split('\n').slice(1);
  };

  test('asks flows by their inner ends, with outer by the tunnels they were seen in', async () => {
    const all = await flows();
    const carried = await flows('outer port 4789');
    const plain = await flows('not outer port 4789');
    expect(carried.length).toBeGreaterThan(0);
    expect(plain.length).toBeGreaterThan(0);
    expect([...carried, ...plain].sort()).toEqual(all.sort());
  });

  test('and what it keeps is told beside the filters', async () => {
    const { stderr } = await runCli(['trace', PLAIN, '--port', '80', 'udp']);
    expect(stderr).toContain('no flow fits --port 80 udp');
  });

  test.each([
    [['trace', CAPTURE, 'udp port 4789'], 'outer udp port 4789'],
    [['decode', CAPTURE, 'udp port 4789 and host 10.0.1.30'], "'outer (udp port 4789 and host 10.0.1.30)'"],
  ])('of %j, which fits nothing within tunnels, the line that asks the tunnels works', async (argv, line) => {
    const { stderr } = await runCli(argv);
    expect(stderr).toContain(`of the tunnels' headers: ${line}`);
    const { stdout } = await runCli([...argv.slice(0, -1), line.replaceAll("'", '')]);
    expect(stdout).toContain(argv[0] === 'trace' ? 'vxlan' : 'VXLAN');
  });

  test('of one that asks the tunnels already nothing is said', async () => {
    const { stderr } = await runCli(['trace', CAPTURE, 'outer', 'port', '1']);
    expect(stderr).toContain('no flow fits');
    expect(stderr).not.toContain('of the tunnels');
  });
});

test('files stay files: a missing one behind a capture is no expression', async () => {
  const { stderr } = await runCli(['decode', CAPTURE, 'missing.pcap', '-c', '1']);
  expect(stderr).toContain('missing.pcap: no such file');
});

describe("a word of expressions that is a file's name too, as src is here,", () => {
  test('is of the expression where one follows', async () => {
    const { stdout, stderr } = await runCli(['decode', CAPTURE, 'src', 'net', '10.48.0.0/16', 'and', 'udp']);
    expect(stderr).toBe('');
    expect(stdout).toBe((await runCli(['decode', CAPTURE, '(src net 10.48.0.0/16 and udp)'])).stdout);
    expect(await packets('src', 'host', '10.48.0.130')).toBe(await packets('(src host 10.48.0.130)'));
  });

  test.each([[['src']], [['src', 'samples']], [['./src', 'host', '10.48.0.130']]])(
    'is the file in %j, where it is none of an expression',
    (words) => {
      expect(splitOperands([CAPTURE, ...words], []).files).toContain(words[0]);
    },
  );

  test('is of the expression behind -r, alone too', () => {
    expect(splitOperands(['src', 'host', '10.48.0.130'], [CAPTURE])).toEqual({
      files: [],
      expression: 'src host 10.48.0.130',
    });
  });
});

test('captures stand before the expression', async () => {
  const { code, stderr } = await runCli(['decode', CAPTURE, 'tcp', PLAIN]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `overlens: ${PLAIN}: stands behind the expression tcp ${PLAIN}\n  captures stand before it\n`,
  });
});
