// The examples of Calico's reference ("Selectors"), and what labels that are not known leave open.
import { describe, expect, it } from 'vitest';
import { createSelects, parseSelector } from '../../../src/topology/policies/selector.ts';

const labels: Record<string, string> = { app: 'web', tier: 'frontend', 'app.kubernetes.io/name': 'shop-web' };
const known = (key: string): string | null | undefined => labels[key] ?? null;
const unknown: typeof known = (key: string) => (key === 'zone' ? undefined : known(key));
const says = (text: string, source = known) => createSelects()(text, source);

describe('a selector', () => {
  it.each([
    ['', true],
    ['all()', true],
    ['global()', false],
    ["app == 'web'", true],
    ['app == "web" && tier != "backend"', true],
    ["zone != 'a'", true],
    ["zone == 'a'", false],
    ['has(app)', true],
    ['!has(zone)', true],
    ["app in {'db', 'web'}", true],
    ["app not in { 'db' }", true],
    ["zone not in {'a'}", true],
    ["tier contains 'front' && tier starts with 'fr' && tier ends with 'end'", true],
    ["app.kubernetes.io/name == 'shop-web'", true],
    ["!(app == 'web' || has(zone))", false],
    ["app == 'db' || tier == 'frontend' && has(app)", true],
  ])('%s', (text, expected) => {
    expect(says(text)).toBe(expected);
  });

  it('leaves open what hangs on a label that is not known', () => {
    expect(says("zone == 'a'", unknown)).toBeNull();
    expect(says("zone == 'a' || app == 'web'", unknown)).toBe(true);
    expect(says("zone == 'a' && app == 'db'", unknown)).toBe(false);
    expect(says('!has(zone)', unknown)).toBeNull();
  });

  it.each([
    "app = 'web'",
    'app ==',
    "app in {'a'",
    'has(',
    "== 'a'",
    "app == 'a' &&",
    "a == 'b' c",
    '$',
    `${'('.repeat(200)}all()${')'.repeat(200)}`,
  ])('is not understood: %s', (text) => {
    expect(parseSelector(text)).toBeNull();
    expect(says(text)).toBeNull();
  });
});
