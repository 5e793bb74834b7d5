// ESP: what follows is encrypted.
import { defineHeader, uint } from './header.ts';
import { always, layout } from './layout.ts';

export const ESP = defineHeader('esp', 'RFC 4303 §2', 8, {
  spi: uint(0, 32, 'Security parameters index', { hex: true }),
  sequence: uint(32, 32, 'Sequence number'),
});

export const ESP_LAYOUT = layout(ESP, always(ESP), {
  protocol: 'esp',
  title: 'Encapsulating security payload',
  announcedBy: 'IP protocol 50',
  forms: { ESP: ESP },
});
