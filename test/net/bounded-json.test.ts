import { expect, test } from 'vitest';
import { readNetConf } from '../../src/cluster/flannel/net-conf.ts';
import { DEEPEST_NESTING, parseBoundedJson } from '../../src/net/bounded-json.ts';
import { parseJson } from '../../src/topology/read/json-text.ts';
import { readWaivers } from '../../src/verdict/verify/read-waivers.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test('JSON as deep as anybody writes is parsed; brackets in texts, and closed ones, do not count', () => {
  const text = `{"a": "${'['.repeat(1000)}\\"{{", "b": [${'{},'.repeat(1000)}1]}`;
  expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  expect(parseBoundedJson(nested(DEEPEST_NESTING))).toEqual(JSON.parse(nested(DEEPEST_NESTING)));
});

test.each([nested(100_000), '['.repeat(2000), `${'{"a":'.repeat(401)}1${'}'.repeat(401)}`])(
  'JSON that is deeper is refused, wherever it comes from',
  (text) => {
    expect(() => parseBoundedJson(text)).toThrow('nested too deeply');
    const { trees, problems } = parseJson(`{"kind": "Node", "spec": ${text}}`, 'a.json', 1);
    expect({ trees: [...trees].length, problems }).toEqual({
      trees: 0,
      problems: [{ line: 1, message: expect.stringMatching(/nested too deeply|end of JSON/) }],
    });
    expect(() => readWaivers(`[{"finding": ${text}}]`, 'w.json')).toThrow(/nested too deeply|cannot be read/);
    expect(readNetConf({ 'net-conf.json': `{"Backend": ${text}}` })).toBe('net-conf.json is no JSON object');
  },
);
