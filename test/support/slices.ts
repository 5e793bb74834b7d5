// Runs `overlens decode -w` into a file of its own.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { blocksOf, interfacesOf, packetsOf } from './plain-pcapng.ts';
import { runCli } from './run-cli.ts';

export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'overlens-slice-'));
}

export function saved(name: string, bytes: Uint8Array): string {
  const path = join(scratch(), name);
  writeFileSync(path, bytes);
  return path;
}

export async function slice(name: string, ...argv: string[]): Promise<string> {
  const path = join(scratch(), name);
  const { code, stdout, stderr } = await runCli(['decode', ...argv, '-w', path]);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/^overlens: \d+ packets? written to /),
  });
  return path;
}

export async function fails(...argv: string[]): Promise<string> {
  const { code, stderr } = await runCli(['decode', ...argv]);
  expect(code).toBe(2);
  return stderr;
}

/** A file taken apart without the program. */
export async function plain(file: string) {
  const blocks = blocksOf(readFileSync(file));
  return { blocks, interfaces: interfacesOf(blocks), packets: packetsOf(blocks) };
}
