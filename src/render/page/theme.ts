// Colours and type of the SVG and HTML pages: light, dark by the reader's preference, light again on paper. Every text has a
// contrast of at least 4.5 to 1 with what is behind it (WCAG 2.2, 1.4.3); a test measures it.

/**
 * Colours of pieces of a frame, by whose they are: cold ones for the headers of the packet itself, warm ones for those of a tunnel around
 * it, one for packets that are neither, one for what is no header.
 */
export const HUES = [
  'own-link',
  'own-network',
  'own-transport',
  'tunnel-link',
  'tunnel-network',
  'tunnel-transport',
  'tunnel-header',
  'other',
  'rest',
] as const;
export type Hue = (typeof HUES)[number];

const LIGHT = `
  --page:#ffffff; --ink:#1b1f24; --soft:#57606a; --line:#8c959f; --panel:#f3f5f7;
  --wrong:#b3121d; --notable:#7a4d00; --good:#116329;
  --own-link:#dcd8fb; --own-network:#cfe5fb; --own-transport:#c8ece7;
  --tunnel-link:#f3d2ee; --tunnel-network:#fde3b6; --tunnel-transport:#fbd6c4; --tunnel-header:#f5efad;
  --other:#d3efc6; --rest:#e6e8eb;`;

const DARK = `
  --page:#14181d; --ink:#e9edf1; --soft:#a7b1bc; --line:#66707b; --panel:#1e242b;
  --wrong:#ff9b93; --notable:#f2c063; --good:#7fd68d;
  --own-link:#3b3379; --own-network:#143f62; --own-transport:#0f4d48;
  --tunnel-link:#5a2453; --tunnel-network:#5b3d05; --tunnel-transport:#662c1a; --tunnel-header:#4f4a08;
  --other:#23501a; --rest:#343b44;`;

/** Custom properties on the root element, for all three. */
export const THEME = `:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
`;

export const MONOSPACE = `"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono","Courier New",monospace`;

/** The classes of what has a hue. */
export function hueClass(hue: Hue): string {
  return `hue ${hue}`;
}

/** Rules that give each of them its colour. */
export function hueRules(property: 'background' | 'fill'): string {
  return HUES.map((hue) => `.${hue}{${property}:var(--${hue})}`).join('');
}
