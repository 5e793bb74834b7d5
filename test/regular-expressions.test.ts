// Every regular expression of src is tried on texts made to lead it astray: its steps grow with the text, not with a power of it.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fastGrowth } from './support/regex-attacks.ts';
import { type RegexLiteral, regexLiterals } from './support/regex-literals.ts';

const FILES = readdirSync('src', { recursive: true })
  .map((name) => `src/${name}`.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(file, 'utf8')]));

/** Steps may grow there, and why it harms nobody. */
const EXCUSED: Readonly<Record<string, string>> = {
  '/ \\(.*\\)$/': "labels of this program's own header fields",
  [String.raw`/^\s*(?:\.{3,}|…|[[<(]\s*(?:\.{3,}|…|snip\w*|cut|truncated|output (?:cut|omitted|truncated))[^\n]{0,40}[\])>])\s*$/i`]:
    'forty steps for each dot, and no more: the text is longer than the attack',
  // names in bundles have 1024 characters at most
  [String.raw`/^sosreport-(.+)-\d{4}-\d\d-\d\d-[a-z]+(?:\.tar\S*)?$/`]: 'one name of a bundle',
  [String.raw`/^pcap\/([a-z0-9-]+)\/[a-z0-9.-]+\/([a-z0-9.-]+)_([a-z]+[0-9a-f]+)[^/]*\.pcap[^/]*$/`]:
    'one name in a bundle',
  [String.raw`/(^|[/!\\])pcap[/\\][a-z0-9-]+[/\\][a-z0-9.-]+[/\\][a-z0-9.-]+_[a-z]+[0-9a-f]+[^/\\]*\.pcap/`]:
    'one name in a bundle',
  [String.raw`/([^/!\\]*)[/!\\]$/`]: 'one name in a bundle',
  '/\\B(?=(\\d{3})+$)/g': 'digits of a number: 309 at most',
};
/** `new RegExp` in a file, and of what it is made. */
const COMPOSED: Readonly<Record<string, string>> = {
  'src/verdict/filter/label-selector.ts': 'the characters of a key, between anchors',
  'src/topology/read/paste/unprompted.ts': 'names of programs, behind an anchor',
  'src/cluster/calico/calico-profile.ts': 'a prefix of devices',
  'src/input/bundles/host-diagnostics.ts': 'names of files, behind the name of a folder',
  'src/cluster/computed-names.ts': 'a number of digits',
};

describe('the matcher that counts steps', () => {
  it.each([
    '(a+)+$',
    '\\0+$',
    '^(\\d+)*x',
    '^\\s*\\s*x',
    '^(?:-n +\\S+ +|-\\S+ +)*x',
    'a[^b]*b$',
    '(.*?)=(.*?)=(.*?)$',
  ])('finds an attack on /%s/', (pattern) => {
    expect(fastGrowth(pattern, '')).not.toBeNull();
  });

  it.each(['^\\s*(\\w+)\\s*$', 'a*b*c*', '^(?:a|bc)*$', '[^\\n]+\\n?', '^"(?:[^"\\\\]|\\\\.)*"$', '(?<!\\d)\\d*$'])(
    'finds none on /%s/',
    (pattern) => {
      expect(fastGrowth(pattern, '')).toBeNull();
    },
  );

  it('is shown every literal', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what is stepped over
    const text = ['const a = /x\\/[/]+/gi; // no /comment/', "b(`${c / d}/`, '/e/'); f = g! / h / 2;", 'return /i$/;'];
    expect(regexLiterals(text.join('\n'))).toEqual([
      { pattern: 'x\\/[/]+', flags: 'gi', line: 1 },
      { pattern: 'i$', flags: '', line: 3 },
    ]);
  });
});

describe('regular expressions of src', () => {
  const found = FILES.flatMap((file) => regexLiterals(TEXTS.get(file) ?? '').map((one) => ({ file, ...one })));
  const written = ({ pattern, flags }: RegexLiteral): string => `/${pattern}/${flags}`;

  it('take steps in proportion to the text', () => {
    expect(found.length).toBeGreaterThan(200);
    const distinct = new Map(found.map((one) => [written(one), one]));
    const astray = [...distinct].flatMap(([text, { file, line, pattern, flags }]) => {
      const growth = Object.hasOwn(EXCUSED, text) ? null : fastGrowth(pattern, flags);
      return growth === null ? [] : [`${file}:${line} ${text} on ${JSON.stringify(growth.text)}: ${growth.steps}`];
    });
    expect(astray).toEqual([]);
  });

  it('are excused by name only, as long as they are there', () => {
    const all = new Set(found.map(written));
    expect(Object.keys(EXCUSED).filter((text) => !all.has(text))).toEqual([]);
  });

  it('are composed of what is known, where they are composed', () => {
    const composed = FILES.filter((file) => TEXTS.get(file)?.includes('new RegExp('));
    expect(composed.sort()).toEqual(Object.keys(COMPOSED).sort());
  });
});
