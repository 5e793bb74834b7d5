// Predictions against the very packets: what is foretold from a snapshot stands in the captures made of that cluster.
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../src/explain/explanation.ts';
import { predict } from '../../../src/explain/predict/predict.ts';
import type { Hop, Prediction } from '../../../src/explain/predict/prediction.ts';
import { loadTopology } from '../../../src/input/load-topology.ts';
import { CASES, explainFile, explainNumber, open, SAMPLES } from '../explain-file.ts';

const CUSTOMER = 'customer';
const DATABASE = 'database';

async function predicted(snapshot: string, from: string, to: string): Promise<Prediction> {
  return predict({ topology: await loadTopology([snapshot]), from, to, protocol: 'icmp', port: null });
}

/** Every predicted value beside the one of the packet: outer headers with outer ones, the rest with the packet itself. */
function pairs(hop: Hop, packet: Explanation): { field: string; predicted: string; seen: string | undefined }[] {
  return hop.headers.flatMap((header) => {
    const own = packet.layers.filter((one) => one.protocol === header.protocol && one.side === header.side);
    return header.fields.flatMap(({ field, value }) => {
      if (field === null || value === null) return [];
      const seen = own.at(-1)?.fields.find((one) => one.name === field)?.text;
      return [{ field: `${header.side} ${field}`, predicted: value, seen }];
    });
  });
}

function expectSame(hop: Hop | undefined, packet: Explanation): void {
  expect(hop).toBeDefined();
  if (hop === undefined) return;
  const compared = pairs(hop, packet);
  expect(compared.length).toBeGreaterThan(5);
  for (const { field, predicted: wanted, seen } of compared) expect(`${field} ${seen}`).toBe(`${field} ${wanted}`);
  const known = hop.headers.reduce((sum, header) => sum + header.length, 0);
  expect(known).toBe(packet.original);
}

describe('a ping between two nodes', () => {
  const folder = `${SAMPLES}/01-vxlan-between-nodes`;

  it('is on the NIC as foretold, in every value', async () => {
    const { there } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    const nic = there.hops.find((hop) => hop.role === 'underlay' && hop.side === 'leaving');
    expectSame(nic, await explainFile(`${folder}/ip-10-0-1-20-ens5.pcap`, `${folder}/topology`, 3));
  });

  it('arrives as foretold', async () => {
    const { there } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    const opened = await open(
      [`${folder}/ip-10-0-1-20-ens5.pcap`, `${folder}/ip-10-0-1-30-ens5.pcap`],
      `${folder}/topology`,
    );
    const sent = await explainNumber(opened, 3);
    const copy = sent.related.find((one) => one.kind === 'copy');
    const arrived = await explainNumber(opened, copy?.number ?? 0, 1);
    expectSame(
      there.hops.find((hop) => hop.role === 'underlay' && hop.side === 'arriving'),
      arrived,
    );
  });

  it('passes six places, named by the snapshot', async () => {
    const { there, differs } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    expect(there.hops.map(({ role, device, mtu }) => `${role} ${device} ${mtu}`)).toEqual([
      'workload caliaa83cb3d2b3 8951',
      'tunnel vxlan.calico 8951',
      'underlay ens5 9001',
      'underlay ens5 9001',
      'tunnel vxlan.calico 8951',
      'workload califf6ebecb5e4 8951',
    ]);
    expect(differs).toBe(false);
    expect(there.overhead).toBe(50);
    expect(there.largest).toMatchObject({ ip: 8951, mss: 8911 });
  });

  it('counts down the TTL by one for each node', async () => {
    const { there } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    const ttls = there.hops.map(
      (hop) => hop.headers.filter((header) => header.protocol === 'ip').at(-1)?.fields[2]?.value,
    );
    expect(ttls).toEqual(['64', '63', '63', '63', '63', '62']);
  });

  it('is shown by its tcpdump lines: inner addresses by their place behind the outer header', async () => {
    const { there } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    expect(there.hops[2]?.command).toBe(
      "ip-10-0-1-20.eu-west-1.compute.internal# tcpdump -nei ens5 'udp dst port 4789 and src host 10.0.1.20 and dst host 10.0.1.30 and udp[42:4] = 0x0a300082 and udp[46:4] = 0x0a3000c8'",
    );
    expect(there.hops[0]?.command).toBe(
      "ip-10-0-1-20.eu-west-1.compute.internal# tcpdump -nei caliaa83cb3d2b3 'src host 10.48.0.130 and dst host 10.48.0.200'",
    );
  });
});

describe('on the veth and on the tunnel device', () => {
  it('packets of a cooked capture have the foretold IP header', async () => {
    const folder = `${SAMPLES}/06-any-interface`;
    const { there } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    const opened = await open([`${folder}/ip-10-0-1-20-any.pcap`], `${folder}/topology`);
    for (const [hop, number] of [
      [there.hops[0], 3],
      [there.hops[1], 4],
    ] as const) {
      const packet = await explainNumber(opened, number);
      const compared = hop === undefined ? [] : pairs(hop, packet).filter(({ field }) => field.startsWith('only ip.'));
      expect(compared.length).toBe(4);
      for (const { field, predicted: wanted, seen } of compared) expect(`${field} ${seen}`).toBe(`${field} ${wanted}`);
    }
  });
});

describe('other ways', () => {
  it('two pools: plain there, VXLAN back, each direction told in full', async () => {
    const prediction = await predicted(`${SAMPLES}/01-vxlan-between-nodes/topology`, CUSTOMER, 'ledger');
    expect([prediction.there.expected.encapsulation, prediction.back.expected.encapsulation]).toEqual([
      'none',
      'vxlan',
    ]);
    expect(prediction.differs).toBe(true);
    expect(prediction.there.hops.some((hop) => hop.role === 'tunnel')).toBe(false);
    expect(prediction.back.hops.some((hop) => hop.role === 'tunnel')).toBe(true);
  });

  it('one node: from veth to veth', async () => {
    const { there } = await predicted(`${SAMPLES}/01-vxlan-between-nodes/topology`, CUSTOMER, '10.48.0.131');
    expect(there.hops.map((hop) => hop.role)).toEqual(['workload', 'workload']);
    expect(there.expected.encapsulation).toBe('local');
  });

  it('WireGuard: as long as in the capture, 60 bytes and padding to 16', async () => {
    const folder = `${CASES}/wireguard-both-keys`;
    const { there } = await predicted(`${folder}/topology`, CUSTOMER, DATABASE);
    expect(there.hops.map((hop) => hop.role)).toEqual([
      'workload',
      'tunnel',
      'underlay',
      'underlay',
      'tunnel',
      'workload',
    ]);
    expect(there.hops[2]?.ipLength).toBe(84 + 12 + 60);
  });

  it('IPIP: 20 bytes, no inner Ethernet, the TTL copied', async () => {
    const { there } = await predicted(`${CASES}/ipip-always/topology`, CUSTOMER, DATABASE);
    const nic = there.hops.find((hop) => hop.role === 'underlay');
    expect(nic?.headers.map((header) => `${header.side} ${header.protocol}`)).toEqual([
      'outer eth',
      'outer ip',
      'inner ip',
      'inner icmp',
      'inner payload',
    ]);
    expect(nic?.ipLength).toBe(104);
    expect(nic?.headers[1]?.fields[2]?.value).toBe('63');
    expect(nic?.command).toContain(
      'ip proto 4 and src host 10.0.1.20 and dst host 10.0.1.30 and ip[32:4] = 0x0a300082',
    );
  });

  it('CrossSubnet: the gateway is the next hop, and the outer TTL on arrival is open', async () => {
    const { there } = await predicted(`${SAMPLES}/03-crosssubnet/topology`, CUSTOMER, '10.48.0.10');
    expect(there.expected.reason).toBe('crosssubnet-different');
    expect(there.decision?.steps.map((step) => step.step)).toContain('subnet');
    const [leaving, arriving] = there.hops.filter((hop) => hop.role === 'underlay');
    expect(leaving?.headers[0]?.fields[1]?.meaning).toBe('the gateway 10.0.1.1');
    expect(arriving?.headers[1]?.fields[2]?.value).toBeNull();
  });

  it('to the outside: plain, with the address of the node', async () => {
    const { there, differs } = await predicted(`${SAMPLES}/01-vxlan-between-nodes/topology`, CUSTOMER, '192.0.2.9');
    expect(there.hops.at(-1)?.headers[1]?.fields[0]?.value).toBe('10.0.1.20');
    expect(differs).toBe(false);
  });

  it('a table that is wrong makes the prediction void, and is named', async () => {
    const { there } = await predicted(`${SAMPLES}/08-stale-fdb/topology`, CUSTOMER, DATABASE);
    const wrong = there.doubts.filter((one) => one.look === 'wrong');
    expect(wrong).toHaveLength(1);
    expect(wrong[0]?.text).toContain('FDB: 66:14:9d:f4:2c:1f dev vxlan.calico dst 10.0.1.31');
  });
});

describe('names', () => {
  const snapshot = `${SAMPLES}/01-vxlan-between-nodes/topology`;

  it('that begin several pods are asked back, with the choice', async () => {
    await expect(predicted(snapshot, CUSTOMER, 'summary')).rejects.toMatchObject({
      code: 'E_USAGE',
      message: '--to summary: 2 pods have that name or begin with it',
      hint: 'Say which: yaobank/summary-748b977d44-4w8wm, yaobank/summary-748b977d44-xg6lx.',
    });
  });

  it('that nobody has are a usage error with the pods there are', async () => {
    await expect(predicted(snapshot, 'nobody', DATABASE)).rejects.toMatchObject({
      code: 'E_USAGE',
      hint: expect.stringContaining('yaobank/customer-687b8d8f74-lmzqz'),
    });
  });

  it('may be a namespace and a beginning, an address or a node', async () => {
    const { from, to } = await predicted(snapshot, 'yaobank/cust', 'ip-10-0-1-30');
    expect([from.owner.address, to.owner.address, to.owner.kind]).toEqual(['10.48.0.130', '10.0.1.30', 'node']);
  });
});
