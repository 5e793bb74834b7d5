// How much of what can be combined is tried: all of it in `npm run matrix`, a share in `npm test`.

/** Everything with everything, and what is seldom done: minutes. */
export const IS_WHOLE = process.env['OVERLENS_MATRIX'] === 'whole';

/** Each `n`th of them, beginning with the first; all in `npm run matrix`. */
export function everyNth<Item>(items: readonly Item[], n: number): Item[] {
  return items.filter((_, i) => IS_WHOLE || i % n === 0);
}
