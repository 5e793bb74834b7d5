// Each challenge is solved here as its solution says, with the program alone; what is right is known from how its snapshot was built
// (test/support/make-challenges.py), not from what overlens says of it.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { challengeTasks, readChallenge } from '../../src/cli/inputs/challenge-files.ts';
import { CHALLENGE_TABLES, type ChallengeTable, checkAnswer } from '../../src/quiz/challenge.ts';
import { runCli } from '../support/run-cli.ts';

const ROOT = 'samples/challenges';
const TASKS = challengeTasks();

/** Node, table, and what the wrong line has in it: as typed into make-challenges.py. */
const BUILT: readonly [node: string | null, table: ChallengeTable, line: string | null][] = [
  ['birch', 'fdb', 'dev vxlan.calico dst 172.20.8.11 self permanent'],
  ['cedar', 'neighbour', null],
  [null, 'pool', 'vxlanMode: Never'],
  ['cedar', 'device', 'dstport 8472'],
  ['alder', 'neighbour', '10.60.92.64 dev vxlan.calico lladdr 66:9a:2a:29:1e:07 PERMANENT'],
  ['birch', 'route', '10.60.17.0/26 via 172.20.8.11 dev eth0 proto static'],
  ['cedar', 'device', 'vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500'],
  ['cedar', 'policy', 'name: stock-from-web'],
  ['alder', 'nat', null],
  ['birch', 'node', 'projectcalico.org/IPv4Address: 172.20.8.12/16'],
  ['birch', 'firewall', null],
  [null, 'nothing', null],
];

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

async function answer(number: number, node: string | null, table: string, line: string | null) {
  const text = `node=${node ?? 'none'} table=${table} line=${line ?? 'none'}`;
  return runCli(['quiz', '--challenge', String(number), '--answer', text]);
}

describe.each(TASKS)('challenge $number, $title', (task) => {
  const { number, folder } = task;
  const challenge = readChallenge(task);
  const { node, table, line } = challenge.answer;
  const place = line === null ? null : `${line.file}:${line.first}`;
  const [builtNode, builtTable, builtLine] = BUILT[number - 1] ?? [null, 'nothing', null];

  it('is what was built into it', () => {
    expect({ node, table }).toEqual({ node: builtNode, table: builtTable });
    const lines = line === null ? [] : readFileSync(join(folder, 'topology', line.file), 'utf8').split('\n');
    const entry = line === null ? null : lines.slice(line.first - 1, line.last).join('\n');
    expect(entry === null).toBe(builtLine === null);
    expect(entry ?? '').toContain(builtLine ?? '');
  });

  it('is solved by the commands of its solution', async () => {
    const outputs: string[] = [];
    for (const { command, shows } of challenge.steps) {
      const [program, ...words] = command.replaceAll('{}', folder).split(' ');
      expect(program).toBe('overlens');
      const { code, stdout } = await runCli(words);
      expect({ command, failed: code === 2 }).toEqual({ command, failed: false });
      expect(shows.filter((text) => !flat(stdout).includes(text))).toEqual([]);
      outputs.push(stdout);
    }
    const said = outputs.join('\n');
    if (node !== null) expect(said).toMatch(new RegExp(`\\b${node}\\b`));
    if (line !== null) expect(said).toContain(`${line.file.split('/').pop()}:${line.first}`);
    const { code, stdout } = await answer(number, node, table, place);
    expect(code).toBe(0);
    expect(stdout).toContain('Solved.');
    expect(flat(stdout)).toContain(flat(challenge.conclusion));
  });

  it('has exactly one right answer, of all that can be given', () => {
    const lines = filesIn(join(folder, 'topology')).flatMap((path) =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((_, i) => ({ file: path.split('/topology/')[1] ?? '', number: i + 1 })),
    );
    const right: string[] = [];
    for (const at of [null, ...lines])
      for (const where of [null, ...challenge.nodes])
        for (const what of Object.keys(CHALLENGE_TABLES) as ChallengeTable[]) {
          const parts = checkAnswer({ node: where, table: what, line: at }, challenge);
          if (Object.values(parts).every(Boolean)) right.push(`${where} ${what} ${at?.file ?? ''}`);
        }
    expect(new Set(right)).toEqual(new Set([`${node} ${table} ${line?.file ?? ''}`]));
    expect(right).toHaveLength(line === null ? 1 : line.last - line.first + 1);
  });

  it('refuses other answers, and says which part is wrong', async () => {
    const otherNode = node === 'alder' ? 'cedar' : 'alder';
    const otherTable = table === 'route' ? 'fdb' : 'route';
    const otherLine = line === null ? '3' : `${line.file}:${line.last + 1}`;
    const wrong = async (...given: Parameters<typeof answer>): Promise<string[]> => {
      const { code, stdout } = await answer(...given);
      expect(code).toBe(1);
      expect(stdout).not.toContain(flat(challenge.conclusion).slice(0, 20));
      return stdout.split('\n').filter((text) => text.endsWith('wrong'));
    };
    expect(await wrong(number, otherNode, table, place)).toEqual(['node   wrong']);
    expect(await wrong(number, node, otherTable, place)).toEqual(['table  wrong']);
    expect(await wrong(number, node, table, otherLine)).toEqual(['line   wrong']);
  });

  it('does not tell in its task', async () => {
    const { code, stdout } = await runCli(['quiz', '--challenge', String(number)]);
    expect(code).toBe(0);
    for (const text of [challenge.conclusion.slice(0, 30), ...challenge.steps.flatMap(({ shows }) => shows)])
      expect(flat(stdout)).not.toContain(text);
  });
});

describe('the challenges', () => {
  it('are twelve, small, and of another cluster than the samples', () => {
    expect(TASKS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const files = filesIn(ROOT);
    expect(files.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(250_000);
    const texts = files.filter((path) => !path.endsWith('.pcap')).map((path) => readFileSync(path, 'utf8'));
    expect(texts.filter((text) => /yaobank|10\.48\.|10\.0\.1\./.test(text))).toEqual([]);
  });
});
