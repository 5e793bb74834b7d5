// A page as one HTML file: no script, no network, nothing but this text. Headings, lists and tables carry the
// meaning; colours, positions and sizes only repeat it. Reads on a phone, on a screen, on paper, and aloud.

import { escapeXml } from '../text/escape.ts';
import { HTML_STYLE } from './html-style.ts';
import type { Block, ChainPlace, FigureLayer, Page, PageBytes, PageCell, PageRow, Tone } from './page-model.ts';
import { layerClass } from './theme.ts';

/** The whole document. */
export function renderHtmlPage(page: Page): string {
  const sections = page.blocks.map((block, i) => sectionOf(block, i));
  const contents = page.blocks.map((block, i) => ({ block, i })).filter(({ block }) => block.kind !== 'lead');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="description" content="${escapeXml(page.description)}">
<title>${escapeXml(page.title)}</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<main>
${sections[0] ?? ''}
<nav aria-label="On this page"><ul>
${contents.map(({ block, i }) => `<li><a href="#s${i}">${escapeXml(block.kind === 'lead' ? '' : block.heading)}</a></li>`).join('\n')}
</ul></nav>
${sections.slice(1).join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf(block: Block, i: number): string {
  if (block.kind === 'lead') return leadOf(block, i);
  return `<section aria-labelledby="s${i}">
<h2 id="s${i}">${escapeXml(block.heading)}</h2>
${bodyOf(block, i)}
</section>`;
}

/** The first lead is the page's title. */
function leadOf({ origin, text, alarms }: Extract<Block, { kind: 'lead' }>, i: number): string {
  const level = i === 0 ? 'h1' : 'h2';
  const warnings = alarms.map((alarm) => `<p class="alarm">${escapeXml(alarm)}</p>`).join('\n');
  return `<header><p class="origin">${escapeXml(origin)}</p>
<${level}>${escapeXml(text)}</${level}>
${warnings}</header>`;
}

function bodyOf(block: Exclude<Block, { kind: 'lead' }>, i: number): string {
  switch (block.kind) {
    case 'figure':
      return figureOf(block);
    case 'chain':
      return chainOf(block);
    case 'points':
      return `<ul class="points">${block.items.map(({ text, tone }) => `<li${toneClass(tone)}>${escapeXml(text)}</li>`).join('\n')}</ul>`;
    case 'table':
      return `${tableOf(block.heading, block.head, block.rows)}${block.comment === null ? '' : `<p>${escapeXml(block.comment)}</p>`}`;
    case 'notes':
      return block.items
        .map(
          ({ tone, title, where, text }) =>
            `<div class="note ${tone}"><h3>${tone === 'wrong' ? '! ' : '* '}${escapeXml(title)}${where === '' ? '' : ` <small>${escapeXml(where)}</small>`}</h3>\n<p>${escapeXml(text)}</p></div>`,
        )
        .join('\n');
    case 'bits':
      return block.headers
        .map(
          ({
            id,
            title,
            where,
            lines,
            fields,
          }) => `<h3><span class="key ${layerClass(id, 'header')}">${id}</span> ${escapeXml(title)} <small>${escapeXml(where)}</small></h3>
<div class="scroll" tabindex="0" role="region" aria-label="Bit diagram of ${escapeXml(title)}, ${escapeXml(where)}"><pre aria-hidden="true">${lines.map(escapeXml).join('\n')}</pre></div>
${tableOf(`Fields of ${title}, ${where}`, ['field', 'value'], fields)}`,
        )
        .join('\n');
    case 'bytes':
      return block.layers.map((layer) => bytesOf(layer)).join('\n');
    case 'commands':
      return block.lines
        .map(
          (line) =>
            `<div class="scroll" tabindex="0" role="region" aria-label="Command ${i}"><pre>${escapeXml(line)}</pre></div>`,
        )
        .join('\n');
  }
}

/** A table reads aloud and on a phone: one row a place. */
function chainOf({ heading, text, places }: Extract<Block, { kind: 'chain' }>): string {
  const rows = places.map(({ group, title, value, tone, before, notes }) => ({
    head: group === '' ? title : `${group} ${title}`,
    cells: [{ value, meaning: notes.length === 0 ? null : notes.join('; '), tone }, onTheWay(before)],
  }));
  return `<p>${escapeXml(text)}</p>${tableOf(heading, ['place', 'packets', 'on the way here'], rows)}`;
}

/** One cell, whatever there is to say: columns stay columns. */
function onTheWay(before: ChainPlace['before']): PageCell | null {
  if (before.length === 0) return null;
  const tone = before.find((one) => one.tone !== 'usual')?.tone ?? 'usual';
  return { value: before.map(({ text }) => text).join(', '), meaning: null, tone };
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
    const bytes = group.layers.reduce((sum, layer) => sum + shownLength(layer), 0);
    const label = sides.find(({ side }) => side === group.side)?.texts[0] ?? '';
    const items = group.layers.map(layerItem).join('\n');
    return `<div class="side" style="--n:${bytes}"><ol start="${group.layers[0]?.id ?? 1}">${items}</ol><p>${escapeXml(label)}</p></div>`;
  });
  const last = layers.at(-1);
  const total = last === undefined ? '' : `<p class="total">ends at byte ${last.offset + last.length}</p>`;
  return `<div class="frame" role="group" aria-label="${escapeXml(heading)}">${shown.join('\n')}</div>${total}`;
}

const LONGEST_SHOWN = 80;

function shownLength({ kind, length }: FigureLayer): number {
  return kind === 'header' ? length : Math.min(length, LONGEST_SHOWN);
}

function layerItem(layer: FigureLayer): string {
  const { id, title, offset, length, kind } = layer;
  const broken = shownLength(layer) < length ? ' broken' : '';
  const unit = length === 1 ? 'byte' : 'bytes';
  return `<li class="${layerClass(id, kind)}${broken}" style="--n:${shownLength(layer)}"><span class="at" aria-hidden="true">${offset}</span><b>${escapeXml(title)}</b> <span>${length}<span class="unit"> ${unit}</span><span class="away"> from byte ${offset}</span></span></li>`;
}

function tableOf(caption: string, head: readonly string[], rows: readonly PageRow[]): string {
  const heads = head.map((text) => (text === '' ? '<td></td>' : `<th scope="col">${escapeXml(text)}</th>`)).join('');
  const body = rows
    .map(({ head: name, cells }) => `<tr><th scope="row">${escapeXml(name)}</th>${cells.map(cellOf).join('')}</tr>`)
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeXml(caption)}"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${body}
</tbody></table></div>
`;
}

function cellOf(cell: PageCell | null): string {
  if (cell === null) return '<td></td>';
  const mark = cell.tone === 'wrong' ? '<strong>!</strong> ' : cell.tone === 'notable' ? '<strong>*</strong> ' : '';
  const meaning = cell.meaning === null ? '' : `<span class="meaning">${escapeXml(cell.meaning)}</span>`;
  return `<td><span class="value ${cell.tone}">${mark}${escapeXml(cell.value)}</span>${meaning}</td>`;
}

function bytesOf({ id, kind, title, facts, rows, more }: PageBytes): string {
  const lines = rows.map(
    ({ offset, hex, text }) =>
      `<tr><th scope="row">${offset}</th><td><code>${hex}</code></td><td>${escapeXml(text)}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<table class="bytes ${layerClass(id, kind)}"><thead class="away"><tr><th scope="col">byte</th><th scope="col">hexadecimal</th><th scope="col">what it is</th></tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
  return `<h3><span class="key ${layerClass(id, kind)}">${id}</span> ${escapeXml(title)} <small>${escapeXml(facts)}</small></h3>
${table}${more === null ? '' : `<p>${escapeXml(more)}</p>`}`;
}
