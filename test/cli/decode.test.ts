// `overlens decode`: what is shown, when it stops, what it says when there is nothing to show.
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { buildPcap, buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../support/capture-builder.ts';
import { HOSTILE, harmfulCharacters } from '../support/hostile.ts';
import { ethernet, ipv4, udp } from '../support/packet-builder.ts';
import { runCli } from '../support/run-cli.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const SAMPLE = `${ROOT}samples/01-vxlan-between-nodes`;
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const SNAPSHOT = ['-t', `${SAMPLE}/topology`];

async function linesOf(...argv: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['decode', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

describe('decode', () => {
  it('shows every packet on a line, and names where there is a snapshot', async () => {
    const lines = await linesOf(CAPTURE, ...SNAPSHOT);
    expect(lines).toHaveLength(63);
    expect(lines[2]).toBe(
      '    3  09:50:05.810351  ip-10-0-1-20 > ip-10-0-1-30 | VXLAN 4096 | ' +
        'yaobank/customer-687b8d8f74-lmzqz > yaobank/database-6967b6c8d7-qc25s ICMP echo request id 21635 seq 1 len 56',
    );
  });

  it.each([
    ['table.80', 80],
    ['table.200', 200],
  ])('looks in a terminal as in golden/decode/text/%s.txt', async (name, columns) => {
    const terminal = { stdoutIsTTY: true, columns, env: { TERM: 'xterm' } };
    const argv = ['decode', `${ROOT}samples/06-any-interface/ip-10-0-1-20-any.pcap`];
    const topology = ['-t', `${ROOT}samples/06-any-interface/topology`];
    const { stdout } = await runCli([...argv, ...topology, '-c', '12', '--color', 'never'], terminal);
    await expect(stdout).toMatchFileSnapshot(`../golden/decode/text/${name}.txt`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  });

  it('opens a packet as in golden/decode/text/tree.txt', async () => {
    const { stdout } = await runCli(['decode', CAPTURE, ...SNAPSHOT, '-p', '40', '-v', '-x']);
    await expect(stdout).toMatchFileSnapshot('../golden/decode/text/tree.txt');
  });

  it('-p takes numbers, ranges and lists', async () => {
    const lines = await linesOf(CAPTURE, '-p', '60-', '-p', '2,5-6', '--time', 'none');
    expect(lines.map((line) => Number(line.slice(0, 5)))).toEqual([2, 5, 6, 60, 61, 62, 63]);
  });

  it('-c counts what is shown, of all captures together', async () => {
    expect(await linesOf(CAPTURE, '-c', '2', '--protocol', 'tcp', '--time', 'none')).toHaveLength(2);
    const both = await linesOf(CAPTURE, `${SAMPLE}/ip-10-0-1-31-ens5.pcap`, '-c', '64');
    expect(both.filter((line) => /^ +\d/.test(line))).toHaveLength(64);
  });

  it('with --each names each capture before its packets', async () => {
    const second = `${SAMPLE}/ip-10-0-1-31-ens5.pcap`;
    const lines = await linesOf(CAPTURE, second, '-p', '1', '--each', '--time', 'none');
    expect(lines.map((line) => line.slice(0, 6))).toEqual([
      CAPTURE.slice(0, 6),
      '    1 ',
      second.slice(0, 6),
      '    1 ',
    ]);
  });

  it('merges several captures by time, each packet with its place, none lost and none out of order', async () => {
    const captures = ['20', '30', '31'].map((n) => `${SAMPLE}/ip-10-0-1-${n}-ens5.pcap`);
    const { stdout } = await runCli(['decode', ...captures, '--time', 'epoch']);
    const lines = stdout.trimEnd().split('\n');
    const found = lines.map((line) => /^ +(\d+) +(\d+\.\d+) {2}(\S+)/.exec(line)?.slice(1) ?? []);
    const times = found.map(([, time]) => time ?? '');
    expect(times).toEqual([...times].sort());
    for (const [i, capture] of captures.entries()) {
      const alone = (await runCli(['decode', capture, '--time', 'epoch'])).stdout.trimEnd().split('\n');
      const place = `ip-10-0-1-${['20', '30', '31'][i]}-ens5`;
      expect(
        lines.filter((line) => line.includes(`  ${place}  `)).map((line) => line.replace(`${place}  `, '')),
      ).toEqual(alone);
    }
  });

  it('shows hostile file names harmlessly in the column of places', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-places-'));
    const paths = ['a\u001b[31m.pcap', 'b\u202e.pcap'].map((name) => join(folder, name));
    for (const path of paths) copyFileSync(`${SAMPLE}/ip-10-0-1-20-ens5.pcap`, path);
    const { stdout } = await runCli(['decode', ...paths, '-c', '2', '--time', 'none']);
    expect(stdout).toContain('  a\\x1b[31m  ');
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
  });

  it('names a place by --at, and by its path where file names are alike', async () => {
    const capture = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
    const other = `${SAMPLE}/ip-10-0-1-30-ens5.pcap`;
    const { stdout } = await runCli([
      'decode',
      capture,
      other,
      '--at',
      `${capture}=n1:eth0`,
      '-c',
      '1',
      '--time',
      'none',
    ]);
    expect(stdout).toMatch(/^ +1 {2}n1:eth0 +ARP /);
  });

  it('-o json counts captures from 0 and has all digits of the time', async () => {
    const second = `${SAMPLE}/ip-10-0-1-31-ens5.pcap`;
    const lines = await linesOf(CAPTURE, second, '-p', '3', '-o', 'json');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { capture: 0, path: CAPTURE, number: 3, time: '2026-11-22T09:50:05.810351Z' },
      { capture: 1, path: second, number: 3 },
    ]);
  });

  it('--vxlan-port recognises VXLAN on another port', async () => {
    const frame = ethernet(
      {},
      ipv4({}, udp({ dstport: 9999 }, Uint8Array.of(8, 0, 0, 0, 0, 0, 7, 0), ethernet({}, ipv4({}, udp({}))))),
    );
    const path = temporary(buildPcap([{ data: frame }]));
    expect((await linesOf(path, '--time', 'none'))[0]).toContain('UDP 40000 > 9999');
    expect((await linesOf(path, '--time', 'none', '--vxlan-port', '9999'))[0]).toContain('| VXLAN 7 port 9999 |');
  });
});

describe('hostile input', () => {
  it.each([[[]], [['-v', '-x']], [['-o', 'json']]])(
    'is harmless in names of files and interfaces: %j',
    async (given) => {
      const data = ethernet({}, ipv4({}, udp({}, new TextEncoder().encode(HOSTILE))));
      const bytes = buildPcapng([
        sectionBlock(),
        interfaceBlock({ name: `ens5${HOSTILE.replaceAll('\u0000', '')}` }),
        interfaceBlock({ name: 'ens6' }),
        packetBlock({ data }),
      ]);
      const path = join(mkdtempSync(join(tmpdir(), 'overlens-decode-')), 'a\u001b[2J\u202e.pcapng');
      writeFileSync(path, bytes);
      const { code, stdout } = await runCli(['decode', path, CAPTURE, '-c', '2', ...given]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/ens5/);
      expect(harmfulCharacters(stdout)).toEqual([]);
    },
  );
});

describe('the end', () => {
  it('comes quietly when the reader goes away', async () => {
    let taken = 0;
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        taken += chunk.length;
        done(taken > 100_000 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null);
      },
    });
    stdout.on('error', () => {});
    const path = temporary(longCapture(50_000));
    const { code, stderr } = await runCli(['decode', path], { stdout });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(taken).toBeLessThan(400_000);
  });

  it('of a cut-off capture: what came before, and a warning', async () => {
    const path = temporary(longCapture(3).subarray(0, -5));
    const { code, stdout, stderr } = await runCli(['decode', path]);
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 2 });
    expect(stderr).toMatch(/^overlens: .*a\.pcap: .*cut off/);
  });

  it('of a corrupt capture: what came before, and exit 2', async () => {
    const bytes = longCapture(3);
    new DataView(bytes.buffer).setUint32(24 + 2 * 58 + 8, 0x7fffffff, true);
    const { code, stdout, stderr } = await runCli(['decode', temporary(bytes)]);
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 2 });
    expect(stderr).toMatch(/^overlens: .*a\.pcap: /);
  });

  it('by Ctrl-C is 130, with what had been read', async () => {
    const controller = new AbortController();
    let lines = 0;
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines += chunk.toString().split('\n').length - 1;
        controller.abort();
        done();
      },
    });
    const path = temporary(longCapture(50_000));
    const { code, stderr } = await runCli(['decode', path], { stdout, signal: controller.signal });
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: 'overlens: stopped by Ctrl-C: this is what had been read by then\n',
    });
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThan(50_000);
  });
});

describe('nothing to show', () => {
  it.each([
    [
      'a filter',
      ['--port', '1'],
      /^overlens: no packet fits --port 1; 63 packets read\n {2}overlens trace .* shows what there is\n$/,
    ],
    ['a number beyond the end', ['-p', '5000'], /^overlens: no such packet: .*ens5\.pcap has 63 packets\n$/],
  ])('is told, with the reason: %s', async (_what, given, message) => {
    const { code, stdout, stderr } = await runCli(['decode', CAPTURE, ...given]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('in a capture without packets', async () => {
    const { code, stderr } = await runCli(['decode', temporary(buildPcap([]))]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^overlens: no packet in .*a\.pcap\n$/);
  });
});

describe('bad usage', () => {
  it.each([
    [['-p', '0'], '-p 0: not a packet number'],
    [['-p', '9-3'], '-p 9-3: not a packet number'],
    [['-c', '0'], '-c 0: expected a number from 1'],
    [['--time', 'local'], '--time local: not known'],
    [['-o', 'jsonl'], '-o jsonl: not known'],
    [['--encapsulation', 'mixed'], '--encapsulation mixed: that is said of flows, not of packets'],
    [['--finding', 'Z'], '--finding Z: no such problem in these captures'],
  ])('%j is refused', async (given, message) => {
    const { code, stdout, stderr } = await runCli(['decode', CAPTURE, ...given]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(`overlens: ${message}`)).toBe(true);
  });

  it('verdicts of a pipe are refused, since flows must be known before their packets are shown', async () => {
    const { code, stderr } = await runCli(['decode', '/dev/null', '--verdict', 'ok']);
    expect(code).toBe(2);
    expect(stderr).toContain('a pipe can be read once only');
  });
});

function longCapture(count: number): Uint8Array {
  const data = ethernet({}, ipv4({}, udp({})));
  return buildPcap(Array.from({ length: count }, (_, i) => ({ data, seconds: i })));
}

function temporary(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'overlens-decode-')), 'a.pcap');
  writeFileSync(path, bytes);
  return path;
}
