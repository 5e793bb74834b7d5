// The last piece of a rotated capture may be a file that nothing was written to yet: tcpdump opens the next one, and its header waits in
// a buffer. That is no damage, and nothing is missing by it.
import type { CaptureInfo } from '../../../capture/source.ts';
import { addUnder } from '../../../net/multi-map.ts';
import { pieceName } from './piece-names.ts';

/** Turns the error of a file of zero bytes into a warning, where it is the only one among pieces of a capture that was read. */
export function excuseEmptyPieces(infos: readonly CaptureInfo[]): void {
  const empty = infos.filter(({ isEmpty }) => isEmpty === true);
  if (empty.length === 0) return;
  const families = new Map<string, CaptureInfo[]>();
  for (const info of infos) {
    const { exact } = pieceName(info.path);
    addUnder(families, exact, info);
  }
  for (const family of families.values()) {
    const [last, ...more] = family.filter(({ isEmpty }) => isEmpty === true);
    const other = family.find(({ format }) => format !== null);
    if (last === undefined || other === undefined || more.length > 0) continue;
    last.error = null;
    last.complete = true;
    last.format = other.format;
    last.warnings.push({
      code: 'empty-piece',
      message: 'the piece that its ring would have gone on in: nothing was written to it yet',
    });
  }
}
