// Names of the pieces of one capture, as tools number and date them: tcpdump -C, -W and -G, dumpcap -b, editcap -c.

/** `.pcap` and whatever tcpdump -C and -W count up behind it. */
const ENDING = /((?:\.(?:pcap|pcapng|cap|dmp|dump|snoop))?)(?<!\d)\d*$/i;
const COMPRESSED = /\.(gz|zst)$/i;
/** `_00001_20261122082950`, `_00001`. */
const COUNTED = /_\d{5}(_\d{14})?$/;
/** `-20261122-082950`, `_2026-11-22_08:29`, `.20261122T082950Z`. */
const DATED = /[-_.]?\d{4}([-_.]?\d\d){2}([-_.T]?\d\d){0,1}([-_.:]?\d\d){0,2}Z?$/;

/** The number that tcpdump -C and -W append, or dumpcap -b puts before the ending; null without one, 0 for the first of tcpdump -C. */
export function pieceNumber(path: string): number | null {
  const base = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(COMPRESSED, '');
  const [appended = '', ending = ''] = ENDING.exec(base) ?? [];
  const behind = appended.slice(ending.length);
  if (ending !== '' && behind !== '') return Number(behind);
  const counted = /_(\d{5})(_\d{14})?$/.exec(base.replace(ENDING, ''))?.[1];
  if (counted !== undefined) return Number(counted);
  return ending === '' || DATED.test(base.replace(ENDING, '')) ? null : 0;
}

export interface PieceName {
  /** The same for pieces whose names differ in what a tool appended only. */
  exact: string;
  /** The same for names that differ in digits only. */
  alike: string;
}

/** Both begin with the folder: pieces of one capture stand in one. */
export function pieceName(path: string): PieceName {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  const base = path.slice(cut).replace(COMPRESSED, '');
  const ending = (ENDING.exec(base)?.[1] ?? '').toLowerCase();
  const stem = base.replace(ENDING, '').replace(COUNTED, '').replace(DATED, '');
  const folder = path.slice(0, cut);
  return { exact: `${folder}${stem}${ending}`, alike: `${folder}${stem.replace(/\d+/g, '#')}${ending}` };
}
