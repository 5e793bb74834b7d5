import { describe, expect, it } from 'vitest';
import { sentenceCase } from '../../src/net/sentence-case.ts';

describe('a text that begins a sentence', () => {
  it('gets a capital where it begins with a plain word', () => {
    expect(sentenceCase('the pod is gone')).toBe('The pod is gone');
    expect(sentenceCase('lost')).toBe('Lost');
  });

  it('keeps the spelling of a name and of an address in front', () => {
    for (const text of ['ip-10-0-1-20 changed', 'shop/web answers', 'worker1: no route', 'fd00::1 answers', ''])
      expect(sentenceCase(text)).toBe(text);
  });
});
