// What a report does in a browser: search, filter, sort and open conversations. Its text stands in the page, so it uses nothing from
// outside itself; names reach the page as text only, never as markup.
import type { ConversationRow, ReportData } from './report-data.ts';

/** A page around the report that has the captures at hand. */
export interface ReportHost {
  /** Shows a packet in full, of a capture by its index. */
  explain(capture: number, packet: number): void;
  /** Aborted when another report takes the place of this one. */
  signal: AbortSignal;
}

/** Runs in the page, by its own source text. */
export function reportClient(data: ReportData, host: ReportHost | null): void {
  const [ROW, MOST_PRINTED] = [44, 200];
  const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
  const untilReplaced = host === null ? {} : { signal: host.signal };
  const { texts, states } = data;
  const text = (number: number): string => texts[number] ?? '';
  const [list, rows, head, count, detail] = [byId('list'), byId('rows'), byId('head'), byId('count'), byId('detail')];
  const [search, state, sort] = [
    byId<HTMLInputElement>('search'),
    byId<HTMLSelectElement>('state'),
    byId<HTMLSelectElement>('sort'),
  ];
  const cause = byId<HTMLSelectElement>('cause');
  const marks = { ok: '', undecided: '?', wrong: '!' };
  const words = { ok: 'as configured', undecided: 'undecided', wrong: 'wrong' };
  let shown: ConversationRow[] = [];
  let opened = -1;
  let focused = 0;
  let headHeight = 0;
  let isDue = false;
  const searched = new Map<ConversationRow, string>();

  function make(tag: string, content = '', className = ''): HTMLElement {
    const element = document.createElement(tag);
    if (content !== '') element.textContent = content;
    if (className !== '') element.className = className;
    return element;
  }

  function searchable(row: ConversationRow): string {
    let known = searched.get(row);
    if (known === undefined) {
      known = [2, 3, 4, 5, 6, 7, 8, 12]
        .map((place) => text(row[place] as number))
        .join(' ')
        .toLowerCase();
      searched.set(row, known);
    }
    return known;
  }

  function fits(row: ConversationRow, terms: readonly string[]): boolean {
    if (state.value !== '' && states[row[1]] !== state.value) return false;
    if (cause.value !== '' && !text(row[13]).split(' ').includes(cause.value)) return false;
    const content = searchable(row);
    return terms.every((term) => content.includes(term));
  }

  function order(): (a: ConversationRow, b: ConversationRow) => number {
    const number = (of: (row: ConversationRow) => number) => (a: ConversationRow, b: ConversationRow) => of(b) - of(a);
    const name = (place: 2 | 4 | 6) => (a: ConversationRow, b: ConversationRow) =>
      text(a[place]).localeCompare(text(b[place]));
    switch (sort.value) {
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

  function refresh(): void {
    const terms = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((term) => term !== '');
    shown = data.rows.filter((row) => fits(row, terms));
    if (sort.value !== 'problem') shown.sort(order());
    focused = 0;
    const left =
      data.left > 0 ? `; ${data.left.toLocaleString('en')} more, all as configured, are not in this report` : '';
    count.textContent = `${shown.length.toLocaleString('en')} of ${data.rows.length.toLocaleString('en')} conversations${left}`;
    list.setAttribute('aria-rowcount', String(shown.length + 1));
    headHeight = head.offsetHeight;
    rows.style.height = `${headHeight + shown.length * ROW}px`;
    list.scrollTop = 0;
    draw();
  }

  const drawn = new Map<number, HTMLElement>();

  /** Only what is seen is in the page: ten thousand rows scroll as ten do. */
  function draw(): void {
    isDue = false;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
    const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / ROW) + 10);
    const added: HTMLElement[] = [];
    for (const [i, element] of drawn)
      if (i < first || i >= last || element.dataset['flow'] !== String(shown[i]?.[0])) {
        element.remove();
        drawn.delete(i);
      }
    for (let i = first; i < last; i++) {
      const row = shown[i];
      if (row === undefined || drawn.has(i)) continue;
      const element = rowElement(row, i);
      drawn.set(i, element);
      added.push(element);
    }
    rows.append(...added);
    for (const [i, element] of drawn) {
      element.classList.toggle('open', shown[i]?.[0] === opened);
      element.tabIndex = i === focused ? 0 : -1;
    }
  }

  /** Once a frame, however often the list was scrolled in it. */
  function drawSoon(): void {
    if (!isDue) requestAnimationFrame(draw);
    isDue = true;
  }

  function cell(above: string, below: string, className = ''): HTMLElement {
    const element = make('div', '', className);
    element.setAttribute('role', 'cell');
    const first = make('span', above);
    first.title = above;
    element.append(first);
    if (below !== '') element.append(make('span', below, 'below'));
    return element;
  }

  function rowElement(row: ConversationRow, i: number): HTMLElement {
    const name = states[row[1]] ?? 'ok';
    const element = make('div', '', `row ${name}`);
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', String(i + 2));
    element.dataset['flow'] = String(row[0]);
    element.style.top = `${headHeight + i * ROW}px`;
    const mark = cell(marks[name], '', 'state');
    mark.setAttribute('aria-label', words[name]);
    const [forward, reverse] = [text(row[7]), text(row[8])];
    const how = reverse === '' || reverse === forward ? forward : `${forward}, back ${reverse}`;
    element.append(
      mark,
      cell(text(row[2]), text(row[3])),
      cell(text(row[4]), text(row[5])),
      cell(text(row[6]), text(row[13]) === '' ? '' : `cause ${text(row[13])}`),
      cell(how, '', 'how'),
      cell(`${row[9]} / ${row[10]}`, bytesText(row[11])),
      cell(text(row[12]), ''),
    );
    element.addEventListener('click', () => open(row));
    return element;
  }

  function bytesText(bytes: number): string {
    if (bytes < 1000) return `${bytes} B`;
    if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
    return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
  }

  function open(row: ConversationRow): void {
    opened = row[0];
    history.replaceState(null, '', `#flow=${row[0]}`);
    detail.replaceChildren(...detailOf(row));
    detail.hidden = false;
    draw();
    detail.focus({ preventScroll: true });
    detail.scrollIntoView({ block: 'nearest' });
  }

  function detailOf(row: ConversationRow): HTMLElement[] {
    const heading = make('h3', `${text(row[2])} to ${text(row[4])}, ${text(row[6])}`);
    const about = make('p', `${text(row[12])}; ${row[9]} packets there, ${row[10]} back, ${bytesText(row[11])}`);
    const parts = row[16].flatMap(([flow, expected, verdict, findings, places], i) => {
      const [from, to] = i === 0 ? [row[2], row[4]] : [row[4], row[2]];
      const title = make('h4', `Flow ${flow}: ${text(from)} to ${text(to)}`);
      const way = make('ol', '', 'way');
      way.append(make('li', text(from)));
      for (const [place, carried, packets, bytes, capture, firstPacket] of places) {
        const arrow = make('li', '→', 'arrow');
        arrow.setAttribute('aria-hidden', 'true');
        const item = make('li', text(place));
        item.append(make('small', text(carried)));
        item.append(make('small', `${packets} packets, ${bytesText(bytes)}`), firstOf(capture, firstPacket));
        way.append(arrow, item);
      }
      const last = make('li', '→', 'arrow');
      last.setAttribute('aria-hidden', 'true');
      way.append(last, make('li', text(to)));
      const asked = make('p', `Asked for: ${text(expected)}. Judged: ${text(verdict)}.`);
      const problems = make('ul');
      for (const one of findings) problems.append(make('li', text(one)));
      return findings.length === 0 ? [title, way, asked] : [title, way, asked, problems];
    });
    const link = make('p', `This conversation: #flow=${row[0]}`, 'count');
    return [heading, about, ...parts, link];
  }

  /** The first packet of a flow at a place: where there is somebody to explain it, to be asked for. */
  function firstOf(capture: number, packet: number): HTMLElement {
    const where = `#${packet} of ${data.captures[capture] ?? ''}`;
    if (host === null) return make('small', `first is ${where}`);
    const button = make('button', `Explain ${where}`);
    button.addEventListener('click', () => host.explain(capture, packet));
    return button;
  }

  function move(to: number): void {
    focused = Math.max(0, Math.min(shown.length - 1, to));
    const top = focused * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    const bottom = top + ROW + headHeight - list.clientHeight;
    if (bottom > list.scrollTop) list.scrollTop = bottom;
    draw();
    drawn.get(focused)?.focus({ preventScroll: true });
  }

  function onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) move(focused + step);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(shown.length - 1);
    else if (event.key === 'Enter' || event.key === ' ') {
      const row = shown[focused];
      if (row !== undefined) open(row);
    } else return;
    event.preventDefault();
  }

  function fromLink(): void {
    const flow = Number(/^#flow=(\d+)$/.exec(location.hash)?.[1]);
    if (Number.isNaN(flow)) return;
    const isOfRow = (row: ConversationRow): boolean => row[16].some(([id]) => id === flow);
    if (!shown.some(isOfRow)) {
      search.value = '';
      state.value = '';
      cause.value = '';
      refresh();
    }
    const at = shown.findIndex(isOfRow);
    const row = shown[at];
    if (row === undefined) return;
    move(at);
    open(row);
  }

  /** On paper the list cannot be scrolled: its first rows as a table. */
  function print(): void {
    const body = byId('printed');
    body.replaceChildren();
    for (const row of shown.slice(0, MOST_PRINTED)) {
      const line = make('tr');
      const name = states[row[1]] ?? 'ok';
      for (const content of [words[name], text(row[2]), text(row[4]), text(row[6]), text(row[7]), text(row[12])])
        line.append(make('td', content));
      body.append(line);
    }
  }

  for (const input of [search, state, sort, cause]) input.addEventListener('input', refresh);
  list.addEventListener('scroll', drawSoon, { passive: true });
  list.addEventListener('keydown', onKey);
  for (const link of document.querySelectorAll<HTMLElement>('[data-cause]'))
    link.addEventListener('click', () => {
      cause.value = link.dataset['cause'] ?? '';
      refresh();
      list.scrollIntoView({ block: 'nearest' });
    });
  window.addEventListener('hashchange', fromLink, untilReplaced);
  window.addEventListener('beforeprint', print, untilReplaced);
  window.addEventListener('resize', draw, untilReplaced);
  refresh();
  fromLink();
}
