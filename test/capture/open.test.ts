import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { unreadable } from '../../src/bytes/disk.ts';
import { openCapture } from '../../src/capture/open.ts';
import { buildPcap } from '../support/capture-builder.ts';
import { inChunks, readBytes, readCapture } from '../support/read-packets.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-open-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PACKETS = Array.from({ length: 3000 }, (_, i) => ({ data: new Uint8Array(1000).fill(i), seconds: i }));
const BYTES = buildPcap(PACKETS);

describe('what cannot be read', () => {
  it('is named: a missing file', async () => {
    await expect(openCapture(join(folder, 'no.pcap'))).rejects.toMatchObject({
      code: 'E_UNREADABLE',
      message: `${folder}/no.pcap: no such file`,
      hint: 'check the name and the folder',
    });
  });

  it('is named: a directory', async () => {
    await expect(openCapture(folder)).rejects.toMatchObject({
      code: 'E_UNREADABLE',
      message: `${folder}: is a directory, not a capture`,
      hint: 'name the captures in it, for example with DIRECTORY/*.pcap',
    });
  });

  it('is named: a file in what is no directory', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openCapture(join(folder, 'file/a.pcap'))).rejects.toMatchObject({
      code: 'E_UNREADABLE',
      message: expect.stringMatching(/file\/a\.pcap: cannot be read: ENOTDIR: not a directory/),
    });
  });

  it('is named: a file without permission', () => {
    expect(unreadable('a.pcap', Object.assign(new Error('EACCES: ...'), { code: 'EACCES' }))).toMatchObject({
      code: 'E_UNREADABLE',
      message: 'a.pcap: permission denied',
      hint: 'tcpdump run as root writes files that only root may read: sudo chmod a+r FILE',
    });
  });

  it('is named: a reader that does not exist', async () => {
    await expect(readBytes(BYTES, { reader: 'wireshark' as 'builtin' })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'there is no reader wireshark: builtin and pcap-parser are the readers',
    });
  });
});

describe('stdin', () => {
  it('can be any stream of bytes', async () => {
    const { packets } = await readBytes(BYTES);
    const streams = [
      () => Readable.from([Buffer.from(BYTES.subarray(0, 9999)), Buffer.from(BYTES.subarray(9999))]),
      () => Readable.toWeb(Readable.from([Buffer.from(BYTES)])),
      () => inChunks(BYTES, 99_999),
    ];
    for (const stdin of streams) {
      const read = await readCapture('-', { stdin: stdin() as AsyncIterable<Uint8Array> });
      expect(read.packets).toEqual(packets);
      expect(read.info).toMatchObject({ path: '-', complete: true, error: null });
    }
  });

  it('that is empty is no capture', async () => {
    await expect(readBytes(new Uint8Array(0))).rejects.toMatchObject({
      code: 'E_NOT_A_CAPTURE',
      message: 'stdin: not a capture: it is empty (zero bytes)',
      hint: 'the command that writes into the pipe wrote nothing: look for its own error message',
    });
  });

  it('that fails later keeps what came before', async () => {
    const stdin = new PassThrough();
    stdin.write(BYTES.subarray(0, 5000));
    const reader = await openCapture('-', { stdin });
    let packets = 0;
    for await (const batch of reader.batches()) {
      packets += batch.count;
      stdin.destroy(new Error('EIO: i/o error, read'));
    }
    expect(packets).toBe(4);
    expect(reader.info).toMatchObject({
      complete: false,
      error: { code: 'E_UNREADABLE', message: 'stdin: cannot be read: EIO: i/o error, read' },
    });
  });

  it('that fails at once throws', async () => {
    const stdin = new PassThrough();
    stdin.destroy(new Error('EIO: i/o error, read'));
    await expect(openCapture('-', { stdin })).rejects.toMatchObject({
      code: 'E_UNREADABLE',
      message: 'stdin: cannot be read: EIO: i/o error, read',
    });
  });

  it('with an encoding set says what is wrong', async () => {
    const stdin = Readable.from(['text']) as AsyncIterable<Uint8Array>;
    await expect(openCapture('-', { stdin })).rejects.toMatchObject({
      code: 'E_UNREADABLE',
      message: 'stdin: cannot be read: the stream gave string where bytes were expected',
    });
  });

  it('gives packets as they come, without waiting for more', async () => {
    const stdin = new PassThrough();
    stdin.write(BYTES.subarray(0, 24 + 1016));
    const reader = await openCapture('-', { stdin });
    const batches = reader.batches()[Symbol.asyncIterator]();
    expect((await batches.next()).value?.count).toBe(1);
    stdin.end(BYTES.subarray(24 + 1016, 24 + 2 * 1016));
    expect((await batches.next()).value?.count).toBe(1);
    expect((await batches.next()).done).toBe(true);
    expect(reader.info.complete).toBe(true);
  });
});

describe('stopping', () => {
  it('ends the wait for a silent pipe', async () => {
    const stdin = new PassThrough();
    stdin.write(BYTES.subarray(0, 5000));
    const stop = new AbortController();
    const reader = await openCapture('-', { stdin, signal: stop.signal });
    let packets = 0;
    for await (const batch of reader.batches()) {
      packets += batch.count;
      setTimeout(() => stop.abort(), 5);
    }
    expect(packets).toBe(4);
    expect(reader.info).toMatchObject({ complete: false, warnings: [], error: null });
  });

  it('ends the reading of a file, compressed or not', async () => {
    const path = join(folder, 'a.pcap');
    writeFileSync(path, BYTES);
    const stop = new AbortController();
    const reader = await openCapture(path, { signal: stop.signal });
    let packets = 0;
    for await (const batch of reader.batches()) {
      packets += batch.count;
      stop.abort();
    }
    expect(packets).toBeGreaterThan(0);
    expect(packets).toBeLessThan(3000);
    expect(reader.info).toMatchObject({ complete: false, error: null });
  });

  it('leaves no file open, whether read to the end, left early, or refused', async () => {
    const path = join(folder, 'b.pcap');
    const text = join(folder, 'text');
    writeFileSync(path, BYTES);
    writeFileSync(text, 'no capture');
    const open = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = open();
    for (let i = 0; i < 20; i++) {
      await readCapture(path);
      for await (const _ of (await openCapture(path)).batches()) break;
      await openCapture(text).catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(open()).toBeLessThan(before + 5);
  });
});

describe('files that are not regular', () => {
  it.skipIf(process.platform === 'win32')('a named pipe is read like a file', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const file = join(folder, 'c.pcap');
    writeFileSync(file, BYTES);
    const writer = spawn('sh', ['-c', `cat ${file} > ${path}`]);
    const { info, packets } = await readCapture(path);
    expect(packets.length).toBe(3000);
    expect(info).toMatchObject({ complete: true, error: null });
    await new Promise((resolve) => (writer.exitCode === null ? writer.on('exit', resolve) : resolve(null)));
  });

  it.skipIf(process.platform === 'win32')('/dev/null is empty', async () => {
    await expect(openCapture('/dev/null')).rejects.toMatchObject({
      message: '/dev/null: not a capture: it is empty (zero bytes)',
    });
  });
});
