// The row table: numbers are dense, names are tshark's, and every number leads to its own row.
import { describe, expect, it } from 'vitest';
import { CATALOG, lookupProtocol } from '../../src/wire/catalog.ts';
import {
  byNumber,
  PROTOCOL,
  PROTOCOLS,
  type ProtocolKey,
  type ProtocolRow,
  protocolRow,
  protocolsThat,
} from '../../src/wire/protocols.ts';

const KEYS = Object.keys(PROTOCOL) as ProtocolKey[];
const ROWS = Object.entries<ProtocolRow>(PROTOCOLS);

describe('PROTOCOLS', () => {
  it('has numbers without gaps, so that tables by number have none', () => {
    expect(Object.values(PROTOCOL).sort((a, b) => a - b)).toEqual(KEYS.map((_, number) => number));
  });

  it.each(KEYS)('%s leads from its number to its row', (key) => {
    expect(protocolRow(PROTOCOL[key])).toBe(PROTOCOLS[key]);
  });

  it('takes a number that nobody has for bytes of an unknown protocol', () => {
    expect(protocolRow(200)).toBe(PROTOCOLS.data);
  });

  it('gives one tunnel kind to each header that opens a tunnel', () => {
    const tunnels = ROWS.filter(([, row]) => row.tunnel !== null).map(([key, row]) => [key, row.tunnel]);
    expect(Object.fromEntries(tunnels)).toEqual({
      ipv4: 'ipip',
      ipv6: 'ipip',
      vxlan: 'vxlan',
      geneve: 'geneve',
      gre: 'gre',
      wireguard: 'wireguard',
    });
  });

  it('names every protocol once, but for both Linux cooked versions and what has no name', () => {
    const names = ROWS.map(([, row]) => row.name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual(['sll']);
  });

  it('calls truncation faults by their own code', () => {
    const codes = ROWS.flatMap(([, { cut }]) => (cut === null ? [] : [cut.code]));
    expect(codes.filter((code) => !/^[a-z0-9-]+-truncated$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('has a page for every header but those that share one', () => {
    const bare = ROWS.filter(([, { layout }]) => layout.header !== null && layout.pages.length === 0);
    expect(bare.map(([key]) => key)).toEqual(['sll']);
  });
});

describe('the types', () => {
  it('do not take a table that lacks a protocol, nor a row that lacks a field', () => {
    const { mpls, ...lacking } = PROTOCOLS;
    const { tunnel, ...shorter } = mpls;
    // @ts-expect-error: there is no row for mpls
    const table: Record<ProtocolKey, ProtocolRow> = lacking;
    // @ts-expect-error: there is no tunnel kind
    const row: ProtocolRow = shorter;
    expect([Object.keys(table).length, row.name, tunnel]).toEqual([KEYS.length - 1, 'mpls', null]);
  });
});

describe('tables by number', () => {
  it('hold what is said of each protocol at its number', () => {
    const keys = byNumber(Object.fromEntries(KEYS.map((key) => [key, key])) as Record<ProtocolKey, string>);
    expect(KEYS.filter((key) => keys[PROTOCOL[key]] !== key)).toEqual([]);
  });

  it('mark what is asked for', () => {
    const network = protocolsThat((row) => row.place === 'network');
    expect(KEYS.filter((key) => network[PROTOCOL[key]] === 1)).toEqual(['ipv4', 'ipv6']);
  });
});

describe('CATALOG', () => {
  it('has each page once, found by name and by title in any case', () => {
    expect(new Set(CATALOG.map((page) => page.protocol)).size).toBe(CATALOG.length);
    expect(lookupProtocol('MPLS')).toBe(lookupProtocol('mpls label'));
    expect(lookupProtocol('pppoe')?.protocol).toBe('pppoes');
    expect(lookupProtocol('nothing')).toBeNull();
  });
});
