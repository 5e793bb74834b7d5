// Readings kept for the time of a test, in the bytes that a file would have.
import type { KeptReadings } from '../../src/pipeline/kept-readings.ts';
import { decode, encode } from '../../src/store/form.ts';
import type { Saved } from '../../src/store/saved.ts';

interface Kept {
  captures: string;
  key: string;
  nodes: Uint8Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
}

export class KeptInMemory implements KeptReadings {
  readonly kept: Kept[] = [];
  found = 0;
  readonly refused: string[] = [];

  find(captures: readonly string[], key: string, fits: (nodes: Saved) => boolean): Saved | null {
    const one = this.kept.find((it) => it.captures === captures.join('\n') && it.key === key && fits(decode(it.nodes)));
    if (one === undefined) return null;
    this.found++;
    // what is found is changed by who asks
    return decode(one.bytes.slice());
  }

  keep(captures: readonly string[], key: string, nodes: Saved, reading: Saved): void {
    this.kept.push({
      captures: captures.join('\n'),
      key,
      nodes: encode(nodes).slice(),
      bytes: encode(reading).slice(),
    });
  }

  refuse(_key: string, reason: string): void {
    this.refused.push(reason);
  }
}
