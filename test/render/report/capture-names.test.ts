import { expect, it } from 'vitest';
import { captureNames } from '../../../src/render/report/capture-names.ts';

const names = (...paths: string[]): string[] => [...captureNames(paths).values()];

it('captures with one name are told apart by their folders, others keep their names', () => {
  expect(names('x/case/n1.pcap', 'x/case/slow/n1.pcap', 'x/case/slow/n2.pcap')).toEqual([
    'n1.pcap',
    'slow/n1.pcap',
    'n2.pcap',
  ]);
  expect(names('/a/b/n1.pcap', '/a/bc/n1.pcap')).toEqual(['b/n1.pcap', 'bc/n1.pcap']);
  expect(names('/a/n1.pcap')).toEqual(['n1.pcap']);
  expect(names('n1.pcap', 'a/n1.pcap')).toEqual(['n1.pcap', 'a/n1.pcap']);
});

it('a folder is no more trusted than a file', () => {
  expect(names('a\u202e/n.pcap', 'b/n.pcap').join()).not.toContain('\u202e');
});
