// A packet's bytes beside its fields: pointing at a field, or reaching it by keyboard, marks its bytes, and a byte marks its fields.
import type { Inspected, InspectedField, InspectedLayer } from '../render/explain/inspected-bytes.ts';
import { make } from './make-element.ts';

/** @param says where the marked field is told to those who do not see it */
export function byteView({ layers }: Inspected, says: HTMLElement): HTMLElement {
  const view = make('div', { className: 'inspector' });
  const fields = layers.flatMap((layer) => layer.fields.map((field) => ({ field, button: fieldButton(field) })));
  const bytes = layers.flatMap((layer) =>
    layer.bytes.map((byte, i) => ({ at: layer.from + i, button: byteButton(byte, layer.from + i, layer) })),
  );
  const isIn = (at: number, { from, to }: InspectedField): boolean => at >= from && at < to;

  function mark(isMarked: (field: InspectedField) => boolean, at: number | null): void {
    const marked = fields.filter(({ field }) => isMarked(field)).map(({ field }) => field);
    for (const { field, button } of fields) button.classList.toggle('marked', marked.includes(field));
    for (const one of bytes) {
      const isMarkedByte = one.at === at || marked.some((field) => isIn(one.at, field));
      one.button.classList.toggle('marked', isMarkedByte);
    }
    const told = marked.map(({ label, value, where }) => `${label}: ${value}, ${where}`).join('; ');
    says.textContent = told !== '' ? told : at === null ? '' : `byte ${at} is of no field`;
  }

  const lists = [
    list(
      'Fields',
      layers,
      fields.map(({ button }) => button),
      (layer) => layer.fields.length,
    ),
    list(
      'Bytes',
      layers,
      bytes.map(({ button }) => button),
      (layer) => layer.bytes.length,
    ),
  ] as const;
  view.append(...lists);
  const [ofFields, ofBytes] = lists;
  for (const { field, button } of fields)
    onPoint(button, () => {
      mark((one) => one === field, null);
      reveal(ofBytes);
    });
  for (const { at, button } of bytes)
    onPoint(button, () => {
      mark((one) => isIn(at, one), at);
      reveal(ofFields);
    });
  return view;
}

/** Scrolls the list, and nothing around it, to the first that is marked. */
function reveal(region: HTMLElement): void {
  const marked = region.querySelector<HTMLElement>('.marked');
  if (marked === null) return;
  const { offsetTop, offsetHeight } = marked;
  if (offsetTop < region.scrollTop) region.scrollTop = offsetTop;
  const over = offsetTop + offsetHeight - region.clientHeight;
  if (over > region.scrollTop) region.scrollTop = over;
}

/** The mark stays until something else is pointed at. */
function onPoint(button: HTMLElement, show: () => void): void {
  button.addEventListener('mouseenter', show);
  button.addEventListener('focus', show);
}

function fieldButton({ label, value, where }: InspectedField): HTMLButtonElement {
  const button = make('button', { className: 'field', type: 'button', tabIndex: -1 });
  button.append(make('span', { className: 'name', textContent: label }), ' ');
  button.append(make('span', { className: 'value', textContent: value }), ' ');
  button.append(make('span', { className: 'away', textContent: where }));
  return button;
}

function byteButton(byte: number, at: number, { title, hue }: InspectedLayer): HTMLButtonElement {
  const hex = byte.toString(16).padStart(2, '0');
  const button = make('button', { className: `byte ${hue}`, type: 'button', tabIndex: -1, textContent: hex });
  button.title = `byte ${at}, ${title}`;
  button.setAttribute('aria-label', `${hex}, byte ${at}, ${title}`);
  return button;
}

/** Buttons by layer, under one name. Tab reaches the list, arrow keys move in it. */
function list(
  name: 'Fields' | 'Bytes',
  layers: readonly InspectedLayer[],
  buttons: readonly HTMLButtonElement[],
  count: (layer: InspectedLayer) => number,
): HTMLElement {
  const region = make('div', { className: name.toLowerCase() });
  region.setAttribute('role', 'group');
  region.setAttribute('aria-label', `${name}; arrow keys move`);
  let next = 0;
  for (const layer of layers) {
    const heading = make('h3');
    heading.append(make('span', { className: `key ${layer.hue}`, textContent: String(layer.id) }), ` ${layer.title} `);
    heading.append(make('small', { textContent: `${layer.facts} from byte ${layer.from}` }));
    const own = buttons.slice(next, next + count(layer));
    next += own.length;
    const body = make('div', { className: 'of' });
    body.append(...own);
    if (own.length > 0 || name === 'Bytes') region.append(heading, body);
    if (name === 'Bytes' && layer.more !== '') region.append(make('p', { textContent: layer.more }));
  }
  const [first] = buttons;
  if (first !== undefined) first.tabIndex = 0;
  region.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = buttons[at + stepOf(event.key, buttons, at)];
    if (at < 0 || to === undefined || to === buttons[at]) return;
    event.preventDefault();
    for (const one of buttons) one.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
  return region;
}

/** How many buttons on; up and down go to the line above and below, wherever lines break. */
function stepOf(key: string, buttons: readonly HTMLButtonElement[], at: number): number {
  if (key === 'Home') return -at;
  if (key === 'End') return buttons.length - 1 - at;
  if (key === 'ArrowRight') return 1;
  if (key === 'ArrowLeft') return -1;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return 0;
  const step = key === 'ArrowDown' ? 1 : -1;
  const [here] = buttons.slice(at, at + 1);
  if (here === undefined) return 0;
  let line: number | null = null;
  let best: { by: number; off: number } | null = null;
  for (let i = at + step; i >= 0 && i < buttons.length; i += step) {
    const { offsetTop, offsetLeft } = buttons[i] as HTMLButtonElement;
    if (offsetTop === here.offsetTop) continue;
    line ??= offsetTop;
    if (offsetTop !== line) break;
    const off = Math.abs(offsetLeft - here.offsetLeft);
    if (best === null || off < best.off) best = { by: i - at, off };
  }
  return best?.by ?? 0;
}
