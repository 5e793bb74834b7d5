// `ethtool -k`, as sos writes it, as people paste it, and as JSON.
import { describe, expect, it } from 'vitest';
import { carryingNic, featureWords, type OffloadQuestion, offloadOf } from '../../../src/topology/ask/offloads.ts';
import { redactSnapshot } from '../../../src/topology/redact.ts';
import { ethtoolText } from '../../support/ethtool-text.ts';
import { issueCodes, LAB_NODES, topologyOf } from '../documents.ts';

const at = (text: string, file = 'worker1/ethtool_-k_ens5') =>
  topologyOf({ 'nodes.yaml': LAB_NODES, [file]: text }).nodeByName('worker1');
const said = (text: string, device: string, question: OffloadQuestion, file?: string): string | null => {
  const node = at(text, file);
  const feature = node === null ? null : offloadOf(node, device, question);
  return feature === null ? null : featureWords(feature);
};

describe('ethtool -k', () => {
  it('names the device, and what it does by itself, with its line', () => {
    expect(said(ethtoolText('ens5'), 'ens5', 'cutsTunnels')).toBe(
      'tx-udp_tnl-csum-segmentation is on at ens5 (worker1/ethtool_-k_ens5:25)',
    );
    expect(said(ethtoolText('ens5'), 'ens5', 'checksums')).toContain('tx-checksum-ip-generic is on at ens5');
    expect(said(ethtoolText('ens5'), 'ens5', 'cutsIpip')).toContain('is off at ens5');
    expect(said(ethtoolText('ens5'), 'eth1', 'cuts')).toBeNull();
    expect(at(ethtoolText('ens5'))?.features.find(({ name }) => name === 'rx-checksumming')?.isFixed).toBe(true);
  });

  it('is understood to the last line, and keeps what it is stripped of', () => {
    const files = { 'nodes.yaml': LAB_NODES, 'worker1/ethtool_-k_ens5': ethtoolText('ens5') };
    expect(issueCodes(topologyOf(files))).toEqual([]);
    expect(redactSnapshot(ethtoolText('ens5'), 'f').text).toBe(ethtoolText('ens5'));
  });

  it('of several devices in one file is of each', () => {
    const text = ethtoolText('ens5') + ethtoolText('vxlan.calico', { 'tx-checksum-ip-generic': 'off' });
    expect(said(text, 'vxlan.calico', 'checksums', 'worker1/offload.txt')).toContain(
      'tx-checksumming is on at vxlan.calico',
    );
    expect(said(text, 'ens5', 'joins', 'worker1/offload.txt')).toContain('generic-receive-offload is on at ens5');
  });

  it('in a paste is of the machine of its prompt', () => {
    const paste = `root@worker1:~# ethtool -k ens5\n${ethtoolText('ens5')}root@worker1:~# ethtool -S ens5\nNIC statistics:\n     rx_bytes: 1\n`;
    expect(said(paste, 'ens5', 'cuts', 'paste.txt')).toContain('tcp-segmentation-offload is on at ens5 (paste.txt:13)');
  });

  it('behind a filter has lost its heading: the command names the device', () => {
    const paste = 'root@worker1:~# ethtool -k ens5 | grep tx-checksum-ip-g\n\ttx-checksum-ip-generic: off\n';
    expect(said(paste, 'ens5', 'checksums', 'paste.txt')).toBe('tx-checksum-ip-generic is off at ens5 (paste.txt:2)');
  });

  it('as JSON says the same', () => {
    const feature = (active: boolean) => ({ active, fixed: false, requested: active });
    const json = [{ ifname: 'ens5', 'tx-checksumming': feature(true), 'tx-udp_tnl-csum-segmentation': feature(false) }];
    const text = `${JSON.stringify(json, null, 4)}\n`;
    expect(said(text, 'ens5', 'checksums', 'worker1/e.json')).toContain(
      'tx-checksumming is on at ens5 (worker1/e.json:4)',
    );
    expect(said(text, 'ens5', 'cutsTunnels', 'worker1/e.json')).toContain('is off at ens5');
  });

  it('given twice and different is a conflict', () => {
    const files = { 'nodes.yaml': LAB_NODES, 'worker1/a.txt': ethtoolText('ens5') };
    const other = ethtoolText('ens5', { 'generic-receive-offload': 'off' });
    expect(issueCodes(topologyOf({ ...files, 'worker1/b.txt': other }))).toEqual(['conflict duplicate-object']);
    expect(issueCodes(topologyOf({ ...files, 'worker1/b.txt': ethtoolText('ens5') }))).toEqual([]);
  });
});

it('the carrying NIC is the one below the VXLAN device, else of the default route, else the only one', () => {
  const node = at(ethtoolText('ens5'));
  expect(node === null ? null : carryingNic(node)).toBe('ens5');
  const two = at(ethtoolText('ens5') + ethtoolText('eth1'));
  expect(two === null ? '' : carryingNic(two)).toBeNull();
  const routed = topologyOf({ 'nodes.yaml': LAB_NODES, 'worker1/ip-route.txt': 'default via 10.0.1.1 dev eth1\n' });
  expect(carryingNic(routed.nodes[1] ?? { links: [], routes: [], features: [] })).toBe('eth1');
});
