// Which flows the user asked for: values of one filter are alternatives, different filters must all hold.

import { describe, expect, it } from 'vitest';
import { briefOf } from '../../src/verdict/flow-briefs.ts';
import { type FlowFilter, flowFilter, isEmptyFilter } from '../../src/verdict/flow-filter.ts';
import type { TracedFlow } from '../../src/verdict/trace-types.ts';
import { address, flow, PLAIN, pod, UNSEEN } from '../support/trace-builder.ts';

const CART = pod('10.48.0.130', 'shop/cart-7f9', 'control1.example.com', 41000);
const DB = pod('10.48.0.200', 'shop/db-0', 'worker1', 5432);
const OTHER = pod('10.48.0.201', 'test/db-0', 'worker1', 5432);
const WORLD = address('192.0.2.9', 'external', null, 443);

function passes(filter: FlowFilter, one: TracedFlow, members: (id: string) => boolean = () => false): boolean {
  return flowFilter(filter, (id) => (id === 'A' ? () => members(id) : null))(briefOf(one));
}

const request = flow(CART, DB);
const reply = flow(DB, CART);

describe('each filter', () => {
  it('by pod: a prefix of its name, with or without namespace, at either end', () => {
    for (const value of ['cart', 'shop/cart', 'shop/', 'db-0']) expect(passes({ pod: [value] }, request)).toBe(true);
    for (const value of ['art', 'test/db', 'default/cart', 'Cart'])
      expect(passes({ pod: [value] }, request)).toBe(false);
  });

  it('by sender and by receiver', () => {
    expect(passes({ fromPod: ['cart'] }, request)).toBe(true);
    expect(passes({ fromPod: ['cart'] }, reply)).toBe(false);
    expect(passes({ toPod: ['cart'] }, reply)).toBe(true);
    expect(passes({ toPod: ['cart'] }, request)).toBe(false);
  });

  it('by pod where several may have the address', () => {
    const candidates = [{ namespace: 'shop', pod: 'job-1', node: null, detail: '' }];
    const several = flow({ ...CART, pod: null, namespace: null, candidates }, DB);
    expect(passes({ pod: ['job'] }, several)).toBe(true);
  });

  it('by node: its name or the first label of it', () => {
    for (const value of ['control1', 'control1.example.com', 'worker1'])
      expect(passes({ node: [value] }, request)).toBe(true);
    for (const value of ['control', 'worker2', 'example']) expect(passes({ node: [value] }, request)).toBe(false);
  });

  it('by address or CIDR, IPv6 too', () => {
    for (const value of ['10.48.0.200', '10.48.0.128/25', '0.0.0.0/0'])
      expect(passes({ ip: [value] }, request)).toBe(true);
    for (const value of ['10.48.0.20', '10.48.1.0/24', '::/0']) expect(passes({ ip: [value] }, request)).toBe(false);
    const six = flow({ ...CART, ip: 'fd00::1' }, DB);
    expect(passes({ ip: ['fd00::/64'] }, six)).toBe(true);
  });

  it('by labels of the pod at either end, or of one that may have the address', () => {
    const labels: Record<string, Record<string, string>> = {
      'shop/cart-7f9': { app: 'cart' },
      'shop/db-0': { app: 'db' },
    };
    const fits = (label: string, one: TracedFlow): boolean =>
      flowFilter(
        { label: [label] },
        () => null,
        (namespace, name) => labels[`${namespace}/${name}`] ?? null,
      )(briefOf(one));
    expect(fits('app=cart', request)).toBe(true);
    expect(fits('app=cart', reply)).toBe(true);
    expect(fits('app=web', request)).toBe(false);
    expect(fits('app!=cart', request)).toBe(true);
    expect(fits('app!=cart', flow(WORLD, WORLD))).toBe(false);
  });

  it('by what took longer than a time', () => {
    const slow = { ...request, exchange: { handshake: { server: 0.2, client: null }, firstByte: 0.5, asked: null } };
    for (const [limit, expected] of [
      [0.1, true],
      [0.4, true],
      [0.6, false],
    ] as const)
      expect(passes({ slowerThan: [limit] }, slow as TracedFlow)).toBe(expected);
    expect(passes({ slowerThan: [0] }, request)).toBe(false);
  });

  it('refuses what is no address, with an example', () => {
    expect(() => passes({ ip: ['10.48.0.300'] }, request)).toThrow('--ip 10.48.0.300: expected an address or a CIDR');
  });

  it('by port, protocol, encapsulation, verdict', () => {
    expect(passes({ port: [5432] }, request)).toBe(true);
    expect(passes({ port: [80] }, request)).toBe(false);
    expect(passes({ protocol: ['tcp'] }, request)).toBe(true);
    expect(passes({ protocol: ['udp'] }, request)).toBe(false);
    expect(passes({ encapsulation: ['vxlan'] }, request)).toBe(true);
    expect(passes({ encapsulation: ['plain'] }, flow(CART, DB, PLAIN))).toBe(true);
    expect(passes({ encapsulation: ['none'] }, flow(CART, DB, PLAIN))).toBe(true);
    expect(passes({ encapsulation: ['unknown'] }, flow(CART, DB, UNSEEN))).toBe(true);
    expect(passes({ verdict: ['unverifiable'] }, flow(CART, DB, UNSEEN))).toBe(true);
    expect(passes({ verdict: ['violation'] }, request)).toBe(false);
  });

  it('by the code of a finding, or the letter of a cause', () => {
    const found = {
      code: 'no-reply',
      severity: 'warning',
      message: '',
      capture: 0,
      firstPacket: 1,
      lastPacket: 1,
    } as const;
    expect(passes({ finding: ['no-reply'] }, flow(CART, DB, { findings: [found] }))).toBe(true);
    expect(passes({ finding: ['A'] }, request, () => true)).toBe(true);
    expect(passes({ finding: ['A'] }, request)).toBe(false);
    expect(passes({ finding: ['Z'] }, request)).toBe(false);
  });
});

describe('together', () => {
  it('values are alternatives', () => {
    expect(passes({ pod: ['nobody', 'cart'] }, request)).toBe(true);
    expect(passes({ port: [1, 2, 5432] }, request)).toBe(true);
  });

  it('filters must all hold', () => {
    expect(passes({ pod: ['cart'], protocol: ['tcp'], node: ['worker1'] }, request)).toBe(true);
    expect(passes({ pod: ['cart'], protocol: ['udp'] }, request)).toBe(false);
    expect(passes({ toPod: ['db'], fromPod: ['cart'] }, flow(OTHER, DB))).toBe(false);
  });

  it('nothing asked is everything', () => {
    expect(isEmptyFilter({})).toBe(true);
    expect(isEmptyFilter({ pod: [], ip: [] })).toBe(true);
    expect(isEmptyFilter({ port: [1] })).toBe(false);
    expect(passes({}, flow(CART, WORLD))).toBe(true);
  });
});
