// Writes the files of test/fixtures/pcap-variants: npx tsx test/support/write-pcap-variants.ts
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { PCAP_VARIANTS } from './pcap-variants.ts';

const folder = new URL('../fixtures/pcap-variants/', import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, bytes] of Object.entries(PCAP_VARIANTS)) writeFileSync(new URL(`${name}.pcap`, folder), bytes);
