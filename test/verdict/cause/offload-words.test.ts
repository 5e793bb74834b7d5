// What `ethtool -k` of the sender adds to causes of checksums and sizes, and to the packet itself; what was given is not asked for.
import { describe, expect, it } from 'vitest';
import { explainPacket } from '../../../src/explain/explain-packet.ts';
import { loadTopology } from '../../../src/input/load-topology.ts';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import { traceCaptures } from '../../../src/trace.ts';
import { CASES, CONTROL1, SAMPLES } from '../../explain/explain-file.ts';
import { doc } from '../../support/cluster-text.ts';
import { ethtoolText } from '../../support/ethtool-text.ts';

const ethtool = (device: string, changes = {}): SnapshotDocument =>
  doc(`${CONTROL1}/ethtool_-k_${device}`, ethtoolText(device, changes));
const FIXED_OFF = 'off [fixed]';

async function causes(folder: string, captures: string[], ...more: SnapshotDocument[]) {
  const topology = await loadTopology([`${folder}/topology`], more);
  return (await traceCaptures({ captures: captures.map((name) => `${folder}/${name}`), topology })).causes;
}

describe('wrong checksums at the receiver', () => {
  const ask = async (...more: SnapshotDocument[]) => {
    const found = await causes(`${CASES}/bad-checksum-at-receiver`, ['ip-10-0-1-30-ens5.pcap'], ...more);
    return ['bad-checksum', 'icmp-only'].map((code) => found.find((one) => one.code === code));
  };

  it('ask for what the tunnel device leaves to the card, where that is not known', async () => {
    const [bad, icmp] = await ask();
    const check = `${CONTROL1}$ ethtool -k vxlan.calico | grep tx-checksum   # try: ethtool -K vxlan.calico tx-checksum-ip-generic off`;
    expect(bad?.check).toEqual([check]);
    expect(icmp?.check[0]).toBe(check);
    expect(bad?.also).toEqual([]);
  });

  it('say that it leaves them, and go straight to what to try', async () => {
    const [bad, icmp] = await ask(ethtool('vxlan.calico'), ethtool('ens5'));
    expect(bad?.check).toEqual([
      expect.stringMatching(
        /\$ ethtool -K vxlan\.calico tx-checksum-ip-generic off {3}# try: tx-checksum-ip-generic is on at vxlan\.calico \(\S+:5\)$/,
      ),
    ]);
    expect(bad?.also[0]).toMatch(
      /: tx-checksum-ip-generic is on at vxlan\.calico .*; tx-checksum-ip-generic is on at ens5 .*; tx-udp_tnl-csum-segmentation is on at ens5 \(\S+:25\)$/,
    );
    expect(icmp?.also).toEqual(bad?.also);
  });

  it('look at the card where the tunnel device leaves nothing', async () => {
    const off = ethtool('vxlan.calico', { 'tx-checksum-ip-generic': 'off', 'tx-checksumming': 'off' });
    const [bare] = await ask(off);
    expect(bare?.check[0]).toContain("ethtool -k <NIC> | grep -E 'tx-checksum|udp_tnl'");
    const [card] = await ask(off, ethtool('ens5'));
    expect(card?.check[0]).toContain('ethtool -K ens5 tx-udp_tnl-csum-segmentation off');
    const [none] = await ask(off, ethtool('ens5', { 'tx-udp_tnl-csum-segmentation': FIXED_OFF }));
    expect(none?.check[0]).toContain('ethtool -i ens5   # driver and firmware: tx-checksum');
    expect(none?.also[0]).toContain('tx-checksum-ip-generic is off at vxlan.calico');
  });
});

describe('packets that do not fit', () => {
  const ask = async (...more: SnapshotDocument[]) =>
    (await causes(`${CASES}/pod-mtu`, ['ip-10-0-1-20-caliaa83cb3d2b3.pcap', 'ip-10-0-1-20-ens5.pcap'], ...more)).find(
      ({ code }) => code === 'packet-exceeds-mtu',
    );

  it('tell super-frames from frames that are too large', async () => {
    expect((await ask())?.also).toEqual([]);
    expect((await ask(ethtool('ens5')))?.also[0]).toMatch(
      /tx-udp_tnl-csum-segmentation is on at ens5 \(\S+\): longer frames in a capture there are super-frames, which the card cuts$/,
    );
    const none = ethtool('ens5', { 'tx-udp_tnl-csum-segmentation': FIXED_OFF, 'tx-udp_tnl-segmentation': FIXED_OFF });
    expect((await ask(none))?.also[0]).toContain('the kernel cuts before that device');
  });
});

describe('the packet itself', () => {
  const noteOf = async (number: number, code: string, ...more: SnapshotDocument[]) => {
    const folder = `${SAMPLES}/01-vxlan-between-nodes`;
    const paths = [`${folder}/ip-10-0-1-20-ens5.pcap`];
    const topology = await loadTopology([`${folder}/topology`], more);
    const trace = await traceCaptures({ captures: paths, topology });
    const picked = { capture: 0, number, by: 'number' as const, text: '' };
    const explanation = await explainPacket({ trace, topology, paths, snapshot: [], picked });
    return explanation.notes.find((note) => note.code === code)?.text;
  };

  it('is a super-frame that the card may cut, or that it may not', async () => {
    expect(await noteOf(26, 'super-frame')).not.toContain('ethtool');
    expect(await noteOf(26, 'super-frame', ethtool('ens5'))).toMatch(
      /tx-udp_tnl-csum-segmentation is on at ens5 \(\S+\): that is expected here\.$/,
    );
    const none = ethtool('ens5', { 'tx-udp_tnl-csum-segmentation': FIXED_OFF });
    expect(await noteOf(26, 'super-frame', none)).toMatch(
      /But tx-udp_tnl-csum-segmentation is off at ens5 .* not expected here\.$/,
    );
  });

  it('has checksums that the card finishes', async () => {
    const text = await noteOf(26, 'checksum-unfinished', ethtool('ens5'));
    expect(text).toContain('tx-checksum-ip-generic is on at ens5');
  });
});
