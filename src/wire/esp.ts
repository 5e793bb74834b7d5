// ESP: what follows is encrypted.
import { defineHeader, uint } from './header.ts';

export const ESP = defineHeader('esp', 'RFC 4303 §2', 8, {
  spi: uint(0, 32, 'Security parameters index', { hex: true }),
  sequence: uint(32, 32, 'Sequence number'),
});
