import { describe, expect, it } from 'vitest';
import { fileId, fileSize } from '../../src/bytes/open-file.ts';

describe('a name with a zero byte, as damaged archives have them', () => {
  it('is that of no file', () => {
    expect(fileSize('bundle.zip!a\0b')).toBeNull();
    expect(fileId('\0')).toBeNull();
  });
});
