import { describe, expect, it } from 'vitest';
import { knownName, type NamedEnd, type NameStyle, nameOfEnd } from '../../../src/attribution/who/end-name.ts';

const nobody: NamedEnd = { ip: '192.0.2.1', kind: 'unknown', namespace: null, pod: null, node: null };
const pod: NamedEnd = { ip: '10.48.0.200', kind: 'pod', namespace: 'shop', pod: 'cart', node: 'worker1' };
const unnamed: NamedEnd = { ...pod, namespace: null, pod: null };
const tunnel: NamedEnd = { ...nobody, ip: '10.48.0.192', kind: 'tunnel', node: 'worker1' };
const node: NamedEnd = { ...nobody, ip: '10.0.1.30', kind: 'node', node: 'worker1' };

describe('a service', () => {
  const service: NamedEnd = { ...nobody, ip: '10.96.0.10', kind: 'service', service: 'kube-system/dns' };
  const behind: NamedEnd = { ...nobody, kind: 'external', service: 'shop/ledger' };

  it('names its own address, and what it leads to outside', () => {
    const named = (style: NameStyle): string[] => [service, behind].map((end) => nameOfEnd(end, style));
    expect(named('finding')).toEqual(['kube-system/dns (10.96.0.10)', 'shop/ledger (192.0.2.1)']);
    expect(named('line')).toEqual(['kube-system/dns(service)', 'shop/ledger(endpoint)']);
    expect(named('meaning')).toEqual([
      'the service kube-system/dns',
      'outside the cluster, behind the service shop/ledger',
    ]);
    expect(nameOfEnd({ ...nobody, kind: 'external' }, 'meaning')).toBe('outside the cluster');
  });
});

describe.each<[NameStyle, string, string, string, string]>([
  ['cell', 'shop/cart', '10.48.0.200', '10.48.0.192', '10.0.1.30'],
  ['brief', 'cart', '10.48.0.200', '10.48.0.192', '10.0.1.30'],
  ['asked', 'shop/cart', '10.48.0.200', '10.48.0.192', 'worker1'],
  ['host', 'shop/cart', '10.48.0.200', 'worker1 (host)', 'worker1 (host)'],
  ['finding', 'shop/cart (10.48.0.200)', '10.48.0.200', "worker1's tunnel address 10.48.0.192", 'worker1 (10.0.1.30)'],
  ['sentence', 'cart', '10.48.0.200', 'worker1 (from its tunnel address)', 'worker1'],
  ['meaning', 'shop/cart', 'a pod of worker1', "worker1's tunnel address", 'worker1'],
  ['line', 'shop/cart', '10.48.0.200(worker1)', 'worker1(tunnel)', 'worker1'],
])('%s', (style, named, nameless, viaTunnel, host) => {
  it('names pods, pods without a name, tunnel addresses and nodes', () => {
    expect([pod, unnamed, tunnel, node].map((end) => nameOfEnd(end, style))).toEqual([
      named,
      nameless,
      viaTunnel,
      host,
    ]);
  });

  it('leaves an address of nobody as it is', () => {
    expect(nameOfEnd(nobody, style)).toBe('192.0.2.1');
    expect(knownName(nobody, style)).toBeNull();
  });

  it('never writes a namespace or a node that is not known', () => {
    const ends = [{ ...pod, namespace: null }, ...[unnamed, tunnel, node].map((end) => ({ ...end, node: null }))];
    for (const end of ends) expect(nameOfEnd(end, style)).not.toMatch(/null|undefined/);
  });
});
