import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readVersion } from '../../src/cli/version.ts';
import { fakeStages, runCli } from '../support/run-cli.ts';
import { staleFdb } from '../support/scenarios.ts';
import { buildTopology } from '../support/topology-builder.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'overlens-usage-'));
const TABLES = mkdtempSync(join(tmpdir(), 'overlens-usage-tables-'));
const CAPTURE = fileWith('a.pcap', Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
const SNAPSHOT = fileWith('nodes.yaml', 'apiVersion: v1\nkind: List\nitems: []\n');
const STAGES = fakeStages(staleFdb('short'), buildTopology());

writeFileSync(join(TABLES, 'nodes.yaml'), 'apiVersion: v1\nkind: List\nitems: []\n');

function fileWith(name: string, content: string | Buffer): string {
  const path = join(DIRECTORY, name);
  writeFileSync(path, content);
  return path;
}

const TRACE_HELP = 'overlens trace --help lists the options';

/** What stands on stderr for a wrong command line, whole. */
const WRONG: readonly [name: string, argv: readonly string[], stderr: string][] = [
  ['an unknown option', ['a.pcap', '--zzz'], `overlens: unknown option '--zzz'\n  ${TRACE_HELP}\n`],
  [
    'an unknown option that is close to one',
    ['a.pcap', '--vxlan-prot', '4789'],
    `overlens: unknown option '--vxlan-prot'\n  did you mean --vxlan-port? ${TRACE_HELP}\n`,
  ],
  [
    "another command's option",
    ['verify', 'a.pcap', '--stric'],
    "overlens: unknown option '--stric'\n  did you mean --strict? overlens verify --help lists the options\n",
  ],
  [
    'an option without its value',
    ['a.pcap', '-t'],
    `overlens: option '-t, --topology <path>' argument missing\n  ${TRACE_HELP}\n`,
  ],
  [
    'no capture',
    ['trace', '-t', SNAPSHOT],
    'overlens: no capture given\n  overlens CAPTURE... -t SNAPSHOT; overlens --help shows more\n',
  ],
  [
    'no capture to verify',
    ['verify'],
    'overlens: no capture given\n  overlens CAPTURE... -t SNAPSHOT; overlens --help shows more\n',
  ],
  [
    'no snapshot',
    ['topology'],
    'overlens: no snapshot given\n  overlens topology SNAPSHOT...; overlens snapshot prints how to make one\n',
  ],
  [
    'too many arguments',
    ['snapshot', 'x'],
    "overlens: too many arguments for 'snapshot'. Expected 0 arguments but got 1.\n  overlens snapshot --help lists the options\n",
  ],
  ['a capture that is not there', ['no.pcap'], 'overlens: no.pcap: no such file\n'],
  [
    'several captures that are not there',
    ['no.pcap', 'neither.pcap'],
    'overlens: no.pcap: no such file\n  neither.pcap: no such file\n',
  ],
  ['a misspelt command', ['verfy'], 'overlens: verfy: no such file\n  did you mean the command verify?\n'],
  [
    'a folder without a capture',
    [TABLES],
    `overlens: ${TABLES}: no capture is in this folder\n  with captures: overlens CAPTURE... ${TABLES}; alone: overlens topology ${TABLES}\n`,
  ],
  [
    'a snapshot as capture',
    [SNAPSHOT],
    `overlens: ${SNAPSHOT}: is a snapshot of a cluster, not a capture\n  with captures: overlens CAPTURE... ${SNAPSHOT}; alone: overlens topology ${SNAPSHOT}\n`,
  ],
  ['stdin twice', ['-', '-r', '-'], 'overlens: - given twice: stdin can be read once only\n'],
  [
    'stdin as capture and as snapshot',
    ['-', '-t', '-'],
    'overlens: - given as capture and as snapshot: stdin can be read once only\n',
  ],
  [
    'an output format',
    [CAPTURE, '-o', 'jsn'],
    'overlens: -o jsn: not known\n  did you mean json? It takes table, wide, json, jsonl, csv, summary, hubble, html, svg, parquet.\n',
  ],
  [
    'an output format of verify',
    ['verify', CAPTURE, '-o', 'csv'],
    'overlens: -o csv: is not of verify, which has text, json, junit, markdown, html\n  overlens trace CAPTURE... -t SNAPSHOT -o csv\n',
  ],
  [
    'two outputs on stdout',
    ['verify', CAPTURE, '-o', 'json', '-o', 'junit'],
    'overlens: -o json, -o junit: stdout can hold one of them\n  for example -o json -o junit=FILE\n',
  ],
  [
    'an output without a file',
    ['verify', CAPTURE, '-o', 'json='],
    'overlens: -o json=: no file behind =\n  for example -o json=result.json\n',
  ],
  [
    'an output that would empty the capture',
    ['verify', CAPTURE, '-o', `json=${CAPTURE}`],
    `overlens: -o json=${CAPTURE}: ${CAPTURE} is read, and would be changed by it\n`,
  ],
  [
    'a share above all',
    ['verify', CAPTURE, '--cover', 'nodes=101%'],
    'overlens: --cover nodes=101%: expected per cent above 0, up to 100\n  for example --cover nodes=95%\n',
  ],
  [
    'a file of waivers that is not there',
    ['verify', CAPTURE, '--waive', 'none.yaml'],
    'overlens: --waive none.yaml: no such file\n',
  ],
  ['a proof that is not there', ['verify', '--check', 'none.json'], 'overlens: --check none.json: no such file\n'],
  [
    'options beside a proof',
    ['verify', '--check', 'none.json', '--strict'],
    'overlens: --check: strict is given too\n  a proof is repeated with its own files and options; beside --check only -o, --all and --color\n',
  ],
  [
    'a port that is no number',
    [CAPTURE, '--port', 'http'],
    'overlens: --port http: expected a number from 0 to 65535\n',
  ],
  ['a port out of range', [CAPTURE, '--port', '65536'], 'overlens: --port 65536: expected a number from 0 to 65535\n'],
  [
    'a VXLAN port of 0',
    [CAPTURE, '--vxlan-port', '0'],
    'overlens: --vxlan-port 0: expected a number from 1 to 65535\n',
  ],
  [
    'a VNI of 25 bits',
    [CAPTURE, '--vxlan-vni', '16777216'],
    'overlens: --vxlan-vni 16777216: expected a number from 0 to 16777215\n',
  ],
  ['no rows', [CAPTURE, '--top', '0'], 'overlens: --top 0: expected a number from 1 to 1000000\n'],
  [
    'an address that is none',
    [CAPTURE, '--ip', '10.48.0.0/33'],
    'overlens: --ip 10.48.0.0/33: expected an address or a CIDR\n  for example 10.48.0.0/24, 10.48.0.130 or fd00::/64\n',
  ],
  [
    'a protocol that is none',
    [CAPTURE, '--protocol', 'tpc'],
    'overlens: --protocol tpc: not known\n  It takes icmp, igmp, tcp, udp, gre, esp, ah, icmpv6, ospf, sctp or a number from 0 to 255.\n',
  ],
  [
    'a verdict that is none',
    [CAPTURE, '--verdict', 'violations'],
    'overlens: --verdict violations: not known\n  did you mean violation? It takes ok (as configured), violation (wrong), unverifiable (undecided).\n',
  ],
  [
    'an encapsulation that is none',
    [CAPTURE, '--encapsulation', 'vlan'],
    'overlens: --encapsulation vlan: not known\n  did you mean vxlan? It takes vxlan, ipip, wireguard, geneve, gre, none, mixed, unknown.\n',
  ],
  [
    'a sort key',
    [CAPTURE, '--sort', 'byte'],
    'overlens: --sort byte: not known\n  did you mean bytes? It takes problem, first, packets, bytes, duration, rtt, first-byte, resent, rate, from, to, service.\n',
  ],
  [
    'a reader',
    [CAPTURE, '--reader', 'libpcap'],
    'overlens: --reader libpcap: not known\n  It takes builtin, pcap-parser.\n',
  ],
  ['a colour mode', [CAPTURE, '--color', 'yes'], 'overlens: --color yes: not known\n  It takes auto, always, never.\n'],
  [
    'a place without a node',
    [CAPTURE, '--at', 'a.pcap'],
    'overlens: --at a.pcap: expected FILE=NODE or FILE=NODE:INTERFACE\n  for example --at a.pcap=worker1:ens5\n',
  ],
  [
    'a place of another file',
    [CAPTURE, '--at', 'b.pcap=worker1'],
    `overlens: --at b.pcap=worker1: no such capture is given\n  The captures are ${CAPTURE}.\n`,
  ],
  [
    'a place on a node that is not in the snapshot',
    [CAPTURE, '-t', SNAPSHOT, '--at', 'a.pcap=worker3'],
    'overlens: --at a.pcap=worker3: no such node in the snapshot\n  did you mean worker1? The nodes are control1, worker1, worker2.\n',
  ],
  [
    'a problem that is not there',
    [CAPTURE, '-t', SNAPSHOT, '--finding', 'Z'],
    'overlens: --finding Z: no such problem in these captures\n  There are A.\n',
  ],
  [
    'an expectation',
    ['verify', CAPTURE, '--expect', 'geneve'],
    'overlens: --expect geneve: not known\n  It takes config, vxlan, ipip, wireguard, none.\n',
  ],
  [
    'a coverage',
    ['verify', CAPTURE, '--cover', 'pods'],
    'overlens: --cover pods: not known\n  It takes nodes, node-pairs.\n',
  ],
  [
    'a pool that is not in the snapshot',
    ['verify', CAPTURE, '-t', SNAPSHOT, '--pool', 'default-ipv4-ipool'],
    'overlens: --pool default-ipv4-ipool: no such IPPool in the snapshot\n  did you mean default-ipv4-ippool? The pools are default-ipv4-ippool, flat-ippool.\n',
  ],
  [
    'a pool without a snapshot',
    ['verify', CAPTURE, '--pool', 'x'],
    'overlens: --pool x: no snapshot to find it in\n  give the snapshot with -t\n',
  ],
  [
    'a proof over flows picked by their verdict',
    ['verify', CAPTURE, '--verdict', 'ok'],
    "overlens: unknown option '--verdict'\n  did you mean --strict, --version? overlens verify --help lists the options\n",
  ],
];

describe('bad usage: exit 2, one message, nothing on stdout', () => {
  test.each(WRONG)('%s', async (_name, argv, stderr) => {
    expect(await runCli(argv, { stages: STAGES })).toEqual({ code: 2, stdout: '', stderr });
  });

  test('a finding code that is none lists the codes', async () => {
    const { code, stderr } = await runCli([CAPTURE, '--finding', 'overlay-bypass'], { stages: STAGES });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^overlens: --finding overlay-bypass: not known\n {2}did you mean overlay-bypassed\? It takes overlay-bypassed, /,
    );
  });

  test.each(['yesterday', '25:00', '2026-13-01T00:00:00Z', '-5x'])('a time that is none: %s', async (time) => {
    const { code, stdout, stderr } = await runCli([CAPTURE, `--since=${time}`], { stages: STAGES });
    expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({
      code: 2,
      stdout: '',
      first: `overlens: --since ${time}: not a time`,
    });
  });

  test('hostile file names are shown harmlessly', async () => {
    const { stderr } = await runCli(['no\u001b[31m\u202e.pcap'], { stages: STAGES });
    expect(stderr).toBe('overlens: no\\x1b[31m\\u202e.pcap: no such file\n');
  });
});

describe('help', () => {
  test('without arguments the usage is on stderr, exit 2', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: overlens [trace] CAPTURE... [-t SNAPSHOT]...');
  });

  test.each([[['--help']], [['-h']], [['help']]])('%j is on stdout, examples first, exit 0', async (argv) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith('Examples:\n  overlens control1-ens5.pcap -t topology/')).toBe(true);
    await expect(stdout).toMatchFileSnapshot('../golden/cli/help.txt');
  });

  test.each(['trace', 'verify', 'topology', 'snapshot'])('of %s', async (command) => {
    const { code, stdout } = await runCli([command, '--help']);
    expect(code).toBe(0);
    expect(stdout.startsWith('Examples:\n')).toBe(true);
    await expect(stdout).toMatchFileSnapshot(`../golden/cli/help-${command}.txt`);
    expect((await runCli(['help', command])).stdout).toBe(stdout);
  });

  test('fits the terminal', async () => {
    const { stdout } = await runCli(['trace', '--help'], { stdoutIsTTY: true, columns: 80 });
    expect(stdout.split('\n').filter((line) => line.length > 90)).toEqual([]);
  });
});

test.each(['--version', '-V'])('%s prints the version', async (option) => {
  expect(await runCli([option])).toEqual({ code: 0, stdout: `${readVersion()}\n`, stderr: '' });
});
