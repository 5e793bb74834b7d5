// A fixed number of inputs of every kind, and those that failed once. More: npm run fuzz.
import { afterAll, describe, expect, it } from 'vitest';
import { compiledForTests } from '../support/compiled-sources.ts';
import { Origin } from './check/origin.ts';
import { runCommand } from './check/run-command.ts';
import { FUZZ_KINDS, makeInput } from './kinds.ts';
import { NAMED_INPUTS } from './named-seeds.ts';
import { supervisor, TIME_LIMIT, WORKER } from './supervise.ts';

/** Of each kind: some three seconds of one core in all, the start of the process among them. */
const INPUTS = 5;

const worker = compiledForTests(WORKER);
const child = supervisor(worker, TIME_LIMIT);
afterAll(() => child.end());

describe('inputs made of seeds', () => {
  it.each(FUZZ_KINDS)('%s', async (kind) => {
    const failed: string[] = [];
    for (let seed = 1; seed <= INPUTS; seed++) {
      const problems = await child.run(kind, seed);
      failed.push(...problems.map((problem) => `${kind} ${seed}: ${problem}`));
    }
    expect(failed).toEqual([]);
  });

  it('that failed once do not fail again', async () => {
    const failed: string[] = [];
    for (const { kind, seed, what } of NAMED_INPUTS)
      failed.push(...(await child.run(kind, seed)).map((problem) => `${kind} ${seed} (${what}): ${problem}`));
    expect(failed).toEqual([]);
  });

  it('are always the same', async () => {
    for (const kind of FUZZ_KINDS) expect(await makeInput(kind, 7), kind).toEqual(await makeInput(kind, 7));
  });
});

describe('the checks notice', () => {
  it('an input that is not answered in time, and go on', async () => {
    const hasty = supervisor(worker, 1);
    expect(await hasty.run('paste', 1)).toEqual(['no answer after 1 ms']);
    expect(await hasty.run('paste', 2)).toEqual(['no answer after 1 ms']);
    await hasty.end();
  });

  it('an exit code that the command does not have', async () => {
    const { code, problems } = await runCommand(['verify', 'samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap']);
    expect([code, problems]).toEqual([3, []]);
    const { problems: helped } = await runCommand(['topology', 'nowhere', '-o', 'json']);
    expect(helped).toEqual([]);
  });

  it('an address or a name that is not in the input', () => {
    const origin = new Origin(
      [Uint8Array.of(9, 10, 0, 1, 20, 9), Buffer.from('20010db8000000000000000000000001', 'hex')],
      ['n1'],
    );
    expect(['10.0.1.20', '2001:db8::1'].map((address) => origin.hasPacketAddress(address))).toEqual([true, true]);
    expect(['10.0.1.21', '2001:db8::2', '::'].map((address) => origin.hasPacketAddress(address))).toEqual([
      false,
      false,
      false,
    ]);
    expect(['n1', 'n2'].map((name) => origin.hasText(name))).toEqual([true, false]);
  });
});
