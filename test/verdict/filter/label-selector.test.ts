// Label selectors mean what kubectl means by them.
import { describe, expect, it } from 'vitest';
import { parseSelector, selectorFits } from '../../../src/verdict/filter/label-selector.ts';

const WEB = { app: 'web', tier: 'front', 'app.kubernetes.io/name': 'shop' };

describe('a selector', () => {
  it.each([
    ['app=web', true],
    ['app==web', true],
    ['app=db', false],
    ['app=web,tier=front', true],
    ['app=web,tier=back', false],
    ['app!=db', true],
    ['env!=test', true],
    ['app', true],
    ['!app', false],
    ['!env', true],
    ['tier in (front, back)', true],
    ['tier notin (front)', false],
    ['app=web,tier in (back,front)', true],
    ['app.kubernetes.io/name=shop', true],
    ['toString', false],
  ])('%s: %s', (text, expected) => {
    expect(selectorFits(parseSelector(text), WEB)).toBe(expected);
  });

  it.each(['', '=web', 'app=we b', 'a,,b', 'app in web'])('refuses %j', (text) => {
    expect(() => parseSelector(text)).toThrow(`-l ${text}: expected labels of pods`);
  });
});
