// Files that were dropped together or one after the other, and what of them is an input by itself.
import { describe, expect, it } from 'vitest';
import { chosenFiles } from '../../src/browser/chosen-files.ts';

const file = (name: string, text: string, lastModified = 1) => ({
  name,
  content: new File([text], name, { lastModified }),
});

describe('chosen files', () => {
  it('are inputs by themselves, and those of a folder one input, in order of names', () => {
    const chosen = chosenFiles();
    chosen.add([file('worker1.pcap', 'abc'), file('topology/pods.yaml', 'de'), file('topology/n1/ip-route.txt', 'f')]);
    expect(chosen.inputs()).toEqual(['topology', 'worker1.pcap']);
    expect(chosen.sizeOf('topology')).toBe(3);
    chosen.remove('topology');
    expect([...chosen.files.keys()]).toEqual(['worker1.pcap']);
  });

  it('take the place of themselves when they are given again', () => {
    const chosen = chosenFiles();
    chosen.add([file('a.pcap', 'abc'), file('topology/pods.yaml', 'de')]);
    chosen.add([file('a.pcap', 'abc'), file('topology/pods.yaml', 'de'), file('topology/nodes.yaml', 'f')]);
    expect([...chosen.files.keys()].sort()).toEqual(['a.pcap', 'topology/nodes.yaml', 'topology/pods.yaml']);
  });

  it('that share a name, and are not the same, are told apart by a number', () => {
    const chosen = chosenFiles();
    chosen.add([file('a.pcap.gz', 'abc'), file('topology/pods.yaml', 'de')]);
    chosen.add([
      file('a.pcap.gz', 'abcd'),
      file('topology/pods.yaml', 'other', 2),
      file('topology/n1/ip-link.txt', 'f'),
    ]);
    chosen.add([file('topology', 'a file of that name')]);
    expect([...chosen.files.keys()].sort()).toEqual([
      'a (2).pcap.gz',
      'a.pcap.gz',
      'topology (2)/n1/ip-link.txt',
      'topology (2)/pods.yaml',
      'topology (3)',
      'topology/pods.yaml',
    ]);
  });
});
