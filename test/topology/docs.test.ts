import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { snapshotCommands } from '../../src/cluster/snapshot-commands.ts';
import { ISSUE_CODES } from '../../src/topology/issue-codes.ts';

const page = readFileSync('docs/topology.md', 'utf8');
const sources = readdirSync('src/topology', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes('issue-codes'))
  .map((name) => readFileSync(`src/topology/${name}`, 'utf8'))
  .join('\n');

describe('docs/topology.md', () => {
  it.each(Object.keys(ISSUE_CODES))('documents %s', (code) => {
    expect(page).toContain(`\`${code}\``);
  });

  it('shows the line that overlens snapshot prints', () => {
    const [line] = snapshotCommands()
      .split('\n')
      .filter((one) => one.startsWith('kubectl '));
    expect(page).toContain(`    ${line}\n`);
  });

  it('ends with the way on', () => {
    expect(page.trimEnd().split('\n').at(-1)).toMatch(/^Next: .* · Previous: .* · Top: /);
  });
});

it.each(Object.keys(ISSUE_CODES))('%s is raised somewhere', (code) => {
  expect(sources).toContain(`'${code}'`);
});
