// Every way in which a file can be no capture or a damaged one, by the whole of what is said about it.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { type BadCapture, DAMAGED_CAPTURES, NOT_CAPTURES } from '../support/bad-captures.ts';
import { readBytes, readCapture } from '../support/read-packets.ts';

const FOLDER = 'test/fixtures/bad';
const named = (path: string, text: string) => text.replaceAll('FILE', path);

describe('files that are no captures', () => {
  for (const [name, { thrown }] of Object.entries(NOT_CAPTURES)) {
    it(`${name}: ${thrown?.message}`, async () => {
      const path = `${FOLDER}/${name}`;
      await expect(openCapture(path)).rejects.toMatchObject({
        name: 'OverlensError',
        code: thrown?.code,
        message: named(path, thrown?.message ?? ''),
        hint: thrown?.hint,
      });
    });
  }
});

function expectDamage(path: string, info: object, { error, warning, complete = false }: BadCapture): void {
  expect(info).toMatchObject({
    path,
    complete,
    warnings: warning === undefined ? [] : [warning],
    error:
      error === undefined
        ? null
        : { code: 'E_CORRUPT_CAPTURE', message: named(path === '-' ? 'stdin' : path, error), hint: expect.any(String) },
  });
}

describe('damaged captures keep what came before the damage', () => {
  for (const [name, bad] of Object.entries(DAMAGED_CAPTURES)) {
    it(`${name}: ${bad.error ?? bad.warning?.message}`, async () => {
      const path = `${FOLDER}/${name}`;
      const { info, packets } = await readCapture(path);
      expect(packets.length).toBe(bad.packets);
      expectDamage(path, info, bad);
    });

    it(`${name}: the same through a pipe, byte by byte`, async () => {
      const { info, packets } = await readBytes(readFileSync(`${FOLDER}/${name}`), { chunkLength: 1 });
      // zlib gives up the piece that holds the damage: with pieces of a byte nothing else is lost.
      const damaged = name === 'gzip-damaged.pcap.gz';
      expect(packets.length).toBe(damaged ? 9 : bad.packets);
      expectDamage('-', info, damaged ? { ...bad, error: bad.error?.replace('731', '727') ?? '' } : bad);
    });
  }
});

describe('the files of test/fixtures/bad', () => {
  it('are the bytes of test/support/bad-captures.ts', () => {
    const all: Record<string, BadCapture> = { ...NOT_CAPTURES, ...DAMAGED_CAPTURES };
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(all).sort());
    for (const [name, { bytes }] of Object.entries(all)) {
      // What a compressor writes may differ between versions of zlib; what it means is tested above.
      if (name.endsWith('.gz')) continue;
      expect(Buffer.compare(readFileSync(`${FOLDER}/${name}`), bytes), name).toBe(0);
    }
  });

  it('are small', () => {
    for (const name of readdirSync(FOLDER)) expect(readFileSync(`${FOLDER}/${name}`).length).toBeLessThan(2048);
  });
});
