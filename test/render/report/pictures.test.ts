// The pictures of README and docs are what the program draws of the samples. UPDATE_DOCS=1 writes them anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const SAMPLES = ['01-vxlan-between-nodes', '04-overlay-bypassed', '08-stale-fdb'];

async function drawn(sample: string): Promise<string> {
  const folder = `samples/${sample}`;
  const captures = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
  const paths = captures.map((name) => `${folder}/${name}`);
  return (await runCli(['trace', ...paths, '-t', `${folder}/topology`, '-o', 'svg'])).stdout;
}

describe('the pictures of the docs', () => {
  it.each(SAMPLES)('%s is as the program draws it', async (sample) => {
    const path = `docs/pictures/${sample}.svg`;
    const svg = await drawn(sample);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, svg);
    expect(readFileSync(path, 'utf8')).toBe(svg);
  });

  it('draws what is wrong otherwise than what is right, not only in another colour', async () => {
    const wrong = await drawn('08-stale-fdb');
    expect(wrong).toContain('<g class="edge wrong">');
    expect(wrong).toMatch(/\.edge\.wrong path\{[^}]*stroke-dasharray/);
    expect(wrong).toMatch(/<text class="sign wrong"[^>]*>!<\/text>/);
    expect(await drawn('01-vxlan-between-nodes')).not.toContain('<g class="edge wrong">');
  });

  it('says why there is none of captures whose nodes nobody knows', async () => {
    const { code, stderr } = await runCli([
      'trace',
      'samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap',
      '-o',
      'svg',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is nothing to draw');
  });
});
