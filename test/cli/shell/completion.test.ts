// bash completes lines by its own function; what it is offered is asked of the program that was built from these sources.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM } from '../../support/built-program.ts';
import { runCli } from '../../support/run-cli.ts';

const TOPOLOGY = 'samples/01-vxlan-between-nodes/topology';
const folder = mkdtempSync(join(tmpdir(), 'overlens-completion-'));
const program = join(folder, 'overlens');

beforeAll(() => {
  writeFileSync(program, `#!/bin/sh\nexec node ${PROGRAM} "$@"\n`);
  chmodSync(program, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isHere(shell: string): boolean {
  return spawnSync(shell, ['--version']).error === undefined;
}

/** What bash would offer at the end of these words, by the script as it is sourced. */
async function offeredByBash(...words: string[]): Promise<string[]> {
  const { stdout: script } = await runCli(['completion', 'bash']);
  const line = [program, ...words].map((word) => `'${word}'`).join(' ');
  const asked = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _overlens '${program}'; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' });
  return text.split('\n').filter(Boolean);
}

async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['complete', 'zsh', '--', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

const values = (lines: readonly string[]): string[] => lines.map((line) => line.split('\t')[0] ?? '');

describe('bash', () => {
  test('completes commands, beside files', async () => {
    const found = await offeredByBash('ver');
    expect(found).toEqual(['verify']);
    expect(await offeredByBash('samples/01-vxlan-between-nodes/topo')).toEqual([TOPOLOGY]);
  });

  test('completes options of the command that stands before', async () => {
    expect(await offeredByBash('decode', '--en')).toEqual(['--encapsulation']);
    expect(await offeredByBash('verify', '--str')).toEqual(['--strict']);
  });

  test('completes pods of the snapshot on the line, also behind =', async () => {
    expect(await offeredByBash('trace', '-t', TOPOLOGY, '--pod', 'yaobank/cust')).toEqual([
      'yaobank/customer-687b8d8f74-lmzqz',
    ]);
    expect(await offeredByBash('trace', '-t', TOPOLOGY, '--pod', '=', 'yaobank/cust')).toEqual([
      'yaobank/customer-687b8d8f74-lmzqz',
    ]);
  });

  test('completes operands that are words: commands, protocols, what captures are written for', async () => {
    expect(await offeredByBash('help', 'verif')).toEqual(['verify']);
    expect(await offeredByBash('headers', 'vxl')).toContain('vxlan');
    expect(await offeredByBash('export', 'w')).toEqual(['wireshark']);
    expect(await offeredByBash('export', 'wireshark', 'samples/01-vxlan-between-nodes/topo')).toEqual([TOPOLOGY]);
  });

  test('completes files where a file is meant', async () => {
    expect(await offeredByBash('decode', '-t', 'samples/01-vxlan-between-nodes/topo')).toEqual([TOPOLOGY]);
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  test.skipIf(!isHere(shell))(
    'reads its script without an error (skipped where the shell is not installed)',
    async () => {
      const { stdout } = await runCli(['completion', shell]);
      const script = shell === 'zsh' ? `autoload -Uz compinit; compinit -u -D\n${stdout}` : stdout;
      const { status, stderr } = spawnSync(shell, ['-c', script], {
        encoding: 'utf8',
        env: { ...process.env, HOME: folder },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});

describe('fish', () => {
  test.skipIf(!isHere('fish'))(
    'completes pods of the snapshot on the line (skipped where the shell is not installed)',
    async () => {
      const { stdout: script } = await runCli(['completion', 'fish']);
      const asked = `${script}\ncomplete -C 'overlens trace -t ${TOPOLOGY} --pod cust'`;
      const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env['PATH']}` };
      expect(execFileSync('fish', ['-c', asked], { encoding: 'utf8', env }).split('\t')[0]).toBe(
        'customer-687b8d8f74-lmzqz',
      );
    },
  );
});

describe('what is offered', () => {
  test('with what it means, for shells that show it', async () => {
    expect(await offered('--finding', 'overlay-b')).toEqual([expect.stringMatching(/^overlay-bypassed\t./)]);
    expect(await offered('trace', '-t', TOPOLOGY, '--node', 'ip-10-0-1-2')).toEqual([
      'ip-10-0-1-20.eu-west-1.compute.internal\t10.0.1.20',
    ]);
  });

  test('names of namespaces and labels, pools, places', async () => {
    expect(await offered('-t', TOPOLOGY, '-n', 'ya')).toEqual(['yaobank']);
    expect(await offered('-t', TOPOLOGY, '--label', 'app=cust')).toEqual(['app=customer']);
    expect(values(await offered('verify', '-t', TOPOLOGY, '--pool', 'flat'))).toEqual(['flat-ippool']);
    expect(await offered('-t', TOPOLOGY, '--at', 'a.pcap=ip-10-0-1-30')).toEqual([
      'a.pcap=ip-10-0-1-30.eu-west-1.compute.internal',
    ]);
  });

  test('in one word with its option', async () => {
    expect(await offered('trace', '--outcome=ref')).toEqual(['--outcome=refused']);
  });

  test('nothing, quietly, where the snapshot cannot be read', async () => {
    expect(await offered('-t', 'no-such-folder', '--pod', '')).toEqual([]);
    expect(await offered('--pod', '')).toEqual([]);
  });

  test.each([
    ['trace', '--output'],
    ['trace', '--by'],
    ['trace', '--sort'],
    ['trace', '--color'],
    ['trace', '--reader'],
    ['trace', '--encapsulation'],
    ['trace', '--outcome'],
    ['trace', '--verdict'],
    ['trace', '--protocol'],
    ['decode', '--output'],
    ['decode', '--time'],
    ['explain', '--output'],
    ['path', '--output'],
    ['verify', '--output'],
    ['verify', '--cover'],
    ['verify', '--expect'],
    ['topology', '--output'],
  ])('of %s %s only words that it takes', async (command, option) => {
    const words = values(await offered(command, option, ''));
    expect(words.length).toBeGreaterThan(1);
    const capture = 'samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap';
    for (const word of words) {
      const { stderr } = await runCli([command, command === 'topology' ? TOPOLOGY : capture, option, word]);
      expect(stderr).not.toContain('not known');
    }
  });

  test('the script of an unknown shell is refused with those that are known', async () => {
    const { code, stderr } = await runCli(['completion', 'bsh']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'overlens: completion bsh: not known\n  did you mean bash? It takes bash, zsh, fish.\n',
    });
  });
});
