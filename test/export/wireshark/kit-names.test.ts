import { expect, it } from 'vitest';
import { annotatedNames } from '../../../src/export/wireshark/kit-names.ts';

it('a capture keeps its name, without the endings that said what it was', () => {
  expect(annotatedNames(['a/n1-ens5.pcap', 'b.pcapng.zst', 'tcpdump.cap.gz', '-', 'odd'])).toEqual([
    'n1-ens5.overlens.pcapng',
    'b.overlens.pcapng',
    'tcpdump.overlens.pcapng',
    'stdin.overlens.pcapng',
    'odd.overlens.pcapng',
  ]);
});

it('names that would be alike have their folder in them, whatever the case, and else a number', () => {
  expect(annotatedNames(['n1/eth0.pcap', 'n2/ETH0.pcap', 'b.tar.gz!n1/eth0.pcap'])).toEqual([
    'n1-eth0.overlens.pcapng',
    'n2-ETH0.overlens.pcapng',
    'n1-eth0-2.overlens.pcapng',
  ]);
});

it('no name leaves the folder, hides or holds what a shell or a file system takes for more', () => {
  const names = annotatedNames([
    '../..',
    'x/.hidden.pcap',
    '-rf.pcap',
    'a b$(c)\n.pcap',
    'ü/ß.pcap',
    `${'n'.repeat(400)}.pcap`,
  ]);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._+=@-]*\.overlens\.pcapng$/);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThan(255);
  expect(new Set(names).size).toBe(names.length);
});
