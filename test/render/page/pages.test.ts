// Pages made by hand: the renderers need nothing but the model.
import { describe, expect, it } from 'vitest';
import { renderHtmlPage } from '../../../src/render/page/html.ts';
import type { Block, FigureLayer, Page } from '../../../src/render/page/page-model.ts';
import { renderSvgPage } from '../../../src/render/page/svg.ts';

const layer = (id: number, title: string, offset: number, length: number, side: string): FigureLayer => ({
  id,
  title,
  short: title.slice(0, 3),
  offset,
  length,
  side,
  kind: 'header',
  hue: side === 'outer' ? 'tunnel-network' : 'own-network',
});

const BLOCKS: Record<Block['kind'], Block> = {
  lead: { kind: 'lead', origin: 'origin & place', text: 'the <lead>', alarms: ['an alarm'] },
  figure: {
    kind: 'figure',
    heading: 'the figure',
    layers: [
      layer(1, 'Ethernet', 0, 14, 'outer'),
      layer(2, 'IPv4', 14, 20, 'outer'),
      { ...layer(3, 'payload', 34, 1400, 'inner'), kind: 'payload', hue: 'rest' },
    ],
    sides: [{ side: 'outer', texts: ['the outer side'] }],
  },
  chain: {
    kind: 'chain',
    heading: 'the chain',
    text: 'what passes',
    places: [
      { group: 'here', title: 'first', value: '12', tone: 'usual', before: [], notes: [] },
      {
        group: 'there',
        title: 'second',
        value: '9',
        tone: 'wrong',
        before: [{ text: '3 <lost>', tone: 'wrong' }],
        notes: ['a remark'],
      },
    ],
  },
  points: { kind: 'points', heading: 'the points', items: [{ text: 'a "point"', tone: 'notable' }] },
  table: {
    kind: 'table',
    heading: 'the table',
    head: ['', 'column'],
    rows: [{ head: 'row', cells: [{ value: 'a value', meaning: 'a meaning', tone: 'wrong' }] }],
    comment: 'a comment',
  },
  notes: {
    kind: 'notes',
    heading: 'the notes',
    items: [{ tone: 'wrong', title: 'a note', where: 'byte 3', text: 'why' }],
  },
  bits: {
    kind: 'bits',
    heading: 'the bits',
    headers: [{ id: 2, hue: 'own-link', title: 'a header', where: 'bytes 14-33', lines: ['+-+', '|x|'], fields: [] }],
  },
  bytes: {
    kind: 'bytes',
    heading: 'the bytes',
    layers: [
      {
        id: 1,
        hue: 'own-transport',
        title: 'Ethernet',
        facts: '14 bytes',
        rows: [{ offset: 0, hex: '66 00', text: 'dst' }],
        more: 'and more',
      },
    ],
  },
  commands: { kind: 'commands', heading: 'the commands', lines: ['ip route | cat'] },
};
const page: Page = { title: 'a <title>', description: 'what it "shows"', blocks: Object.values(BLOCKS) };
const RENDERERS = { html: renderHtmlPage, svg: renderSvgPage };

describe.each(Object.entries(RENDERERS))('a page in %s', (_, render) => {
  const text = render(page);

  it('shows every text of every block, escaped', () => {
    const texts = [
      [
        'a &lt;title&gt;',
        'what it &quot;shows&quot;',
        'origin &amp; place',
        'the &lt;lead&gt;',
        'an alarm',
        'the figure',
      ],
      [
        'the outer side',
        'a &quot;point&quot;',
        'column',
        'a value',
        'a meaning',
        'a comment',
        'a note',
        'byte 3',
        'why',
      ],
      ['a header', 'bytes 14-33', '|x|', '14 bytes', '66 00', 'dst', 'and more', 'ip route | cat', 'ends at byte 1434'],
    ].flat();
    expect(texts.filter((one) => !text.includes(one))).toEqual([]);
    expect(text).not.toMatch(/<title>a <|<lead>/);
  });

  it('gives each header the colour that the page says, in figure, bit diagram and bytes', () => {
    for (const name of ['tunnel-network', 'rest', 'own-link', 'own-transport'])
      expect(text).toMatch(new RegExp(`class="[^"]*hue ${name}[ "]`));
    expect(text).not.toMatch(/class="[^"]*tunnel-header/);
  });

  it('says that its figure is to scale, and what is drawn shorter', () => {
    expect(text).toMatch(/To scale: sizes follow the bytes/);
    // wherever its lines end
    const words = text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(words).toContain('payload: drawn shorter than it is');
  });

  it('marks what is wrong with a sign, not by colour alone', () => {
    expect(text).toMatch(/! ?(<\/strong> )?(a value|a note)/);
  });

  it('is complete without blocks', () => {
    expect(render({ ...page, blocks: [] })).toMatch(/<\/(html|svg)>\n$/);
  });
});
