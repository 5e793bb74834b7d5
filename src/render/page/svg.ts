// A page as one SVG file: no script, no network, text as text. Reads in a browser, in a document and on paper; roles
// name headings and tables for those who hear it.

import { escapeXml } from '../text/escape.ts';
import type { Block, Page } from './page-model.ts';
import { drawBlock } from './svg-blocks.ts';
import { type Canvas, COLUMNS, FONT, LINE, MARGIN, PAGE_WIDTH, paragraph, round } from './svg-canvas.ts';
import { hueRules, MONOSPACE, THEME } from './theme.ts';

const STYLE = `
${THEME}
svg{background:var(--page)}
text{font:${FONT}px ${MONOSPACE};fill:var(--ink);white-space:pre}
.page{fill:var(--page)}
.open{fill:none;stroke:var(--line);stroke-dasharray:4 3}
.strong{font-weight:700}
.soft{fill:var(--soft)}
.wrong{fill:var(--wrong);font-weight:700}
.notable{fill:var(--notable)}
.good{fill:var(--good)}
.dim{fill:var(--soft)}
${hueRules('fill')}
rect.hue{stroke:var(--line)}
line,path{stroke:var(--line);fill:none}
@media print{*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

/** The whole document. */
export function renderSvgPage(page: Page): string {
  const canvas: Canvas = { parts: [], y: MARGIN };
  for (const [i, block] of page.blocks.entries()) {
    const name = block.kind === 'lead' ? '' : ` role="group" aria-label="${escapeXml(block.heading)}"`;
    canvas.parts.push(`<g${name}>`);
    if (block.kind === 'lead') lead(canvas, block, i === 0 ? 1 : 2);
    else drawBlock(canvas, block);
    canvas.parts.push('</g>');
  }
  const height = round(canvas.y + MARGIN);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PAGE_WIDTH} ${height}" width="${PAGE_WIDTH}" height="${height}" role="document" aria-labelledby="title description" lang="en" xml:space="preserve">
<title id="title">${escapeXml(page.title)}</title>
<desc id="description">${escapeXml(page.description)}</desc>
<style>${STYLE}</style>
<rect class="page" width="100%" height="100%"/>
${canvas.parts.filter((part) => part !== '').join('\n')}
</svg>
`;
}

function lead(canvas: Canvas, { origin, text, alarms }: Extract<Block, { kind: 'lead' }>, level: number): void {
  if (level > 1) canvas.y += LINE;
  paragraph(canvas, origin, { class: 'soft' });
  paragraph(canvas, text, { class: 'strong', role: 'heading', level });
  for (const alarm of alarms) paragraph(canvas, alarm, { class: 'wrong' });
}

/** For tests: characters on a line. */
export const SVG_COLUMNS = COLUMNS;
