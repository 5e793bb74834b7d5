// Colours and type of the SVG and HTML pages: light, dark by the reader's preference, light again on paper. Every text has a
// contrast of at least 4.5 to 1 with what is behind it (WCAG 2.2, 1.4.3); a test measures it.

/** How many layer colours there are; they repeat. */
export const LAYER_COLORS = 6;

const LIGHT = `
  --page:#ffffff; --ink:#1b1f24; --soft:#57606a; --line:#8c959f; --panel:#f3f5f7;
  --wrong:#b3121d; --notable:#7a4d00; --good:#116329;
  --layer1:#cfe5fb; --layer2:#fde3b6; --layer3:#d3efc6; --layer4:#f3d2ee; --layer5:#dcd8fb; --layer6:#c8ece7; --rest:#e6e8eb;`;

const DARK = `
  --page:#14181d; --ink:#e9edf1; --soft:#a7b1bc; --line:#66707b; --panel:#1e242b;
  --wrong:#ff9b93; --notable:#f2c063; --good:#7fd68d;
  --layer1:#143f62; --layer2:#5b3d05; --layer3:#23501a; --layer4:#5a2453; --layer5:#3b3379; --layer6:#0f4d48; --rest:#343b44;`;

/** Custom properties on the root element, for all three. */
export const THEME = `:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
`;

export const MONOSPACE = `"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono","Courier New",monospace`;

/** The colour class of a layer. */
export function layerClass(id: number, kind: string): string {
  return kind === 'header' ? `l${((id - 1) % LAYER_COLORS) + 1}` : 'rest';
}
