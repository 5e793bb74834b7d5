// What a report does in a browser: search, filter, sort and open conversations. Its text stands in the page, so it uses nothing from
// outside itself; names reach the page as text only, never as markup.
import type { ConversationRow, ReportData } from './report-data.ts';
import type { ReportHost, ReportParts } from './report-parts.ts';

/** Runs in the page, by its own source text and that of what makes its parts. */
export function reportClient(parts: ReportParts, data: ReportData, host: ReportHost | null): void {
  const [ROW, MOST_PRINTED] = [44, 200];
  const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
  const untilReplaced = host === null ? {} : { signal: host.signal };
  const { states } = data;
  const { text, make, bytesText, orderBy, detailOf } = parts;
  const [list, rows, head, count, detail] = [byId('list'), byId('rows'), byId('head'), byId('count'), byId('detail')];
  const [search, state, sort] = [
    byId<HTMLInputElement>('search'),
    byId<HTMLSelectElement>('state'),
    byId<HTMLSelectElement>('sort'),
  ];
  const [cause, group] = [byId<HTMLSelectElement>('cause'), byId<HTMLSelectElement>('group')];
  const marks = { ok: '', undecided: '?', wrong: '!' };
  const words = { ok: 'as configured', undecided: 'undecided', wrong: 'wrong' };
  /** A line above the conversations that have a name in common. */
  interface Group {
    name: string;
    rows: ConversationRow[];
  }
  type Line = ConversationRow | Group;
  let matching: ConversationRow[] = [];
  let shown: Line[] = [];
  const unfolded = new Set<string>();
  let opened = -1;
  let focused = 0;
  let headHeight = 0;
  let isDue = false;
  const searched = new Map<ConversationRow, string>();

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

  function refresh(): void {
    const terms = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((term) => term !== '');
    matching = data.rows.filter((row) => fits(row, terms));
    if (sort.value !== 'problem') matching.sort(orderBy(sort.value));
    focused = 0;
    list.scrollTop = 0;
    // a group may have the same name and other conversations
    for (const element of drawn.values()) element.remove();
    drawn.clear();
    layOut();
  }

  const isGroup = (line: Line | undefined): line is Group => line !== undefined && 'name' in line;
  const keyOf = (line: Line | undefined): string => (isGroup(line) ? `group ${line.name}` : String(line?.[0]));

  function groupName(row: ConversationRow): string {
    if (group.value === 'pods') return `${text(row[2])} → ${text(row[4])}`;
    if (group.value === 'judged') return words[states[row[1]] ?? 'ok'];
    if (group.value !== 'problem') return text(row[17][Number(group.value)] ?? -1);
    const ids = text(row[13]).split(' ');
    const titles = ids.map((id) => [...cause.options].find(({ value }) => value === id && id !== '')?.text);
    return titles[0] === undefined ? 'no problem' : titles.join(', ');
  }

  /** Groups in the order of their first conversations, which of the order chosen are the worst, the first, the largest. */
  function layOut(): void {
    const groups = new Map<string, Group>();
    for (const row of group.value === '' ? [] : matching) {
      const name = groupName(row);
      const known = groups.get(name);
      if (known === undefined) groups.set(name, { name, rows: [row] });
      else known.rows.push(row);
    }
    const folded = [...groups.values()].flatMap((one) => [one, ...(unfolded.has(one.name) ? one.rows : [])]);
    shown = group.value === '' ? matching : folded;
    // rows unfold in a treegrid only (WAI-ARIA)
    list.setAttribute('role', group.value === '' ? 'table' : 'treegrid');
    const left =
      data.left > 0 ? `; ${data.left.toLocaleString('en')} more, all as configured, are not in this report` : '';
    const among =
      group.value === '' ? '' : ` in ${groups.size.toLocaleString('en')} group${groups.size === 1 ? '' : 's'}`;
    count.textContent = `${matching.length.toLocaleString('en')} of ${data.rows.length.toLocaleString('en')} conversations${among}${left}`;
    list.setAttribute('aria-rowcount', String(shown.length + 1));
    headHeight = head.offsetHeight;
    rows.style.height = `${headHeight + shown.length * ROW}px`;
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
      if (i < first || i >= last || element.dataset['key'] !== keyOf(shown[i])) {
        element.remove();
        drawn.delete(i);
      }
    for (let i = first; i < last; i++) {
      const line = shown[i];
      if (line === undefined || drawn.has(i)) continue;
      const element = isGroup(line) ? groupElement(line, i) : rowElement(line, i);
      drawn.set(i, element);
      added.push(element);
    }
    rows.append(...added);
    for (const [i, element] of drawn) {
      const line = shown[i];
      element.classList.toggle('open', !isGroup(line) && line?.[0] === opened);
      if (isGroup(line)) element.setAttribute('aria-expanded', String(unfolded.has(line.name)));
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

  /** An empty line at its place, with the mark of what was judged. */
  function lineElement(line: Line, i: number, name: keyof typeof marks): HTMLElement {
    const element = make('div', '', `row ${name}`);
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', String(i + 2));
    element.dataset['key'] = keyOf(line);
    element.style.top = `${headHeight + i * ROW}px`;
    const mark = cell(marks[name], '', 'state');
    mark.setAttribute('aria-label', words[name]);
    element.append(mark);
    return element;
  }

  function groupElement(line: Group, i: number): HTMLElement {
    const sum = (of: (row: ConversationRow) => number): number => line.rows.reduce((all, row) => all + of(row), 0);
    const worst = Math.max(...line.rows.map((row) => row[1]));
    const element = lineElement(line, i, states[worst] ?? 'ok');
    element.classList.add('group');
    const judged = states.map((name, state) => [words[name], sum((row) => (row[1] === state ? 1 : 0))] as const);
    element.append(
      cell(line.name, '', 'wide'),
      cell(`${line.rows.length.toLocaleString('en')} conversation${line.rows.length === 1 ? '' : 's'}`, ''),
      cell([...new Set(line.rows.map((row) => text(row[7])))].slice(0, 4).join(', '), '', 'how'),
      cell(`${sum((row) => row[9])} / ${sum((row) => row[10])}`, bytesText(sum((row) => row[11]))),
      cell(judged.flatMap(([word, many]) => (many === 0 ? [] : [`${many} ${word}`])).join(', '), ''),
    );
    element.addEventListener('click', () => unfold(line));
    return element;
  }

  function unfold(line: Group, wanted = !unfolded.has(line.name)): void {
    if (wanted) unfolded.add(line.name);
    else unfolded.delete(line.name);
    const at = shown.indexOf(line);
    layOut();
    move(at);
  }

  function rowElement(row: ConversationRow, i: number): HTMLElement {
    const element = lineElement(row, i, states[row[1]] ?? 'ok');
    const [there, back] = [text(row[7]), text(row[8])];
    const how = back === '' || back === there ? there : `${there}, back ${back}`;
    element.append(
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

  function open(row: ConversationRow): void {
    opened = row[0];
    history.replaceState(null, '', `#flow=${row[0]}`);
    detail.replaceChildren(...detailOf(row));
    detail.hidden = false;
    draw();
    detail.focus({ preventScroll: true });
    detail.scrollIntoView({ block: 'nearest' });
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
    const at = shown[focused];
    if (step !== undefined) move(focused + step);
    else if (isGroup(at) && (event.key === 'ArrowRight' || event.key === 'ArrowLeft'))
      unfold(at, event.key === 'ArrowRight');
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(shown.length - 1);
    else if (event.key === 'Enter' || event.key === ' ') {
      if (isGroup(at)) unfold(at);
      else if (at !== undefined) open(at);
    } else return;
    event.preventDefault();
  }

  function fromLink(): void {
    const flow = Number(/^#flow=(\d+)$/.exec(location.hash)?.[1]);
    if (Number.isNaN(flow)) return;
    const isOfRow = (line: Line): boolean => !isGroup(line) && line[16].some(([id]) => id === flow);
    if (!shown.some(isOfRow)) {
      search.value = '';
      state.value = '';
      cause.value = '';
      group.value = '';
      refresh();
    }
    const at = shown.findIndex(isOfRow);
    const row = shown[at];
    if (row === undefined || isGroup(row)) {
      count.textContent = `flow ${flow} is not in this report; ${count.textContent}`;
      return;
    }
    move(at);
    open(row);
  }

  /** On paper the list cannot be scrolled, and nothing unfolded: its first rows as a table, and all evidence. */
  function print(): void {
    for (const folded of document.querySelectorAll<HTMLDetailsElement>('details.proof')) folded.open = true;
    const body = byId('printed');
    body.replaceChildren();
    for (const row of shown.slice(0, MOST_PRINTED)) {
      const line = make('tr');
      if (isGroup(row)) {
        const heading = make('th', `${row.name}: ${row.rows.length} conversations`);
        heading.setAttribute('colspan', '6');
        line.append(heading);
        body.append(line);
        continue;
      }
      const name = states[row[1]] ?? 'ok';
      for (const content of [words[name], text(row[2]), text(row[4]), text(row[6]), text(row[7]), text(row[12])])
        line.append(make('td', content));
      body.append(line);
    }
  }

  group.addEventListener('input', () => unfolded.clear());
  for (const input of [search, state, sort, cause, group]) input.addEventListener('input', refresh);
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
