// Which names are those of pieces of one capture.
import { describe, expect, it } from 'vitest';
import { pieceName } from '../../../../src/attribution/points/pieces/piece-names.ts';

const exact = (...paths: string[]): number => new Set(paths.map((path) => pieceName(path).exact)).size;
const alike = (...paths: string[]): number => new Set(paths.map((path) => pieceName(path).alike)).size;

describe('names of pieces', () => {
  it('tcpdump -C and -W count behind the ending', () => {
    expect(exact('/d/x.pcap', '/d/x.pcap1', '/d/x.pcap12', '/d/x.pcap00.gz')).toBe(1);
    expect(exact('/d/cap', '/d/cap1', '/d/cap2')).toBe(1);
  });

  it('dumpcap -b and editcap -c count and date before it', () => {
    expect(exact('ens5_00000_20261122082950.pcap', 'ens5_00001_20261122083001.pcap', 'ens5_00002.pcap')).toBe(1);
    expect(exact('worker1_00001_20261122082950.pcap', 'worker2_00001_20261122082950.pcap')).toBe(2);
  });

  it('tcpdump -G dates as it is told', () => {
    expect(exact('n-20261122-082950.pcap', 'n-20261122-083050.pcap')).toBe(1);
    expect(exact('n-2026-11-22T08:29:50Z.pcap', 'n-2026-11-22T08:30:50Z.pcap')).toBe(1);
  });

  it('are alike up to digits, in one folder', () => {
    expect(alike('/d/part1-x.pcap', '/d/part22-x.pcap')).toBe(1);
    expect(alike('/d/x1.pcap', '/e/x1.pcap')).toBe(2);
    expect(alike('/d/first.pcap', '/d/second.pcap')).toBe(2);
  });
});
