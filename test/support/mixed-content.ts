// Bytes of many kinds, always the same, that lead a compressor to every kind of block: see test/fixtures/compressed/README.md.

/** 400 KiB: few symbols, many, repetitions near and far, runs of one byte, noise. */
export function mixedContent(): Uint8Array {
  const content = new Uint8Array(400 * 1024);
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let at = 0; at < content.length; ) {
    const kind = next(at < 200_000 ? 4 : 6);
    const length = Math.min(content.length - at, 1 + next(kind === 3 ? 3000 : 300));
    const from = next(Math.max(1, at - length));
    const symbols = kind === 0 ? 3 : 40;
    for (let i = 0; i < length; i++) {
      content[at + i] =
        kind === 1 ? (content[from + i] ?? 0) : kind === 3 ? length & 255 : 97 + next(1 + next(symbols));
    }
    at += length;
  }
  return content;
}
