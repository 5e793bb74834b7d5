// `overlens path` as a command line: what is followed, what it prints, how it says no.
import { describe, expect, it } from 'vitest';
import { capturesOf } from '../support/path-captures.ts';
import { runCli } from '../support/run-cli.ts';

const ANY = 'samples/06-any-interface';
const BLACK_HOLE = 'samples/09-mtu-black-hole';

function path(sample: string, ...argv: string[]) {
  return runCli(['path', ...capturesOf(sample), '-t', `${sample}/topology`, ...argv]);
}

describe('what is followed', () => {
  it('a packet by its number in any of the captures, at every place', async () => {
    const run = await path(ANY, '-p', 'ip-10-0-1-30-any.pcap:13', '-o', 'json');
    const report = JSON.parse(run.stdout);
    expect(report.flows).toHaveLength(1);
    expect(report.flows[0].shown).toHaveLength(1);
    const numbers = report.flows[0].shown[0].sightings.map(({ capture, number }: Record<string, number>) => [
      capture,
      number,
    ]);
    expect(numbers).toEqual([
      [0, 11],
      [0, 12],
      [0, 13],
      [1, 13],
      [1, 14],
      [1, 15],
    ]);
  });

  it('a number alone is of the first capture; one of no flow is said', async () => {
    expect((await path(ANY, '-p', '3')).stdout).toContain('09:50:25.236369');
    expect((await path(ANY, '-p', '1')).stdout).toMatch(
      /^packet 1 of .*any\.pcap is not there, or belongs to no flow\n/,
    );
  });

  it('the flows of a problem, of an id, of a filter', async () => {
    const flows = async (...argv: string[]): Promise<number[][]> =>
      JSON.parse((await path(BLACK_HOLE, ...argv, '-o', 'json')).stdout).flows.map(({ ids }: { ids: number[] }) => ids);
    expect(await flows('--flow', '6')).toEqual([[6], [5]]); // and its answers
    expect(await flows('--protocol', 'icmp')).toEqual([[1], [2]]);
    expect((await flows('--finding', 'A')).length).toBeGreaterThan(0);
  });

  it('refuses what is not there', async () => {
    for (const [argv, message] of [
      [['-p', 'no.pcap:3'], '-p no.pcap:3: no such capture is given'],
      [['--flow', '999'], 'no flow fits --flow 999'],
      [['--finding', 'Z'], '--finding Z: no such problem in these captures'],
    ] as const) {
      const run = await path(ANY, ...argv);
      expect({ code: run.code, message: run.stderr.split('\n')[0] }).toEqual({
        code: 2,
        message: `overlens: ${message}`,
      });
    }
  });
});

describe('the text', () => {
  it('fits 80 columns, flows that lose packets first', async () => {
    const { stdout } = await runCli(['path', ...capturesOf(BLACK_HOLE), '-t', `${BLACK_HOLE}/topology`], {
      env: { COLUMNS: '80' },
    });
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.indexOf('17 lost')).toBeGreaterThan(0);
    expect(stdout.indexOf('17 lost')).toBeLessThan(stdout.indexOf('without loss'));
  });

  it('shows each packet of few flows: when, how it looked, how long it took', async () => {
    const { stdout } = await path(ANY, '--flow', '1');
    expect(stdout).toContain('09:50:25.236433  ens5             ttl 63  84 B  0.056 ms  vxlan  #7');
  });
});

describe('the pictures', () => {
  it('html: places and what happened between them, in their order, behind the verdict', async () => {
    const { stdout } = await path(BLACK_HOLE, '-o', 'html');
    expect(stdout).toContain('<header class="verdict wrong">');
    const [way = ''] = stdout.match(/<ol class="way"[^>]*>.*?<\/ol>/s) ?? [];
    const items = way.split('<li').slice(1);
    const text = items.map((item) =>
      item
        .slice(item.indexOf('>') + 1)
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' '),
    );
    expect(text.map((one) => one.trim()).filter((one) => one !== '→')).toEqual([
      'ip-10-0-1-20 veth not captured',
      'ip-10-0-1-20 tunnel device not captured',
      'ip-10-0-1-20 ens5 21',
      '→ ! 17 lost +0.003 ms',
      'ip-10-0-1-30 ens5 ! 4',
      'ip-10-0-1-30 tunnel device not captured',
      'ip-10-0-1-30 veth not captured',
    ]);
  });

  it.each(['svg', 'html'])('%s holds places, packets and losses', async (output) => {
    const { stdout } = await path(BLACK_HOLE, '--flow', '6', '-o', output);
    for (const text of ['ip-10-0-1-20', 'ens5', '17 lost', 'not captured']) expect(stdout).toContain(text);
  });
});
