// A name that nobody knows is a mistake; one that is known and sent nothing is an answer.
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const SNAPSHOT = ['-t', `${SAMPLE}/topology`];
const COMMANDS = ['trace', 'decode', 'path', 'explain', 'verify'] as const;

describe.each(COMMANDS)('%s', (command) => {
  test.each([
    [['--pod', 'yaobank/custmer'], 'did you mean yaobank/customer?'],
    [['--from-pod', 'summry'], 'did you mean summary?'],
    [['--to-pod', 'shop/nope'], 'no pod of that name'],
    [['-n', 'yaobnk'], 'did you mean yaobank?'],
    [['--node', 'ip-10-0-1-21'], 'did you mean ip-10-0-1-20?'],
    [['-l', 'app=customr'], 'did you mean app=customer?'],
    [['--not', '--pod', 'nope'], '--not --pod nope: no pod of that name'],
  ])('%j exits 2 with the nearest', async (filter, answer) => {
    const { code, stdout, stderr } = await runCli([command, CAPTURE, ...SNAPSHOT, ...filter]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(answer);
  });
});

describe('a known name without packets is an empty answer', () => {
  test.each([
    [['--pod', 'legacy/reports']],
    [['--namespace', 'calico-system']],
    [['--node', 'ip-10-0-1-30', '--port', '9']],
    [['-l', 'app=reports']],
  ])('%j', async (filter) => {
    const trace = await runCli(['trace', CAPTURE, ...SNAPSHOT, ...filter]);
    expect(trace.code).toBe(0);
    expect(trace.stdout).toContain('No flows.');
    const decode = await runCli(['decode', CAPTURE, ...SNAPSHOT, ...filter]);
    expect({ code: decode.code, stdout: decode.stdout }).toEqual({ code: 0, stdout: '' });
  });
});

test('several wrong names are told at once', async () => {
  const { stderr } = await runCli([CAPTURE, ...SNAPSHOT, '--pod', 'nope', '--node', 'none']);
  expect(stderr).toContain('--pod nope: ');
  expect(stderr).toContain('--node none: ');
});

test('without a snapshot, what gives names is said', async () => {
  const { code, stderr } = await runCli(['decode', CAPTURE, '--pod', 'x']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'overlens: --pod x: no pod of that name, neither in the snapshot nor in the captures\n  names need a snapshot: -t SNAPSHOT\n',
  });
});

test('a node that --at names is known', async () => {
  const { code } = await runCli([CAPTURE, '--at', 'ip-10-0-1-20-ens5.pcap=left', '--node', 'left']);
  expect(code).toBe(0);
});

describe('trace --exit-code', () => {
  const STALE = 'samples/08-stale-fdb';
  test.each([
    [[CAPTURE, ...SNAPSHOT], 0],
    [[`${STALE}/ip-10-0-1-20-ens5.pcap`, '-t', `${STALE}/topology`], 1],
    [[`${STALE}/ip-10-0-1-20-ens5.pcap`], 3],
    [[CAPTURE, ...SNAPSHOT, '--port', '9'], 3],
  ])('%j: %i', async (argv, code) => {
    expect((await runCli(['trace', ...argv, '--exit-code'])).code).toBe(code);
    expect((await runCli(['trace', ...argv])).code).toBe(0);
  });
});
