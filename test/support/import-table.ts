// Who may import whom: the one place. `npm run docs` writes it into docs/architecture.md and the linter's configuration;
// test/architecture.test.ts holds the code, the page and the configuration to it. No row names one below it.

export interface ImportRow {
  /** A folder or file of src/; a folder inside another one is held to its own row. */
  place: string;
  /** Places whose values and types it may import. */
  values: readonly string[];
  /** Places of which it may import types only. */
  types?: readonly string[];
}

export const IMPORT_TABLE: readonly ImportRow[] = [
  { place: 'errors.ts', values: [] },
  { place: 'net', values: [] },
  { place: 'wire', values: [] },
  { place: 'cluster', values: ['net'] },
  { place: 'store', values: [] },
  { place: 'bytes', values: ['errors.ts'] },
  { place: 'capture', values: ['bytes', 'store', 'net', 'errors.ts'] },
  { place: 'decode', values: ['wire'], types: ['capture'] },
  { place: 'decode/view', values: ['decode', 'cluster', 'wire', 'net'] },
  { place: 'flow', values: ['decode', 'decode/view', 'capture', 'store', 'wire', 'net', 'errors.ts'] },
  { place: 'pipeline', values: ['flow', 'decode', 'capture', 'store', 'bytes', 'errors.ts'] },
  { place: 'topology', values: ['cluster', 'net', 'errors.ts'] },
  { place: 'input', values: ['topology', 'bytes', 'cluster', 'net', 'errors.ts'], types: ['capture'] },
  { place: 'attribution', values: ['topology', 'flow', 'decode', 'cluster', 'wire', 'net'], types: ['capture'] },
  {
    place: 'verdict',
    values: ['attribution', 'topology', 'flow', 'cluster', 'net', 'errors.ts'],
    types: ['capture'],
  },
  {
    place: 'packets',
    values: [
      'verdict',
      'attribution',
      'flow',
      'decode',
      'decode/view',
      'capture',
      'bytes',
      'cluster',
      'wire',
      'net',
      'errors.ts',
    ],
    types: ['topology'],
  },
  {
    place: 'path',
    values: ['packets', 'attribution', 'flow', 'decode', 'cluster', 'wire', 'net', 'store'],
    types: ['verdict'],
  },
  {
    place: 'explain',
    values: [
      'path',
      'packets',
      'verdict',
      'attribution',
      'topology',
      'flow',
      'decode',
      'decode/view',
      'cluster',
      'wire',
      'net',
      'errors.ts',
    ],
    types: ['capture'],
  },
  { place: 'quiz', values: ['explain', 'verdict', 'cluster', 'net'], types: ['topology'] },
  { place: 'render/text', values: ['attribution'], types: ['verdict'] },
  { place: 'render/page', values: ['render/text'] },
  {
    place: 'render',
    values: ['render/text', 'render/page', 'verdict', 'attribution', 'decode', 'decode/view', 'cluster', 'wire', 'net'],
    types: ['path', 'explain', 'quiz', 'topology'],
  },
  {
    place: 'export',
    values: [
      'packets',
      'verdict',
      'attribution',
      'topology',
      'flow',
      'decode',
      'capture',
      'cluster',
      'wire',
      'net',
      'errors.ts',
    ],
  },
  {
    place: 'trace.ts',
    values: ['verdict', 'attribution', 'pipeline', 'flow', 'capture', 'bytes'],
    types: ['decode', 'topology'],
  },
  {
    place: 'follow-trace.ts',
    values: ['trace.ts', 'pipeline', 'flow', 'capture', 'errors.ts'],
    types: ['bytes', 'verdict'],
  },
  {
    place: 'api',
    values: [
      'trace.ts',
      'explain',
      'path',
      'packets',
      'attribution',
      'input',
      'decode',
      'decode/view',
      'bytes',
      'net',
      'errors.ts',
    ],
    types: ['verdict', 'topology'],
  },
  {
    place: 'index.ts',
    values: ['api', 'render', 'verdict', 'topology', 'decode', 'decode/view', 'capture', 'bytes', 'errors.ts'],
    types: ['explain', 'path', 'attribution', 'input'],
  },
  {
    place: 'browser',
    values: ['api', 'render', 'render/page', 'render/text', 'explain', 'bytes', 'errors.ts'],
    types: ['capture', 'verdict', 'topology'],
  },
  { place: 'cli', values: ['everything'] },
];

const ROWS = new Map(IMPORT_TABLE.map((row) => [row.place, row]));

/** The row a file of src/ is held to: `decode/view` for src/decode/view/diagram.ts, `trace.ts` for src/trace.ts. */
export function placeOf(file: string): string {
  const parts = file.replace(/^src\//, '').split('/');
  for (let length = parts.length; length > 0; length--) {
    const place = parts.slice(0, length).join('/');
    if (ROWS.has(place)) return place;
  }
  return parts[0] ?? '';
}

export function mayImport(from: string, to: string, isType: boolean): boolean {
  const row = ROWS.get(from);
  if (from === to || row?.values.includes('everything')) return true;
  return row !== undefined && (row.values.includes(to) || (isType && (row.types?.includes(to) ?? false)));
}

/** The table of docs/architecture.md. */
function importTableText(): string {
  const named = (place: string): string => `\`${place}${place.endsWith('.ts') ? '' : '/'}\``;
  const cell = ({ values, types = [] }: ImportRow): string => {
    if (values.includes('everything')) return 'everything';
    const all = [...values.map(named), ...types.map((place) => `${named(place)} (types)`)];
    return all.length === 0 ? 'nothing' : all.join(', ');
  };
  const rows = IMPORT_TABLE.map((row) => `| ${named(row.place)} | ${cell(row)} |`);
  return ['| folder | may import |', '| --- | --- |', ...rows].join('\n');
}

/** The linter's overrides, one line a folder. It knows no types, so what is allowed for types only is left to the test. */
function linterOverrides(): string {
  const folders = IMPORT_TABLE.filter(({ place, values }) => !place.endsWith('.ts') && !values.includes('everything'));
  return folders.map((row) => `    ${JSON.stringify(overrideOf(row))}`).join(',\n');
}

function overrideOf({ place, values, types = [] }: ImportRow): object {
  const allowed = new Set([place, ...values, ...types]);
  // a folder inside an allowed one cannot be forbidden apart from it, nor the folder around an allowed one
  const touches = (other: string): boolean =>
    [...allowed].some((one) => one.startsWith(`${other}/`) || other.startsWith(`${one}/`));
  const forbidden = IMPORT_TABLE.map((row) => row.place).filter((other) => !allowed.has(other) && !touches(other));
  const group = forbidden.map((other) => (other.endsWith('.ts') ? `**/${other}` : `**/${other}/**`));
  const rule = { level: 'error', options: { patterns: [{ group }] } };
  return { includes: [`src/${place}/**`], linter: { rules: { style: { noRestrictedImports: rule } } } };
}

/** The page of the architecture with the table as it is now. */
export function withImportTable(page: string): string {
  const [begin, end] = ['<!-- begin of the import table: npm run docs -->', '<!-- end of the import table -->'];
  return replaceBetween(page, begin, end, importTableText());
}

/** The linter's configuration with the overrides as they are now. */
export function withLinterOverrides(configuration: string): string {
  const [begin, end] = ['// begin of the import table', '    // end of the import table'];
  return replaceBetween(configuration, begin, end, linterOverrides());
}

function replaceBetween(text: string, begin: string, end: string, by: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no "${begin}" before "${end}"`);
  return `${text.slice(0, from + begin.length)}\n${by}\n${text.slice(to)}`;
}
