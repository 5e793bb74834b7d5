// The outside opinion: number, time and lengths of every packet, as tshark reads them (test/golden/capture/README.md).
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../support/read-packets.ts';

const GOLDEN = 'test/golden/capture';

describe('packets are what tshark reads', () => {
  for (const name of readdirSync(GOLDEN).filter((file) => file.endsWith('.tsv'))) {
    it(name, async () => {
      const { info, packets } = await readCapture(
        `test/fixtures/${name.replace('-', '/').replace(/\.tsv$/, '.pcap.gz')}`,
      );
      const lines = packets.map(({ seconds, nanos, original, data }, i) =>
        [i + 1, `${seconds}.${String(nanos).padStart(9, '0')}`, original, data.length / 2].join('\t'),
      );
      expect(`${lines.join('\n')}\n`).toBe(readFileSync(`${GOLDEN}/${name}`, 'utf8'));
      expect(info).toMatchObject({ complete: true, warnings: [], error: null });
    });
  }
});
