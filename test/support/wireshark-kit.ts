// Runs `overlens export wireshark` into a folder of its own, and takes apart what it wrote.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { blocksOf, packetsOf } from './plain-pcapng.ts';
import { runCli } from './run-cli.ts';

export const ROOT = new URL('../../', import.meta.url).pathname;
export const COMMENT = 1;

export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'overlens-kit-'));
}

export function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(folder, name));
}

export async function kit(captures: readonly string[], ...more: string[]): Promise<{ folder: string; stdout: string }> {
  const folder = scratch();
  const { code, stdout } = await runCli(['export', 'wireshark', ...captures, ...more, '-w', folder]);
  expect(code).toBe(0);
  return { folder, stdout };
}

/** Of a capture, the one that was made of it. */
export function annotated(folder: string, capture: string): string {
  return join(folder, basename(capture).replace(/\.pcap(ng)?$/, '.overlens.pcapng'));
}

export function commentsOf(file: string): string[][] {
  return packetsOf(blocksOf(readFileSync(file))).map(({ options }) =>
    options.filter(([code]) => code === COMMENT).map(([, value]) => value.toString('utf8')),
  );
}
