// Comments of the explained packet (pcapng), and what of a capture is never shown: the secrets of its TLS connections.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { otherBlock } from '../support/capture-builder.ts';
import { ip, POD, plain } from '../support/cluster-frames.ts';
import { type CommentedFrame, commentedCapture, ptcpdumpComments } from '../support/commented-capture.ts';
import { HOSTILE, harmfulCharacters } from '../support/hostile.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-explain-comments-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = plain(ip({ src: POD.a, dst: POD.b }));
const SECRET = 'CLIENT_RANDOM 52340c0b 9f1e5ec2e7';
/** Decryption Secrets Block: type, length, padded. */
const SECRETS = otherBlock(
  10,
  Uint8Array.of(0x4b, 0x53, 0x4c, 0x54, SECRET.length, 0, 0, 0, ...new TextEncoder().encode(SECRET)),
);

function written(...frames: CommentedFrame[]): string {
  const path = join(folder, 'x.pcapng');
  writeFileSync(path, commentedCapture(frames, [SECRETS]));
  return path;
}

async function shown(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  expect(code).toBe(0);
  return stdout + stderr;
}

describe('comments of an explained packet', () => {
  it('are shown with their lines, those of this packet only', async () => {
    const path = written({ data, comments: ['of the first'] }, { data, comments: ptcpdumpComments('shop', 'cart-1') });
    const text = await shown('explain', path, '-p', '2');
    expect(text).toContain('Comment  PodName: cart-1\n         PodNamespace: shop\n');
    expect(text).not.toContain('of the first');
    const json = JSON.parse(await shown('explain', path, '-p', '1', '-o', 'json')) as { comments?: string[] };
    expect(json.comments).toEqual(['of the first']);
  });

  it('and whom they name is told in its story', async () => {
    const named: CommentedFrame = { data, comments: ptcpdumpComments('shop', 'cart-1'), direction: 'outbound' };
    const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
    const story = words(await shown('explain', written(named), '-p', '1'));
    expect(story).toContain(`shop/cart-1 has ${POD.a}, as the capture itself says.`);
    expect(story).toContain('other addresses have no names');
    expect(words(await shown('explain', written({ data }), '-p', '1'))).toContain('(-t) addresses have no names');
  });

  it('are absent where it has none', async () => {
    const path = written({ data, comments: ['x'] }, { data });
    expect(await shown('explain', path, '-p', '2')).not.toContain('Comment');
    expect(JSON.parse(await shown('explain', path, '-p', '2', '-o', 'json'))).not.toHaveProperty('comments');
  });

  it('cannot reach the terminal', async () => {
    const path = written({ data, comments: [HOSTILE, `PodName: ${HOSTILE}`] });
    for (const output of ['text', 'json', 'html']) {
      const text = await shown('explain', path, '-p', '1', '-o', output);
      expect(text.toLowerCase()).toContain('comment');
      expect(harmfulCharacters(text)).toEqual([]);
    }
  });
});

describe('TLS secrets in a capture', () => {
  const commands = [
    ['decode', '-v', '--hex'],
    ['decode', '-o', 'json'],
    ['explain', '-p', '1'],
    ['explain', '-p', '1', '-o', 'json'],
    ['explain', '-p', '1', '-o', 'html'],
    ['trace', '-o', 'json'],
    ['trace'],
  ];
  it.each(commands)('are never printed: %s %s %s', async (command, ...options) => {
    const path = written({ data, comments: ptcpdumpComments('shop', 'cart-1') });
    const text = await shown(command ?? '', path, ...options.filter((one) => one !== undefined));
    expect(text.length).toBeGreaterThan(100);
    for (const part of [...SECRET.split(' '), Buffer.from(SECRET).toString('hex')]) expect(text).not.toContain(part);
  });
});
