// Numbers and texts written as bytes are those that strings would be.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBytes, LineBuffer } from '../../../src/render/packets/line-buffer.ts';

function written(write: (out: LineBuffer) => void): string {
  const out = new LineBuffer();
  write(out);
  return new TextDecoder().decode(out.take());
}

describe('LineBuffer', () => {
  it('writes whole numbers as String does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer({ min: 0, max: 0xffffffff })), (value) => {
        expect(written((out) => out.decimal(value))).toBe(String(value));
      }),
    );
  });

  it.each(Array.from({ length: 16 }, (_, digits) => 10 ** digits))('writes the numbers around %d', (power) => {
    for (const value of [power - 1, power, power + 1]) {
      expect(written((out) => out.decimal(value))).toBe(String(value));
    }
  });

  it('writes 32-bit words of a packet as unsigned numbers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), (bytes) => {
        const value = new DataView(bytes.buffer).getUint32(3);
        expect(written((out) => out.decimalWord(bytes, 3))).toBe(String(value));
      }),
    );
    for (const word of [0, 0x7fffffff, 0x80000000, 0xffffffff, 4_000_000_000]) {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, word);
      expect(written((out) => out.decimalWord(bytes, 0))).toBe(String(word));
    }
  });

  it('pads, and writes hexadecimal digits and link addresses', () => {
    expect(written((out) => out.padded(7, 3, 0x20))).toBe('  7');
    expect(written((out) => out.padded(12345, 3, 0x20))).toBe('12345');
    expect(written((out) => out.hex(0x1a2b, 4))).toBe('0x1a2b');
    expect(written((out) => out.hex(0xcafebabe, 8))).toBe('0xcafebabe');
    expect(written((out) => out.mac(Uint8Array.of(9, 2, 0x79, 0xd5, 0x90, 6, 0x0b), 1))).toBe('02:79:d5:90:06:0b');
  });

  it('gives away what was written as bytes of its own, and starts anew', () => {
    const out = new LineBuffer();
    out.put(asBytes('one'));
    const first = out.take();
    out.put(asBytes('two'));
    expect(new TextDecoder().decode(first)).toBe('one');
    expect(new TextDecoder().decode(out.take())).toBe('two');
    expect(out.length).toBe(0);
  });

  it('grows with what is written before it is taken', () => {
    const out = new LineBuffer();
    for (let i = 0; i < 50_000; i++) {
      out.startLine();
      out.decimal(i);
      out.byte(0x0a);
    }
    out.text('x'.repeat(1_000_000));
    const lines = new TextDecoder().decode(out.take()).split('\n');
    expect(lines).toHaveLength(50_001);
    expect(lines[49_999]).toBe('49999');
    expect(lines[50_000]).toHaveLength(1_000_000);
  });
});
