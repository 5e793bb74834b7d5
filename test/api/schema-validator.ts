// The published schemas let fields be added. Here they do not: what a schema does not describe is an error of the test.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Schema {
  $id?: string;
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  [keyword: string]: unknown;
}

export const FOLDER = 'docs/schema';

/** By the name of the file, without its ending. */
export const SCHEMAS: ReadonlyMap<string, Schema> = new Map(
  readdirSync(FOLDER).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Schema,
  ]),
);

/** One that takes what the schemas describe, and nothing else. */
export function strictValidator(): (schema: string) => ValidateFunction {
  const ajv = new Ajv2020({ allErrors: false, allowUnionTypes: true, strictTypes: false });
  for (const schema of SCHEMAS.values()) ajv.addSchema(closed(schema, false));
  return (name) => {
    const validate = ajv.getSchema(`urn:overlens:${name}:1`);
    if (validate === undefined) throw new Error(`no schema ${name}`);
    return validate as ValidateFunction;
  };
}

/**
 * The same, with every object closed: where it is described, or, of definitions that others add to, where they are used.
 * @param isDefinition what has this name is closed where it is used
 */
function closed(schema: Schema, isDefinition: boolean): Schema {
  const result: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) result[keyword] = closedPart(keyword, value);
  if (schema.$ref !== undefined) result['unevaluatedProperties'] = false;
  else if (schema.properties !== undefined && !isDefinition) result.additionalProperties = false;
  return result;
}

function closedPart(keyword: string, value: unknown): unknown {
  if (
    keyword === 'const' ||
    keyword === 'enum' ||
    keyword === 'required' ||
    typeof value !== 'object' ||
    value === null
  )
    return value;
  if (Array.isArray(value))
    return value.map((one: unknown) => (typeof one === 'object' ? closed(one as Schema, false) : one));
  if (keyword === 'properties' || keyword === '$defs')
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, closed(one as Schema, keyword === '$defs')]),
    );
  return closed(value as Schema, false);
}
