// Writes the files of test/fixtures/bad: npx tsx test/support/write-bad-captures.ts
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { DAMAGED_CAPTURES, NOT_CAPTURES } from './bad-captures.ts';

const folder = new URL('../fixtures/bad/', import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, { bytes }] of Object.entries({ ...NOT_CAPTURES, ...DAMAGED_CAPTURES })) {
  writeFileSync(new URL(name, folder), bytes);
}
