// Names shorter for a terminal: the workload's name is never what is cut.
import { describe, expect, it } from 'vitest';
import { createNameFitter } from '../../../src/render/text/endpoint-names.ts';
import { NAMINGS, NameWidths, sharedNamespace, shortName, workloadName } from '../../../src/render/text/short-names.ts';
import { textWidth } from '../../../src/render/text/text-width.ts';

const WHOLE = 'yaobank/customer-687b8d8f74-lmzqz';

describe('a short name', () => {
  it.each([
    ['whole', WHOLE],
    ['without domain', WHOLE],
    ['without namespace', 'customer-687b8d8f74-lmzqz'],
    ['without hash', 'customer-…lmzqz'],
  ] as const)('%s', (naming, expected) => {
    expect(shortName(WHOLE, naming, 'yaobank')).toBe(expected);
  });

  it('keeps a namespace that is not the shared one', () => {
    expect(shortName('legacy/ledger-5d8f6c7b9d-7xk2p', 'without hash', 'yaobank')).toBe('legacy/ledger-…7xk2p');
  });

  it.each(['shop/db-0', 'shop/payment-service-worker', 'shop/node-exporter-x7k2p', '10.48.0.130', 'fd00::1'])(
    'leaves %s alone: there is no hash in it',
    (name) => {
      expect(shortName(name, 'without hash', null)).toBe(name);
    },
  );
});

describe('a name that is fitted alone', () => {
  const fitter = createNameFitter(['n1.example.com', 'n2.example.com']);

  it.each([
    [40, 'yaobank/customer-687b8d8f74-lmzqz:8080'],
    [30, 'yaobank/customer-…lmzqz:8080'],
    [20, 'customer-…lmzqz:8080'],
    [15, 'customer-…:8080'],
  ])('in %i columns', (width, expected) => {
    expect(fitter.fit(`${WHOLE}:8080`, width)).toBe(expected);
  });

  it('of a node loses the domain first', () => {
    expect(fitter.fit('n1.example.com', 5)).toBe('n1');
  });
});

it.each([
  ['customer-687b8d8f74-lmzqz', 'customer'],
  ['db-0', 'db'],
  ['node-exporter-x7k2p', 'node-exporter'],
  ['shop-mysql', 'shop-mysql'],
  ['cart', 'cart'],
])('%s is of the workload %s', (pod, workload) => {
  expect(workloadName(pod)).toBe(workload);
});

describe('widths', () => {
  it('are those of the names as they will be printed', () => {
    const names = [WHOLE, 'yaobank/db-0', 'kube-system/coredns-6d4b75cb6d-qk7zd', '10.48.0.135'];
    const widths = new NameWidths();
    for (const name of names) widths.add(name);
    const shared = sharedNamespace([widths]);
    expect(shared).toBe('yaobank');
    for (const naming of NAMINGS)
      expect(widths.width(naming, shared)).toBe(
        Math.max(...names.map((name) => textWidth(shortName(name, naming, shared)))),
      );
  });
});
