// `overlens headers`, and the page that is generated from the same definitions.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { protocolsPage } from '../../src/render/headers/protocols-page.ts';
import { CATALOG } from '../../src/wire/catalog.ts';
import { runCli } from '../support/run-cli.ts';

describe('headers', () => {
  it('lists every protocol with what announces it', async () => {
    const { code, stdout } = await runCli(['headers']);
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split('\n');
    expect(rows[0]).toMatch(/^PROTOCOL +WHAT IT IS +ANNOUNCED BY$/);
    expect(rows.slice(1).map((row) => row.split(' ')[0])).toEqual(CATALOG.map((entry) => entry.protocol));
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(110);
  });

  // Typed by hand from RFC 7348 section 5 and draft-smith-vxlan-group-policy section 2.1.
  it('draws VXLAN as the RFC does, with the group policy in the bits it leaves reserved', async () => {
    const { stdout } = await runCli(['headers', 'vxlan']);
    expect(stdout).toContain(`
   0                   1                   2                   3
   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
  |G|  R  |I|   R   |D| R |A|  R  |        Group policy ID        |
  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
  |        VXLAN network identifier (VNI)         |   Reserved    |
  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
`);
    expect(stdout).toMatch(/^ {2}32-55 +24 {2}VXLAN network identifier \(VNI\) +vxlan\.vni$/m);
    expect(stdout).toMatch(/^ {2}4 +1 {4}VNI is valid \(I\) +vxlan\.flag_i$/m);
  });

  it('takes names and titles in any case, and several of them', async () => {
    const { stdout } = await runCli(['headers', 'IPv4', 'wireguard']);
    expect(stdout).toMatch(/^IPv4 {2}\(ip; /);
    expect(stdout).toMatch(/\n\nWireGuard {2}\(wg; /);
  });

  it('--all draws all of them', async () => {
    const { stdout } = await runCli(['headers', '--all']);
    for (const { title, protocol } of CATALOG) expect(stdout).toContain(`${title}  (${protocol}; `);
  });

  it.each([
    ['vxlam', 'did you mean vxlan? '],
    ['quic', ''],
  ])('%s is refused', async (name, hint) => {
    const { code, stdout, stderr } = await runCli(['headers', name]);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `overlens: headers ${name}: not a protocol that is decoded\n  ${hint}overlens headers lists them\n`,
    });
  });
});

describe('docs/protocols.md', () => {
  it('is what `npm run docs` writes', () => {
    const page = readFileSync(new URL('../../docs/protocols.md', import.meta.url), 'utf8');
    expect(page).toBe(protocolsPage());
  });

  it('links every protocol to its heading', () => {
    const page = protocolsPage();
    const headings = new Set(
      [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
        title
          .replaceAll('\\', '')
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/\s/g, '-'),
      ),
    );
    const anchors = [...page.matchAll(/^\| \[`[^`]+`\]\(#([^)]+)\)/gm)].map(([, anchor = '']) => anchor);
    expect(anchors).toHaveLength(CATALOG.length);
    expect(anchors.filter((anchor) => !headings.has(anchor))).toEqual([]);
  });
});
