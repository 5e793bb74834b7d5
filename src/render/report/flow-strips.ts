// When what was seen: for each encapsulation a strip of how many flows were going on, from the captures' beginning to their end.
import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { Trace, Verdict } from '../../verdict/trace-types.ts';
import { escapeXml } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { encapsulationName } from '../trace/rows/pair-rows.ts';

const SLICES = 72;
const [WIDTH, LABEL, STRIP, GAP, MARKS, LEAST_APART] = [720, 90, 44, 10, 18, 24] as const;
const STATE: Readonly<Record<Verdict, 'ok' | 'wrong' | 'undecided'>> = {
  ok: 'ok',
  violation: 'wrong',
  unverifiable: 'undecided',
};

type Slice = Record<'ok' | 'wrong' | 'undecided', number>;

/**
 * An SVG element; null where packets have no times, or all the same.
 * @param marks times that are numbered, from 1 on; what lies outside is not drawn
 */
export function timeline(
  trace: Trace,
  begin: number | null,
  end: number | null,
  marks: readonly number[] = [],
): string | null {
  if (begin === null || end === null || end <= begin) return null;
  const strips = new Map<string, Slice[]>();
  const sliceOf = (time: number): number =>
    Math.max(0, Math.min(SLICES - 1, Math.floor(((time - begin) / (end - begin)) * SLICES)));
  for (const flow of flowBriefs(trace)) {
    const { first, last } = flow.span();
    if (Number.isNaN(first)) continue;
    const name = encapsulationName(flow);
    const strip = strips.get(name) ?? Array.from({ length: SLICES }, () => ({ ok: 0, wrong: 0, undecided: 0 }));
    strips.set(name, strip);
    for (let i = sliceOf(first); i <= sliceOf(last); i++) (strip[i] as Slice)[STATE[flow.verdict]]++;
  }
  if (strips.size === 0) return null;
  const most = Math.max(...[...strips.values()].flat().map(({ ok, wrong, undecided }) => ok + wrong + undecided));
  const top = marks.length === 0 ? 0 : MARKS;
  const height = top + strips.size * (STRIP + GAP) + 24;
  const drawn = [...strips].map(([name, strip], i) => stripOf(name, strip, { y: top + i * (STRIP + GAP), most }));
  const placed = marksOf(
    marks.map((time) => (time - begin) / (end - begin)),
    height - 22,
  );
  const [from, to] = [begin, end].map((time) => new Date(time).toISOString().slice(11, 23));
  const said = [...strips].map(([name, strip]) => `${name}: at most ${formatCount(mostOf(strip), 'flow')} at a time`);
  return `<svg class="strip" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(`Flows over time. ${said.join('; ')}`)}">
${drawn.join('\n')}
${placed.join('\n')}
<text x="${LABEL}" y="${height - 6}">${from} UTC</text>
<text x="${WIDTH}" y="${height - 6}" text-anchor="end">${to} UTC</text>
</svg>`;
}

/** Lines through all strips, their numbers above: those that would stand on each other share one. */
function marksOf(shares: readonly number[], bottom: number): string[] {
  const marks: { x: number; first: number; last: number }[] = [];
  for (const [i, share] of shares.entries()) {
    if (share < 0 || share > 1) continue;
    const x = round(LABEL + share * (WIDTH - LABEL));
    const before = marks.at(-1);
    if (before !== undefined && x - before.x < LEAST_APART) before.last = i + 1;
    else marks.push({ x, first: i + 1, last: i + 1 });
  }
  return marks.map(({ x, first, last }) => {
    const text = first === last ? String(first) : `${first}-${last}`;
    const anchor = x > WIDTH - LEAST_APART ? 'end' : 'middle';
    return `<g class="mark"><path d="M${x} 14V${bottom}"/><text x="${x}" y="11" text-anchor="${anchor}">${text}</text></g>`;
  });
}

function mostOf(strip: readonly Slice[]): number {
  return Math.max(...strip.map(({ ok, wrong, undecided }) => ok + wrong + undecided));
}

function stripOf(name: string, strip: readonly Slice[], { y, most }: { y: number; most: number }): string {
  const width = (WIDTH - LABEL) / SLICES;
  const bars = strip.flatMap((slice, i) => {
    let base = y + STRIP;
    return (['ok', 'undecided', 'wrong'] as const).flatMap((state) => {
      if (slice[state] === 0) return [];
      const height = Math.max(1.5, (slice[state] / most) * STRIP);
      base -= height;
      const title = `${formatCount(slice[state], 'flow')} ${state === 'ok' ? 'as configured' : state}`;
      return [
        `<rect class="${state}" x="${round(LABEL + i * width)}" y="${round(base)}" width="${round(width - 0.6)}" height="${round(height)}"><title>${title}</title></rect>`,
      ];
    });
  });
  return `<g><text x="0" y="${y + STRIP - 4}">${escapeXml(name)}</text>${bars.join('')}<path d="M${LABEL} ${y + STRIP}H${WIDTH}" stroke="currentColor" stroke-width=".5" opacity=".5"/></g>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
