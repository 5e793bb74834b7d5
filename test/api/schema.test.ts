// docs/schema against what the commands print: of the samples an eighth of the outputs, in turn, of every
// eighth single case and the lab one after the other (`npm run matrix`: all).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { tarGzOf } from '../support/bundle-builder.ts';
import { everyNth, IS_WHOLE } from '../support/whole-matrix.ts';
import { CASE_WORLDS, documentsOf, OTHER_OUTPUTS, outputsOf, SAMPLE_WORLDS } from './json-outputs.ts';
import { filesIn, SAMPLE } from './sample-files.ts';
import { SCHEMAS, type Schema, strictValidator } from './schema-validator.ts';

const validator = strictValidator();

/** What is wrong with the documents that a command line prints: the first of each. */
async function wrongIn(schema: string, argv: readonly string[]): Promise<string[]> {
  const documents = await documentsOf(argv);
  const validate = validator(schema);
  const wrong = documents.filter((document) => !validate(document)).slice(0, 1);
  const words = wrong.map((document) => `overlens ${argv.join(' ')}: ${said(validate, document)}`);
  return documents.length === 0 ? [`overlens ${argv.join(' ')}: prints nothing`] : words;
}

function said(validate: ValidateFunction, document: unknown): string {
  validate(document);
  return (validate.errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}

async function allWrong(outputs: readonly (readonly [string, string[]])[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [schema, argv] of outputs) wrong.push(...(await wrongIn(schema, argv)));
  return wrong;
}

const WAIVERS = `- finding: overlay-bypassed
  reason: known
  until: 2027-01-01
`;

describe('the schemas', () => {
  it.each([...SCHEMAS])('%s is one, by the draft that it names', (name, schema) => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:overlens:${name}:1`,
    });
    expect(new Ajv2020().validateSchema(schema)).toBe(true);
  });

  it.each([...SCHEMAS])('%s describes every property, and lets fields be added', (_name, schema) => {
    const silent: string[] = [];
    walk(schema, '', (path, one) => {
      if (one.additionalProperties === false || 'unevaluatedProperties' in one) silent.push(`${path} is closed`);
      for (const [property, { description }] of Object.entries(one.properties ?? {}))
        if (description === undefined || description.length < 2) silent.push(`${path}/${property}`);
    });
    expect(silent).toEqual([]);
  });

  it('are linked from docs/output.md, all of them', () => {
    const page = readFileSync('docs/output.md', 'utf8');
    expect([...SCHEMAS.keys()].filter((name) => !page.includes(`(schema/${name}.json)`))).toEqual([]);
  });
});

function walk(schema: Schema, path: string, see: (path: string, schema: Schema) => void): void {
  see(path, schema);
  for (const [keyword, value] of Object.entries(schema)) {
    if (typeof value !== 'object' || value === null || keyword === 'const' || keyword === 'enum') continue;
    const parts =
      keyword === 'properties' || keyword === '$defs' || Array.isArray(value) ? Object.entries(value) : [['', value]];
    for (const [name, part] of parts)
      if (typeof part === 'object') walk(part as Schema, `${path}/${keyword}/${name}`, see);
  }
}

describe('what is printed is what the schemas say, every field of it', () => {
  it('of single outputs: other inputs, errors, comparisons', async () => {
    expect(await allWrong(everyNth(OTHER_OUTPUTS, 8))).toEqual([]);
  }, 120_000);

  it.each(SAMPLE_WORLDS.map((world, i) => [world.folder, world, i] as const))(
    'of %s',
    async (_folder, world, i) => {
      expect(await allWrong(outputsOf(world).filter((_, k) => IS_WHOLE || k % 8 === i % 8))).toEqual([]);
    },
    120_000,
  );

  it('of the single cases and the lab', async () => {
    const outputs = CASE_WORLDS.flatMap((world, i) =>
      outputsOf(world).filter((_, k, all) => IS_WHOLE || (i % 8 === 0 && k === (i / 8) % all.length)),
    );
    expect(outputs.length).toBeGreaterThan(10);
    expect(await allWrong(outputs)).toEqual([]);
  }, 600_000);

  it('of what only few inputs have: a bundle, waivers, a canary, a proof that is repeated', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-schema-'));
    try {
      const at = (name: string): string => join(folder, name);
      const files = Object.fromEntries(
        filesIn(SAMPLE).map(({ name, bytes }) => [name.slice(SAMPLE.length + 1), bytes]),
      );
      writeFileSync(at('bundle.tar.gz'), await tarGzOf(files));
      writeFileSync(at('waivers.yaml'), WAIVERS);
      const faulty = 'samples/04-overlay-bypassed';
      const wrong = await allWrong([
        ['trace', ['trace', at('bundle.tar.gz'), '-o', 'json']],
        ['verify', ['verify', at('bundle.tar.gz'), '-o', 'json', '-o', `json=${at('proof.json')}`]],
        ['verify', ['verify', faulty, '--waive', at('waivers.yaml'), '--canary', 'icmp', '-o', 'json']],
        ['check', ['verify', '--check', at('proof.json'), '-o', 'json']],
      ]);
      expect(wrong).toEqual([]);
      writeFileSync(at('bundle.tar.gz'), await tarGzOf({ ...files, 'topology/pods.yaml': '' }));
      expect(await allWrong([['check', ['verify', '--check', at('proof.json'), '-o', 'json']]])).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('and a field that they do not know is found', async () => {
    const [document] = (await documentsOf(OTHER_OUTPUTS.find(([schema]) => schema === 'trace')?.[1] ?? [])) as [
      Record<string, { extra?: number }[]>,
    ];
    const validate = validator('trace');
    expect(validate(document)).toBe(true);
    for (const place of ['captures', 'flows', 'inputs']) {
      const more = structuredClone(document);
      const [first] = more[place] ?? [];
      if (first !== undefined) first.extra = 1;
      expect(validate(more), place).toBe(first === undefined);
    }
    const { summary: _, ...less } = document;
    expect(validate(less)).toBe(false);
  });
});
