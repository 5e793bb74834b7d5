// Questions asked of a page inside the browser, as source texts (the tests' own code knows no DOM).

/** Every piece of visible text as a box: one per line of text. */
const BOXES = `
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent || parent.closest('style,title,desc,script,.away')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects())
      if (r.width > 0 && r.height > 0) boxes.push({ text: node.data.trim().slice(0, 40), parent, l: r.left, r: r.right, t: r.top, b: r.bottom });
  }`;

/** Pairs of texts whose boxes share more than a sliver. Preformatted pictures are one text each. */
export const OVERLAPS = `(() => { ${BOXES}
  boxes.sort((a, b) => a.t - b.t);
  const found = [];
  for (let i = 0; i < boxes.length; i++)
    for (let k = i + 1; k < boxes.length && boxes[k].t < boxes[i].b; k++) {
      const a = boxes[i], b = boxes[k];
      const wide = Math.min(a.r, b.r) - Math.max(a.l, b.l), high = Math.min(a.b, b.b) - Math.max(a.t, b.t);
      if (wide > 1.5 && high > 5 && a.parent.closest('pre') === null) found.push(a.text + ' | ' + b.text);
    }
  return found.slice(0, 5); })()`;

/** The page itself wider than the window, texts that leave their own box or the page, and boxes that clip. */
export const OVERFLOWS = `(() => { ${BOXES}
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  for (const { text, parent, l, r } of boxes) {
    if (parent.closest('.scroll') && getComputedStyle(parent.closest('.scroll')).overflowX === 'auto') continue;
    const holder = parent.closest('li,td,th,p,h1,h2,h3,svg') ?? document.body;
    const h = holder.getBoundingClientRect();
    if (l < h.left - 1 || r > h.right + 1) found.push(text + ' leaves ' + holder.tagName);
  }
  for (const rect of document.querySelectorAll('svg rect.l1,svg rect.l2,svg rect.l3,svg rect.l4,svg rect.l5,svg rect.l6,svg rect.rest')) {
    const q = rect.getBoundingClientRect();
    for (const { text, l, r, t, b } of boxes)
      if ((t + b) / 2 > q.top && (t + b) / 2 < q.bottom && l < q.right - 1 && r > q.right + 1 && l > q.left - 1) found.push(text + ' leaves its box');
  }
  return found.slice(0, 5); })()`;

/** Texts with less contrast than asked for, with colours and ratio: what is behind them is the nearest painted box. */
export const CONTRAST = `(least) => { ${BOXES}
  const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => { const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const behind = ({ parent, l, r, t, b }) => {
    const svg = parent.closest('svg');
    if (svg) {
      const x = (l + r) / 2, y = (t + b) / 2;
      const rects = [...svg.querySelectorAll('rect')].filter((e) => { const q = e.getBoundingClientRect(); return q.left <= x && x <= q.right && q.top <= y && y <= q.bottom; });
      if (rects.length > 0) return parse(getComputedStyle(rects.at(-1)).fill);
    }
    for (let e = parent; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
    return [255, 255, 255];
  };
  const found = new Set();
  for (const box of boxes) {
    const style = getComputedStyle(box.parent);
    const ink = parse(box.parent.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(box))].sort((p, q) => q - p);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) found.add(box.text + ' ' + ratio.toFixed(2));
  }
  return [...found].slice(0, 5); }`;
