// `verify` as evidence: several outputs in one run, and proofs that are repeated. Real files, in a folder of their own.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPcap, buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../support/capture-builder.ts';
import { arpRequest, ip, NIC, NODE, plain, SYN, tcpPacket } from '../support/cluster-frames.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/04-overlay-bypassed';
const folder = mkdtempSync(join(tmpdir(), 'overlens-proof-'));
const file = (name: string): string => join(folder, name);

beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(file(name), { recursive: true });
  cpSync(join(SAMPLE, 'topology'), file('topology'), { recursive: true });
  for (const name of captures()) copyFileSync(join(SAMPLE, name), file(name));
});
afterAll(() => rmSync(folder, { recursive: true }));

function captures(): string[] {
  return readdirSync(SAMPLE).filter((name) => name.endsWith('.pcap'));
}

function verify(...more: string[]): Promise<CliRun> {
  return runCli(['verify', ...captures().map(file), '-t', file('topology'), ...more]);
}

const check = (...more: string[]): Promise<CliRun> => runCli(['verify', '--check', file('proof.json'), ...more]);
const parsed = (name: string): Record<string, unknown> => JSON.parse(readFileSync(file(name), 'utf8'));

/** Rewrites the proof as somebody might find it. */
function edit(change: (proof: Record<string, unknown>) => void): void {
  const proof = parsed('proof.json');
  change(proof);
  writeFileSync(file('proof.json'), JSON.stringify(proof));
}

const WAIVERS = `- finding: overlay-bypassed
  from: ip-10-0-1-30
  reason: ticket 17
  until: 2026-12-31
`;

describe('-o FORMAT=FILE', () => {
  test('several in one run, each what stdout would show, and the text on stdout', async () => {
    const { code, stdout } = await verify(
      ...['-o', `json=${file('proof.json')}`, '-o', `junit=${file('o.xml')}`, '-o', `markdown=${file('o.md')}`],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}3 of 10 flows/);
    expect(stdout).toContain(`overlens verify --check ${file('proof.json')}`);
    expect(parsed('proof.json')).toMatchObject({
      schema: 'overlens.verify/1',
      result: 'fail',
      date: '2026-11-29T12:00:00Z',
    });
    expect(readFileSync(file('o.xml'), 'utf8')).toMatch(/^<\?xml[\s\S]*<failure[\s\S]*<\/testsuites>\n$/);
    expect(readFileSync(file('o.md'), 'utf8')).toMatch(/^## ❌ FAIL/);
  });

  test('-o json on stdout beside a file', async () => {
    const { stdout } = await verify('-o', 'json', '-o', `markdown=${file('o.md')}`);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'fail' });
    expect(existsSync(file('o.md'))).toBe(true);
  });

  test('an old result never stands where a run has failed', async () => {
    writeFileSync(file('proof.json'), '{"result": "pass"}');
    const { code } = await verify('--pool', 'none-such', '-o', `json=${file('proof.json')}`);
    expect(code).toBe(2);
    expect(readFileSync(file('proof.json'), 'utf8')).toBe('');
  });

  test.each([
    ['a capture by another name', () => join(folder, '.', 'topology', '..', captures()[0] ?? '')],
    ['a file of the snapshot', () => file('topology/ippools.yaml')],
    ['a new file inside the snapshot', () => file('topology/proof.json')],
  ])('refuses to write %s, and leaves all files as they are', async (_name, path) => {
    const before = readFileSync(file(captures()[0] ?? ''));
    const { code, stderr } = await verify('-o', `markdown=${file('o.md')}`, '-o', `json=${path()}`);
    expect(code).toBe(2);
    expect(stderr).toContain('is read, and would be changed by it');
    expect(readFileSync(file(captures()[0] ?? ''))).toEqual(before);
    expect(existsSync(file('o.md')) || existsSync(file('topology/proof.json'))).toBe(false);
  });

  test('a folder that is not there is told before the work begins', async () => {
    const { code, stdout, stderr } = await verify('-o', `json=${file('none/proof.json')}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('cannot be written');
  });
});

describe('--check', () => {
  const prove = (...more: string[]): Promise<CliRun> => verify('-o', `json=${file('proof.json')}`, ...more);

  test('the same files, the same answer: SAME, with the exit code of verify', async () => {
    await prove();
    const { code, stdout, stderr } = await check();
    expect(stdout).toMatch(/^SAME {2}/);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    await prove('--expect', 'none', '--pool', 'flat-ippool');
    expect((await check()).code).toBe(3);
  });

  test('a proof with waivers is repeated as of its own day, however late', async () => {
    writeFileSync(file('w.yaml'), WAIVERS);
    expect((await prove('--waive', file('w.yaml'))).code).toBe(0);
    const late = { now: () => new Date('2030-01-01T00:00:00Z') };
    expect(await runCli(['verify', '--check', file('proof.json')], late)).toMatchObject({ code: 0, stderr: '' });
    const argv = ['verify', ...captures().map(file), '-t', file('topology'), '--waive', file('w.yaml')];
    const { code, stdout } = await runCli(argv, late);
    expect(code).toBe(1);
    expect(stdout).toContain('expired 2026-12-31, and 3 flows, 15 packets count again');
  });

  test('a file with another content is named with both hashes', async () => {
    await prove();
    writeFileSync(file('topology/pods.yaml'), `${readFileSync(file('topology/pods.yaml'), 'utf8')}\n# later\n`);
    const { code, stdout } = await check('-o', 'json');
    expect(code).toBe(1);
    const { differences, same } = JSON.parse(stdout) as {
      same: boolean;
      differences: { what: string; text: string }[];
    };
    expect(same).toBe(false);
    expect(differences).toMatchObject([
      { what: 'changed', text: expect.stringMatching(/pods\.yaml: sha256 was \w{64}, is \w{64}$/) },
    ]);
  });

  test('another answer is told: result, counts, pairs, findings', async () => {
    writeFileSync(file('w.yaml'), WAIVERS);
    await prove('--waive', file('w.yaml'));
    writeFileSync(file('w.yaml'), WAIVERS.replace('ip-10-0-1-30', 'nobody'));
    const { code, stdout } = await check();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DIFFERS {2}/);
    for (const text of ['was pass (exit 0), is fail (exit 1)', 'violation: was 0, is 3', 'overlay-bypassed'])
      expect(stdout).toContain(text);
  });

  test('a missing capture: it cannot be repeated, and is named', async () => {
    await prove();
    rmSync(file(captures()[0] ?? ''));
    const { code, stdout } = await check();
    expect(code).toBe(2);
    expect(stdout).toMatch(/^UNUSABLE {2}/);
    expect(stdout.replaceAll(/\s+/g, '')).toContain(`${captures()[0]}:isnotthere`);
  });

  test('a proof made of stdin cannot be repeated, and stdin is not waited for', async () => {
    await prove();
    edit((proof) => (proof['command'] as string[]).push('-'));
    const { code, stdout } = await check();
    expect(code).toBe(2);
    expect(stdout).toContain('stdin, which cannot be read again');
  });

  test('files of the snapshot that are missing or new', async () => {
    await prove();
    rmSync(file('topology/pods.yaml'));
    writeFileSync(file('topology/more.txt'), '10.48.9.0/26 via 10.48.9.1 dev vxlan.calico onlink\n');
    const { code, stdout } = await check('-o', 'json');
    const { differences } = JSON.parse(stdout) as { differences: { what: string }[] };
    expect(code).toBe(1);
    expect(differences.map(({ what }) => what)).toEqual(expect.arrayContaining(['missing', 'new']));
  });

  test('another version is said, and is no difference by itself', async () => {
    await prove('--expect', 'vxlan');
    edit((proof) => (proof['overlens'] = '0.0.9'));
    const { code, stdout } = await check();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^SAME {2}/);
    expect(stdout).toContain("the proof is overlens 0.0.9's, this is");
  });

  test('a proof that somebody made better than it was differs', async () => {
    await prove();
    edit((proof) => Object.assign(proof, { result: 'pass', exitCode: 0 }));
    expect((await check()).stdout).toContain('was pass (exit 0), is fail (exit 1)');
  });

  test.each<[string, (proof: Record<string, unknown>) => void]>([
    ['another document', (proof) => (proof['schema'] = 'overlens.trace/1')],
    ['a command that is no proof', (proof) => (proof['command'] = ['trace', 'a.pcap'])],
    ['no pairs', (proof) => (proof['pairs'] = null)],
    ['a date that is none', (proof) => (proof['date'] = 'yesterday')],
  ])('%s is no proof', async (_name, change) => {
    await prove();
    edit(change);
    const { code, stderr } = await check();
    expect(code).toBe(2);
    expect(stderr).toContain('is no proof');
  });

  test('the outputs of the proof are not written again: they are the command of somebody else', async () => {
    await prove();
    edit((proof) => (proof['command'] as string[]).push('-o', `text=${file('owned.txt')}`));
    await check();
    expect(existsSync(file('owned.txt'))).toBe(false);
  });
});

describe('what is said of the captures', () => {
  test('a filter that the file records is named under what is not proven, though it hides nothing that is asked', async () => {
    const paths = captures().map(file);
    const path = file('recorded.pcapng');
    const blocks = [arpRequest(NODE.a, NODE.b, NIC.a), plain(ip({ src: NODE.a, dst: NODE.b }))].map((data) =>
      packetBlock({ data }),
    );
    writeFileSync(path, buildPcapng([sectionBlock(), interfaceBlock({ filter: 'not port 22' }), ...blocks]));
    const { stdout } = await runCli(['verify', ...paths, path, '-t', file('topology')]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('packets that a filter kept out (recorded: not port 22)');
  });

  test('a NIC that proves nothing and looks filtered is named there too', async () => {
    const path = file('ip-10-0-1-31-ens5.pcap');
    writeFileSync(path, buildPcap([{ data: plain(tcpPacket({ src: '10.0.1.31', dst: '10.0.1.20' }, SYN)) }]));
    const { stdout } = await verify();
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`kept out (${path} may have been taken with tcp)`);
  });

  test('--unfiltered vouches for a file that looks filtered, and the proof says so', async () => {
    const sample = 'samples/15-wireguard';
    const line = ['verify', `${sample}/filtered/ip-10-0-1-20-ens5.pcap`, '-t', `${sample}/topology`];
    expect((await runCli(line)).code).toBe(3);
    const { code, stdout } = await runCli([...line, '--unfiltered', 'ip-10-0-1-20-ens5.pcap']);
    expect([code, stdout]).toEqual([0, expect.stringContaining("that there was no filter is the user's word")]);
  });

  test('a file that is not given cannot be vouched for, and a canary must be understood', async () => {
    expect(await verify('--unfiltered', 'nix.pcap')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no such capture is given'),
    });
    expect(await verify('--canary', 'vlan 7')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not an expression that is understood'),
    });
  });

  test('--canary is named in text and JSON, with the NICs that lack it', async () => {
    const { code, stdout } = await verify(
      '--canary',
      'udp and dst host 10.48.0.250',
      '-o',
      `json=${file('proof.json')}`,
    );
    expect([code, stdout]).toEqual([1, expect.stringContaining('seen on 0 of 3 NICs')]);
    expect(parsed('proof.json')).toMatchObject({
      canary: { expression: 'udp and dst host 10.48.0.250', seen: 0, nics: 3 },
    });
  });
});

test('a node address without a subnet is said for what it is, not as another subnet', async () => {
  const folder = 'test/fixtures/cases/crosssubnet-host-prefix';
  const nics = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
  const { stdout } = await runCli([
    'verify',
    ...nics.map((name) => join(folder, name)),
    '-t',
    join(folder, 'topology'),
  ]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    "ip-10-0-1-20.eu-west-1.compute.internal's address is a /32: every node is outside it",
  );
  expect(stdout).not.toContain('another subnet');
});
