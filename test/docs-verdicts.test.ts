// docs/verdicts.md documents every finding code with a capture that raises it, and that capture really does.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../src/trace.ts';
import { FINDINGS, UNDELIVERED } from '../src/verdict/codes.ts';
import { topologyIn } from './support/loaded-topology.ts';

const PAGE = readFileSync('docs/verdicts.md', 'utf8').replaceAll(/\s+/g, ' ');

function placeOf(code: string): string | null {
  const section = new RegExp(`#### ${code} (.*?)(?=####|###|$)`).exec(PAGE)?.[1] ?? '';
  return /Raised by: ([^ ]+?)\. /.exec(`${section} `)?.[1] ?? null;
}

async function codesOf(folder: string): Promise<string[]> {
  const spec = join(folder, 'case.json');
  const named = existsSync(spec)
    ? (JSON.parse(readFileSync(spec, 'utf8')) as { snapshot?: string[] }).snapshot
    : undefined;
  const topology = await topologyIn(...(named ?? ['topology']).map((path) => join(folder, path)));
  const captures = readdirSync(folder).filter((file) => /\.(pcap|pcapng)\d*(\.gz)?$/.test(file));
  const trace = await traceCaptures({ captures: captures.map((file) => join(folder, file)), topology });
  return trace.causes.map((cause) => cause.code);
}

describe('docs/verdicts.md', () => {
  for (const code of Object.keys(FINDINGS)) {
    it(`documents ${code} with a capture that raises it`, async () => {
      const folder = placeOf(code);
      expect(folder).not.toBeNull();
      expect(await codesOf(folder ?? '')).toContain(code);
    });
  }

  it('lists the codes that make --require delivery fail', () => {
    const list = /it exits 1 for the flows in scope that have any of these: (.*?)\. /.exec(PAGE)?.[1] ?? '';
    const listed = [...list.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]);
    expect(listed.sort()).toEqual([...UNDELIVERED].sort());
  });

  it('documents no code that does not exist', () => {
    const documented = [...PAGE.matchAll(/#### ([a-z-]+)/g)].map((match) => match[1]);
    expect(documented.sort()).toEqual(Object.keys(FINDINGS).sort());
  });
});
