// What each file of the profile holds, in the syntax of Wireshark's User's Guide ("Files and Folders"); tshark 4.0 loads it without a word.
import { expect, it } from 'vitest';
import { profileFiles } from '../../../src/export/wireshark/profile-files.ts';

const CONTENT = {
  addresses: [{ what: '10.48.0.1', name: 'shop/cart' }],
  macs: [{ what: '02:00:00:00:00:01', name: 'worker1' }],
  networks: [{ what: '10.48.0.0/24', name: 'default' }],
  vxlanPorts: [4789, 8472],
};
const FILES = new Map(profileFiles(CONTENT).map(({ name, text }) => [name, text]));

it('holds names as address, blank and name', () => {
  expect(FILES.get('hosts')).toBe('10.48.0.1\tshop/cart\n');
  expect(FILES.get('ethers')).toBe('02:00:00:00:00:01\tworker1\n');
  expect(FILES.get('subnets')).toBe('10.48.0.0/24\tdefault\n');
});

it('decodes VXLAN on every other port than the one that Wireshark knows', () => {
  expect(FILES.get('decode_as_entries')).toBe('decode_as_entry: udp.port,8472,(none),VXLAN\n');
});

it('colours violations before all else; a line is @name@filter@[background][foreground]', () => {
  const lines = (FILES.get('colorfilters') ?? '').trimEnd().split('\n');
  for (const line of lines)
    expect(line).toMatch(/^@[^@]+@[^@]+@\[\d{1,5},\d{1,5},\d{1,5}\]\[\d{1,5},\d{1,5},\d{1,5}\]$/);
  expect(lines[0]).toContain('@frame.comment contains "overlens: VIOLATION"@');
});

it('quotes the fields of its buttons, with codes for quotes inside', () => {
  const [first = ''] = (FILES.get('dfilter_buttons') ?? '').split('\n');
  expect(first).toBe(
    '"TRUE","Violations","frame.comment contains \\x22overlens: VIOLATION\\x22","packets of flows that overlens calls wrong"',
  );
});

it('asks nobody on the network for names', () => {
  expect(FILES.get('preferences')).toContain('nameres.use_external_name_resolver: FALSE\n');
});
