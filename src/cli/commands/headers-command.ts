// `overlens headers`: the protocols that are decoded, bit by bit.
import { protocolList, protocolText } from '../../render/headers/headers-text.ts';
import { CATALOG, lookupProtocol } from '../../wire/catalog.ts';
import type { Page } from '../../wire/layout.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { nearest } from '../values.ts';

export async function runHeaders(names: readonly string[], raw: { all?: boolean }, io: Io): Promise<ExitCode> {
  if (names.length === 0 && raw.all !== true) {
    await writeAll(io.stdout, protocolList());
    return EXIT.ok;
  }
  const entries = raw.all === true ? CATALOG : names.map(entryOf);
  await writeAll(io.stdout, pages(entries), io.signal);
  return EXIT.ok;
}

function* pages(entries: readonly Page[]): Generator<string> {
  for (const [i, entry] of entries.entries()) {
    if (i > 0) yield '\n\n';
    yield* protocolText(entry);
  }
}

function entryOf(name: string): Page {
  const entry = lookupProtocol(name);
  if (entry !== null) return entry;
  const known = CATALOG.flatMap((item) => [item.protocol, item.title]);
  const near = nearest(name, known);
  throw usageError(
    `headers ${name}: not a protocol that is decoded`,
    near === null ? 'overlens headers lists them' : `did you mean ${near}? overlens headers lists them`,
  );
}
