import { expect, it } from 'vitest';
import { canonicalMac, formatMac } from '../../src/net/mac.ts';

it('prints six bytes from an offset', () => {
  expect(formatMac(Uint8Array.of(0xff, 0x66, 0x14, 0x9d, 0xf4, 0x2c, 0x0f, 0xff), 1)).toBe('66:14:9d:f4:2c:0f');
});

it.each(['66:14:9D:F4:2C:1F', '66-14-9d-f4-2c-1f', '6614.9df4.2c1f'])('reads %s', (text) => {
  expect(canonicalMac(text)).toBe('66:14:9d:f4:2c:1f');
});

it.each(['', '66:14:9d:f4:2c', '66:14:9d:f4:2c:1g', '66:14-9d:f4:2c:1f', '66:14:9d:f4:2c:1f:00'])(
  'refuses %j',
  (text) => {
    expect(canonicalMac(text)).toBeNull();
  },
);
