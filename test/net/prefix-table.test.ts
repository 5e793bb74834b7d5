import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cidr, cidrContains, formatCidr, networkOf, parseCidrOrIp } from '../../src/net/cidr.ts';
import { type Ip, parseIp } from '../../src/net/ip.ts';
import { createPrefixTable } from '../../src/net/prefix-table.ts';

it('prefers the most specific prefix and names the wider ones', () => {
  const table = createPrefixTable<string>();
  for (const text of ['10.48.0.130', '10.48.0.0/16', '0.0.0.0/0', '10.48.0.128/26']) {
    table.insert(parseCidrOrIp(text)!, text);
  }
  const ip = parseIp('10.48.0.130')!;
  expect(table.longest(ip)?.values).toEqual(['10.48.0.130']);
  expect(table.enclosing(ip).map((entry) => entry.values[0])).toEqual([
    '0.0.0.0/0',
    '10.48.0.0/16',
    '10.48.0.128/26',
    '10.48.0.130',
  ]);
  expect(table.enclosingCidr(parseCidrOrIp('10.48.0.128/26')!).map((entry) => formatCidr(entry.cidr))).toEqual([
    '0.0.0.0/0',
    '10.48.0.0/16',
    '10.48.0.128/26',
  ]);
});

it('keeps several values of one prefix in order', () => {
  const table = createPrefixTable<number>();
  table.insert(parseCidrOrIp('10.0.0.1/24')!, 1);
  table.insert(parseCidrOrIp('10.0.0.2/24')!, 2);
  expect(table.longest(parseIp('10.0.0.9')!)).toEqual({
    cidr: networkOf(parseCidrOrIp('10.0.0.1/24')!),
    values: [1, 2],
  });
});

it('answers nothing for an address outside every prefix', () => {
  const table = createPrefixTable<number>();
  table.insert(parseCidrOrIp('10.0.0.0/8')!, 1);
  expect(table.longest(parseIp('11.0.0.1')!)).toBeNull();
  expect(table.longest(parseIp('::a00:1')!)).toBeNull();
});

it('equals a linear scan over any prefixes of both families', () => {
  // Few distinct bits, so that prefixes nest and meet often.
  const ip4: fc.Arbitrary<Ip> = fc.integer({ min: 0, max: 63 }).map((n) => ({ family: 4, value: BigInt(n) << 24n }));
  const ip6: fc.Arbitrary<Ip> = fc.integer({ min: 0, max: 63 }).map((n) => ({ family: 6, value: BigInt(n) << 120n }));
  const ip = fc.oneof(ip4, ip6);
  const cidr: fc.Arbitrary<Cidr> = fc.tuple(ip, fc.integer({ min: 0, max: 32 })).map(([address, prefixLength]) => ({
    ...address,
    prefixLength,
  }));
  fc.assert(
    fc.property(fc.array(cidr, { maxLength: 40 }), ip, (cidrs, address) => {
      const table = createPrefixTable<number>();
      for (const [i, entry] of cidrs.entries()) table.insert(entry, i);
      const holders = cidrs.map((entry, i) => ({ entry, i })).filter(({ entry }) => cidrContains(entry, address));
      const byLength = holders.toSorted((a, b) => a.entry.prefixLength - b.entry.prefixLength || a.i - b.i);
      expect(table.enclosing(address).flatMap((entry) => entry.values)).toEqual(byLength.map(({ i }) => i));
      const longest = byLength.at(-1)?.entry.prefixLength;
      expect(table.longest(address)?.values ?? []).toEqual(
        byLength.filter(({ entry }) => entry.prefixLength === longest).map(({ i }) => i),
      );
    }),
  );
});
