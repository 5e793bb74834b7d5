// A page as one HTML file: no script, no network, nothing but this text. Headings, lists and tables carry the
// meaning; colours, positions and sizes only repeat it. Reads on a phone, on a screen, on paper, and aloud.

import { escapeXml } from '../text/escape.ts';
import { breakPlaces } from '../text/word-breaks.ts';
import { scaleSentence } from './box-widths.ts';
import { documentHead } from './document-head.ts';
import { HTML_STYLE } from './html-style.ts';
import type { Block, ChainPlace, FigureLayer, Page, PageBytes, PageCell, PageRow, Tone } from './page-model.ts';
import { hueClass } from './theme.ts';

/** The whole document. */
export function renderHtmlPage(page: Page): string {
  return `${documentHead({ title: page.title, style: HTML_STYLE, description: page.description })}${renderHtmlBlocks(page.blocks, true)}
</main>
</body>
</html>
`;
}

/** What is inside the document. */
export function renderHtmlBlocks(blocks: readonly Block[], isNavigated: boolean): string {
  const sections = blocks.map((block, i) => sectionOf(block, i));
  return [sections[0] ?? '', isNavigated ? navigation(blocks) : '', ...sections.slice(1)].join('\n');
}

/** Links to the parts of the page; none where it has but one. */
function navigation(blocks: readonly Block[]): string {
  const links = blocks.flatMap(({ part }, i) =>
    part === undefined ? [] : [`<li><a href="#s${i}">${breakable(part)}</a></li>`],
  );
  return links.length < 2 ? '' : `<nav aria-label="On this page"><ul>\n${links.join('\n')}\n</ul></nav>`;
}

function sectionOf(block: Block, i: number): string {
  if (block.kind === 'lead') return leadOf(block, i);
  return `<section aria-labelledby="s${i}">
<h2 id="s${i}">${breakable(block.heading)}</h2>
${bodyOf(block)}
</section>`;
}

/** The first lead is the page's title. */
function leadOf({ origin, text, alarms, verdict }: Extract<Block, { kind: 'lead' }>, i: number): string {
  const level = i === 0 ? 'h1' : 'h2';
  const warnings = alarms.map((alarm) => `<p class="alarm">${breakable(alarm)}</p>`).join('\n');
  return `<header${verdict === undefined ? '' : ` class="verdict ${verdict}"`}><p class="origin">${breakable(origin)}</p>
<${level} id="s${i}">${breakable(text)}</${level}>
${warnings}</header>`;
}

function bodyOf(block: Exclude<Block, { kind: 'lead' }>): string {
  switch (block.kind) {
    case 'figure':
      return figureOf(block);
    case 'chain':
      return chainOf(block);
    case 'points':
      return `<ul class="points">${block.items.map(({ text, tone }) => `<li${toneClass(tone)}>${breakable(text)}</li>`).join('\n')}</ul>`;
    case 'table':
      return `${tableOf(block.heading, block.head, block.rows)}${block.comment === null ? '' : `<p>${breakable(block.comment)}</p>`}`;
    case 'notes':
      return block.items
        .map(
          ({ tone, title, where, text }) =>
            `<div class="note ${tone}"><h3>${tone === 'wrong' ? '! ' : '* '}${breakable(title)}${where === '' ? '' : ` <small>${breakable(where)}</small>`}</h3>\n<p>${breakable(text)}</p></div>`,
        )
        .join('\n');
    case 'bits':
      return block.headers
        .map(
          ({
            id,
            hue,
            title,
            where,
            lines,
            fields,
          }) => `<h3><span class="key ${hueClass(hue)}">${id}</span> ${escapeXml(title)} <small>${escapeXml(where)}</small></h3>
<div class="scroll" tabindex="0" role="region" aria-label="Bit diagram of ${escapeXml(title)}, ${escapeXml(where)}"><pre aria-hidden="true">${lines.map(escapeXml).join('\n')}</pre></div>
${tableOf(`Fields of ${title}, ${where}`, ['field', 'value'], fields)}`,
        )
        .join('\n');
    case 'bytes':
      return block.layers.map((layer) => bytesOf(layer)).join('\n');
    case 'commands':
      return block.lines
        .map(
          (line, k) =>
            `<div class="scroll" tabindex="0" role="region" aria-label="${escapeXml(block.heading)}, command ${k + 1}"><pre>${escapeXml(line)}</pre></div>`,
        )
        .join('\n');
  }
}

/** Boxes from place to place, and what happened between two of them: a list, which reads aloud in its order. */
function chainOf({ heading, text, places }: Extract<Block, { kind: 'chain' }>): string {
  const items = places.flatMap((place, i) => [...(i === 0 ? [] : [hopOf(place.before)]), placeOf(place)]);
  return `<p>${breakable(text)}</p>\n<ol class="way" aria-label="${escapeXml(heading)}">\n${items.join('\n')}\n</ol>`;
}

function placeOf({ group, title, value, tone, notes }: ChainPlace): string {
  const node = group === '' ? '' : `<small>${breakable(group)}</small>`;
  const more = notes.map((note) => `<small>${breakable(note)}</small>`).join('');
  return `<li${toneClass(tone)}>${node}${breakable(title)} <b>${markOf(tone)}${breakable(value)}</b>${more}</li>`;
}

function hopOf(before: ChainPlace['before']): string {
  const said = before.map(({ text, tone }) => `<small${toneClass(tone)}>${markOf(tone)}${breakable(text)}</small>`);
  return `<li class="arrow"><span aria-hidden="true">→</span>${said.join('')}</li>`;
}

function toneClass(tone: Tone): string {
  return tone === 'usual' ? '' : ` class="${tone}"`;
}

/** Boxes whose width (on a narrow screen, height) follows their bytes; a list for those who cannot see them. */
function figureOf({ heading, layers, sides }: Extract<Block, { kind: 'figure' }>): string {
  const groups: { side: string; layers: FigureLayer[] }[] = [];
  for (const layer of layers) {
    const last = groups.at(-1);
    if (last !== undefined && last.side === layer.side) last.layers.push(layer);
    else groups.push({ side: layer.side, layers: [layer] });
  }
  const shown = groups.map((group) => {
    const label = sides.find(({ side }) => side === group.side)?.texts[0] ?? '';
    const items = group.layers.map(layerItem).join('\n');
    return `<div class="side"><ol start="${group.layers[0]?.id ?? 1}">${items}</ol><p style="--n:${group.layers.length}">${breakable(label)}</p></div>`;
  });
  // one grid for all sides: one scale for all boxes
  const columns = layers.map((layer) => `minmax(min-content,${shownLength(layer)}fr)`).join(' ');
  const last = layers.at(-1);
  const total = last === undefined ? '' : `<p class="total">ends at byte ${last.offset + last.length}</p>`;
  const shortened = layers.filter((layer) => shownLength(layer) < layer.length).map(({ title }) => title);
  return `<div class="frame" role="group" aria-label="${escapeXml(heading)}" style="--columns:${columns}">${shown.join('\n')}</div>${total}
<p class="scale">${escapeXml(scaleSentence(shortened, 1))}</p>`;
}

const LONGEST_SHOWN = 80;

function shownLength({ kind, length }: FigureLayer): number {
  return kind === 'header' ? length : Math.min(length, LONGEST_SHOWN);
}

function layerItem(layer: FigureLayer): string {
  const { title, offset, length, hue } = layer;
  const broken = shownLength(layer) < length ? ' broken' : '';
  const unit = length === 1 ? 'byte' : 'bytes';
  return `<li class="${hueClass(hue)}${broken}" style="--n:${shownLength(layer)}"><span class="at" aria-hidden="true">${offset}</span><b>${escapeXml(title)}</b> <span>${length}<span class="unit"> ${unit}</span><span class="away"> from byte ${offset}</span></span></li>`;
}

/** On a narrow screen each row stands by itself (html-style.ts), and its cells are headed by what `data-head` says. */
function tableOf(caption: string, head: readonly string[], rows: readonly PageRow[]): string {
  const heads = head
    .map((text) => (text === '' ? '<td></td>' : `<th scope="col" role="columnheader">${breakable(text)}</th>`))
    .join('');
  const labels = head.length > 2 ? head.slice(1).map((text) => text.replace(/:.*/, '')) : [];
  const body = rows
    .map(
      ({ head: name, cells }) =>
        `<tr role="row"><th scope="row" role="rowheader">${breakable(name)}</th>${cells.map((cell, i) => cellOf(cell, labels[i] ?? '')).join('')}</tr>`,
    )
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table: ${escapeXml(caption)}"><table role="table">
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${body}
</tbody></table></div>
`;
}

function cellOf(cell: PageCell | null, label: string): string {
  if (cell === null) return '<td role="cell"></td>';
  const mark = markOf(cell.tone);
  const meaning = cell.meaning === null ? '' : `<span class="meaning">${breakable(cell.meaning)}</span>`;
  const head = label === '' ? '' : ` data-head="${escapeXml(label)}"`;
  const edge = cell.hue === undefined ? '' : ` style="--edge:var(--${cell.hue})"`;
  return `<td role="cell"${head}${edge}><span class="value ${cell.tone}">${mark}${breakable(cell.value)}</span>${meaning}</td>`;
}

/** What a colour says, without the colour. */
function markOf(tone: Tone): string {
  return tone === 'wrong' ? '<strong>!</strong> ' : tone === 'notable' ? '<strong>*</strong> ' : '';
}

function bytesOf({ id, hue, title, facts, rows, more }: PageBytes): string {
  const lines = rows.map(
    ({ offset, hex, text }) =>
      `<tr role="row"><th scope="row" role="rowheader">${offset}</th><td role="cell"><code>${hex}</code></td><td role="cell">${breakable(text)}</td></tr>`,
  );
  const heads = ['byte', 'hexadecimal', 'what it is'].map((text) => `<th scope="col" role="columnheader">${text}</th>`);
  const table =
    rows.length === 0
      ? ''
      : `<table role="table" class="bytes ${hueClass(hue)}"><thead role="rowgroup" class="away"><tr role="row">${heads.join('')}</tr></thead><tbody role="rowgroup">${lines.join('\n')}</tbody></table>`;
  return `<h3><span class="key ${hueClass(hue)}">${id}</span> ${escapeXml(title)} <small>${escapeXml(facts)}</small></h3>
${table}${more === null ? '' : `<p>${escapeXml(more)}</p>`}`;
}

/** Escaped, with a place to break where a long word has one; browsers break nowhere else, unless a word is wider than the page. */
function breakable(text: string): string {
  return text.split(' ').map(wordOf).join(' ');
}

function wordOf(word: string): string {
  const pieces = word.length < LONG_WORD ? [word] : piecesOf(word);
  if (pieces.length > 1) return pieces.map(escapeXml).join('<wbr>');
  // of themselves browsers break addresses, times and short names behind these
  return /[-/]/.test(word) ? `<span class="whole">${escapeXml(word)}</span>` : escapeXml(word);
}

const LONG_WORD = 16;

function piecesOf(word: string): string[] {
  const places = breakPlaces(word);
  return [0, ...places].map((from, i) => word.slice(from, places[i]));
}
