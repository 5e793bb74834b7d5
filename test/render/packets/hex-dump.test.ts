// Bytes beside what is printable of them; nothing that a terminal would obey.
import { describe, expect, it } from 'vitest';
import { decodeText, walkedPacket } from '../../support/decode-text.ts';
import { harmfulCharacters } from '../../support/hostile.ts';
import { ethernet, hex } from '../../support/packet-builder.ts';

describe('-x', () => {
  it('shows offset, bytes and text, sixteen a row', () => {
    const data = ethernet({ type: 0x88cc }, new TextEncoder().encode('Hello\u001b[2J'));
    const rows = decodeText([walkedPacket({ data })], { hex: true })
      .split('\n')
      .slice(1);
    expect(rows).toEqual([
      '    0000  02 00 00 00 00 0b 02 00  00 00 00 0a 88 cc 48 65  ..............He',
      '    0010  6c 6c 6f 1b 5b 32 4a                              llo.[2J',
      '',
      '',
    ]);
  });

  it('prints no byte raw that is not plain text', () => {
    const data = ethernet(
      { type: 0x88cc },
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    expect(harmfulCharacters(decodeText([walkedPacket({ data })], { hex: true, verbose: true }))).toEqual([]);
  });

  it('shows super-frames to their end', () => {
    const data = ethernet({ type: 0x88cc }, new Uint8Array(70_000));
    const rows = decodeText([walkedPacket({ data })], { hex: true })
      .trimEnd()
      .split('\n');
    expect(rows).toHaveLength(1 + Math.ceil(70_014 / 16));
    expect(rows.at(-1)).toMatch(/^ {4}011170 {2}00/);
  });

  it('is part of JSON as digits', () => {
    const data = ethernet({ type: 0x88cc }, hex('00ff'));
    const json = JSON.parse(decodeText([walkedPacket({ data })], { output: 'json', hex: true })) as { bytes: string };
    expect(json.bytes).toBe('02000000000b02000000000a88cc00ff');
  });
});
