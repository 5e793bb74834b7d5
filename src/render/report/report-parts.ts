// What a report makes of its data in a browser: texts, elements, and what a conversation opens into. Runs there by its own source text.
import type { ConversationRow, ReportData } from './report-data.ts';

export interface ReportParts {
  text(number: number): string;
  make(tag: string, content?: string, className?: string): HTMLElement;
  bytesText(bytes: number): string;
  /** By the name of what they are in order of; unknown names keep the order. */
  orderBy(column: string): (a: ConversationRow, b: ConversationRow) => number;
  /** A conversation with both ways, findings, and its problems with the tables that decided. */
  detailOf(row: ConversationRow): HTMLElement[];
}

/** A page around the report that has the captures at hand. */
export interface ReportHost {
  /** Shows a packet in full, of a capture by its index. */
  explain(capture: number, packet: number): void;
  /** Aborted when another report takes the place of this one. */
  signal: AbortSignal;
}

export function reportParts({ texts, captures }: ReportData, host: ReportHost | null): ReportParts {
  const text = (number: number): string => texts[number] ?? '';

  function make(tag: string, content = '', className = ''): HTMLElement {
    const element = document.createElement(tag);
    if (content !== '') element.textContent = content;
    if (className !== '') element.className = className;
    return element;
  }

  function bytesText(bytes: number): string {
    if (bytes < 1000) return `${bytes} B`;
    if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
    return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
  }

  function orderBy(column: string): (a: ConversationRow, b: ConversationRow) => number {
    const number = (of: (row: ConversationRow) => number) => (a: ConversationRow, b: ConversationRow) => of(b) - of(a);
    const name = (place: 2 | 4 | 6) => (a: ConversationRow, b: ConversationRow) =>
      text(a[place]).localeCompare(text(b[place]));
    switch (column) {
      case 'packets':
        return number((row) => row[9] + row[10]);
      case 'bytes':
        return number((row) => row[11]);
      case 'time':
        return (a, b) => a[14] - b[14];
      case 'from':
        return name(2);
      case 'to':
        return name(4);
      case 'service':
        return name(6);
      default:
        return () => 0;
    }
  }

  function detailOf(row: ConversationRow): HTMLElement[] {
    const heading = make('h3', `${text(row[2])} to ${text(row[4])}, ${text(row[6])}`);
    const about = make('p', `${text(row[12])}; ${row[9]} packets there, ${row[10]} back, ${bytesText(row[11])}`);
    const parts = row[16].flatMap(([flow, expected, verdict, findings, places, isSeenAtReceiver], i) => {
      const [from, to] = i === 0 ? [row[2], row[4]] : [row[4], row[2]];
      const title = make('h4', `Flow ${flow}: ${text(from)} to ${text(to)}`);
      const way = make('ol', '', 'way');
      way.append(make('li', text(from)));
      for (const [place, carried, packets, bytes, capture, firstPacket, isSame] of places) {
        const arrow = isSame ? make('li', 'also', 'arrow') : nextArrow();
        const item = make('li', text(place));
        item.append(make('small', text(carried)));
        item.append(make('small', `${packets} packets, ${bytesText(bytes)}`), firstOf(capture, firstPacket));
        way.append(arrow, item);
      }
      if (!isSeenAtReceiver) way.append(nextArrow(), make('li', "not seen at the receiver's node", 'dim'));
      way.append(nextArrow(), make('li', text(to)));
      const asked = make('p', `Asked for: ${text(expected)}. Judged: ${text(verdict)}.`);
      const problems = make('ul');
      for (const one of findings) problems.append(make('li', text(one)));
      return findings.length === 0 ? [title, way, asked] : [title, way, asked, problems];
    });
    const causes = text(row[13])
      .split(' ')
      .flatMap((id) => {
        const known = id === '' ? null : document.getElementById(`cause-${id}`);
        const facts = known?.querySelector('dl')?.cloneNode(true) as HTMLElement | undefined;
        return known == null || facts === undefined
          ? []
          : [make('h4', known.querySelector('h4')?.textContent ?? ''), facts];
      });
    const link = make('p', `This conversation: #flow=${row[0]}`, 'count');
    return [heading, about, ...parts, ...causes, link];
  }

  function nextArrow(): HTMLElement {
    const arrow = make('li', '→', 'arrow');
    arrow.setAttribute('aria-hidden', 'true');
    return arrow;
  }

  /** The first packet of a flow at a place: where there is somebody to explain it, to be asked for. */
  function firstOf(capture: number, packet: number): HTMLElement {
    const where = `#${packet} of ${captures[capture] ?? ''}`;
    if (host === null) return make('small', `first is ${where}`);
    const button = make('button', `Explain ${where}`);
    button.addEventListener('click', () => host.explain(capture, packet));
    return button;
  }

  return { text, make, bytesText, orderBy, detailOf };
}
