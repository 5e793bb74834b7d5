import { expect, it } from 'vitest';
import { readNetConf } from '../../../src/cluster/flannel/net-conf.ts';

const read = (text: string): unknown => readNetConf({ 'net-conf.json': text });

it('kube-flannel-cfg: network, backend, defaults left open', () => {
  expect(read('{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}')).toEqual({
    ...{ cidrs: ['10.244.0.0/16'], backend: 'vxlan', direct: false, vni: null, port: null, place: 'net-conf.json' },
    text: '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}',
  });
});

it('keys in any case, as Go reads them', () => {
  expect(
    read('{"network": "10.42.0.0/16", "BACKEND": {"type": "vxlan", "Directrouting": true, "vni": 4096, "Port": 4789}}'),
  ).toMatchObject({
    ...{ cidrs: ['10.42.0.0/16'], direct: true, vni: 4096, port: 4789 },
  });
});

it('two families: IPv6 counts only where it is enabled, IPv4 unless it is disabled', () => {
  const both = '"Network": "10.42.0.0/16", "IPv6Network": "2001:cafe:42::/56", "Backend": {"Type": "vxlan"}';
  expect(read(`{${both}}`)).toMatchObject({ cidrs: ['10.42.0.0/16'] });
  expect(read(`{"EnableIPv6": true, ${both}}`)).toMatchObject({ cidrs: ['10.42.0.0/16', '2001:cafe:42::/56'] });
  expect(read(`{"EnableIPv4": false, "EnableIPv6": true, ${both}}`)).toMatchObject({ cidrs: ['2001:cafe:42::/56'] });
});

it('without a backend flanneld takes udp', () => {
  expect(read('{"Network": "10.244.0.0/16"}')).toMatchObject({ backend: 'udp' });
});

it("what is not flannel's is nobody's; what is and cannot be read is said", () => {
  expect(readNetConf({ calico_backend: 'bird' })).toBeNull();
  expect(readNetConf({ 'net-conf.json': 7 })).toBeNull();
  for (const text of ['', '[]', 'null', '{"Network": ', '{"Backend": {"Type": "vxlan"}}'])
    expect(typeof read(text)).toBe('string');
});
