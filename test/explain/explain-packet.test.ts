// What is gathered about a packet: checked against the bytes themselves and against what the samples' READMEs tell.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Explanation, Note } from '../../src/explain/explanation.ts';
import {
  CASES,
  CONTROL1,
  explainFile,
  explainNumber,
  type Opened,
  open,
  PACKETS,
  SAMPLES,
  WORKER1,
} from './explain-file.ts';

function codes(explanation: Explanation): string[] {
  return explanation.notes.map((note) => note.code);
}

function noteOf(explanation: Explanation, code: string): Note | undefined {
  return explanation.notes.find((note) => note.code === code);
}

function cell(explanation: Explanation, label: string, side: string): { value: string; meaning: string | null } | null {
  const at = explanation.columns.findIndex((column) => column.side === side);
  const found = explanation.rows.find((row) => row.label === label)?.cells[at];
  return found == null ? null : { value: found.value, meaning: found.meaning };
}

function hexAt({ bytes }: Explanation, offset: number, length: number): string {
  return [...bytes.subarray(offset, offset + length)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

describe('a stale FDB entry', () => {
  let it3: Explanation;
  beforeAll(async () => {
    it3 = await explainFile(`${SAMPLES}/08-stale-fdb/ip-10-0-1-20-ens5.pcap`, `${SAMPLES}/08-stale-fdb/topology`, 'A');
  });

  it('opens the first packet of the cause', () => {
    expect([it3.number, it3.chosenBy, it3.chosenText]).toEqual([
      3,
      'finding',
      'the first of A, wrong-destination-vtep',
    ]);
  });

  it('blames the FDB, and no other table', () => {
    const status = it3.decision?.steps.map(({ step, status: what }) => `${step} ${what}`);
    expect(status).toEqual(['pool ok', 'route ok', 'neighbour ok', 'fdb wrong', 'device ok', 'next-hop ok']);
    expect(it3.decision?.node).toBe(CONTROL1);
  });

  it('puts beside each table the bytes it became', () => {
    const became = Object.fromEntries(
      (it3.decision?.steps ?? []).map((step) => [
        step.step,
        step.became.map((one) => [one.field, one.offset, one.length]),
      ]),
    );
    expect(became['neighbour']).toEqual([['eth.dst', 50, 6]]);
    expect(became['fdb']).toEqual([['ip.dst', 30, 4]]);
    expect(became['device']).toEqual([
      ['vxlan.vni', 46, 3],
      ['ip.src', 26, 4],
      ['udp.dstport', 36, 2],
      ['eth.src', 56, 6],
    ]);
    expect(hexAt(it3, 50, 6)).toBe('66:14:9d:f4:2c:1f');
    expect(hexAt(it3, 30, 4)).toBe('0a:00:01:1f');
    expect(hexAt(it3, 46, 3)).toBe('00:10:00');
  });

  it('marks the outer address, and says whose it should be', () => {
    expect(cell(it3, 'to IP', 'outer')).toEqual({
      value: '10.0.1.31',
      meaning: `ip-10-0-1-31.eu-west-1.compute.internal, not ${WORKER1}`,
    });
    expect(it3.story.at(-1)).toMatch(/^This is a violation .* The FDB is where it goes wrong\.$/);
  });

  it('counts the overhead as the MTU of the tunnel device does', () => {
    expect(it3.overhead).toEqual({
      bytes: 50,
      parts: [
        { name: 'IPv4', bytes: 20 },
        { name: 'UDP', bytes: 8 },
        { name: 'VXLAN', bytes: 8 },
        { name: 'inner Ethernet', bytes: 14 },
      ],
    });
    expect(cell(it3, 'IP length', 'outer')).toEqual({ value: '134', meaning: '= 84 + 50' });
    expect(cell(it3, 'MTU', 'inner')).toEqual({ value: '8951', meaning: 'vxlan.calico: 50 less than ens5' });
  });
});

describe('what is unusual', () => {
  it.each([
    ['checksum-unfinished', `${SAMPLES}/08-stale-fdb`, 'ip-10-0-1-20-ens5.pcap', 3],
    ['super-frame', `${SAMPLES}/01-vxlan-between-nodes`, 'ip-10-0-1-20-ens5.pcap', 26],
    ['arp-on-tunnel', `${SAMPLES}/10-missing-neighbour`, 'ip-10-0-1-20-vxlan.calico.pcap', 1],
    ['outer-fragment', `${SAMPLES}/11-outer-fragments`, 'ip-10-0-1-20-ens5.pcap', 4],
    ['cooked', `${SAMPLES}/06-any-interface`, 'ip-10-0-1-20-any.pcap', 3],
    ['plain-by-place', `${SAMPLES}/06-any-interface`, 'ip-10-0-1-20-any.pcap', 3],
    ['ebpf-nodeport', `${CASES}/ebpf-nodeport`, 'control1-ens5.pcap', 1],
    ['checksum-zero', `${CASES}/ebpf-nodeport`, 'control1-ens5.pcap', 1],
    ['vni-zero', `${CASES}/ebpf-vni-zero`, 'control1-ens5.pcap', 3],
    ['vni-differs', `${CASES}/wrong-vni`, 'ip-10-0-1-20-ens5.pcap', 5],
    ['inner-mac-of-other-node', `${CASES}/borrowed-tunnel-broken`, 'ip-10-0-1-30-ens5.pcap', 4],
    ['mirrored-copy', `${CASES}/mirror-gre`, 'mirror.pcap', 1],
    ['vlan-tag', `${CASES}/vlan-tagged`, 'trunk.pcap', 1],
    ['raw-ip', `${CASES}/ipip-tunl0`, 'control1-tunl0.pcap', 1],
  ])('says %s', async (code, folder, file, number) => {
    const explanation = await explainFile(`${folder}/${file}`, `${folder}/topology`, number);
    expect(codes(explanation)).toContain(code);
    expect(noteOf(explanation, code)?.text).toMatch(/^.{40,}[.)]$/);
  });

  it('names the snaplen, how much is missing, and what is still there', async () => {
    const cut = await explainFile(`${CASES}/snaplen-96/ip-10-0-1-20-ens5.pcap`, null, 21);
    expect(noteOf(cut, 'cut-by-snaplen')?.text).toContain(
      `96 of ${cut.original} bytes are here: the capture kept 96 bytes of each packet (its snaplen)`,
    );
    expect(cut.layers.at(-1)).toMatchObject({ kind: 'missing', offset: 96, length: cut.original - 96 });
  });

  it('tells the MTU that an ICMP error names, and shows the packet it quotes', async () => {
    const error = await explainFile(`${CASES}/mc.pcap.gz`, null, 2);
    expect(noteOf(error, 'too-big')?.title).toBe('Packets may be 1450 bytes at most');
    expect(error.layers.filter((layer) => layer.side === 'quoted').map((layer) => layer.title)).toContain('IPv4');
    expect(error.headline).toContain('fragmentation needed');
  });

  it('says nothing unusual where nothing is', async () => {
    const plain = await explainFile(
      `${SAMPLES}/02-pool-never/ip-10-0-1-20-ens5.pcap`,
      `${SAMPLES}/02-pool-never/topology`,
      5,
    );
    expect(codes(plain)).toEqual([]);
  });
});

describe('a later outer fragment', () => {
  it('belongs to the flow of its first fragment, and is told as outer', async () => {
    const folder = `${SAMPLES}/11-outer-fragments`;
    const rest = await explainFile(`${folder}/ip-10-0-1-20-ens5.pcap`, `${folder}/topology`, 4);
    expect(rest.encapsulation).toBe('vxlan');
    expect(rest.flow).toMatchObject({ src: { ip: '10.48.0.130' }, dst: { ip: '10.48.0.200' } });
    expect(rest.columns.map((column) => column.side)).toEqual(['outer']);
    expect(rest.related.find((one) => one.kind === 'first-fragment')?.number).toBe(3);
  });
});

describe('the same packet elsewhere', () => {
  let opened: Opened;
  beforeAll(async () => {
    const folder = `${SAMPLES}/06-any-interface`;
    const paths = [`${folder}/ip-10-0-1-20-any.pcap`, `${folder}/ip-10-0-1-30-any.pcap`];
    opened = await open(paths, `${folder}/topology`);
  });

  it('is found on the veth, on vxlan.calico and on both NICs', async () => {
    const veth = await explainNumber(opened, 3);
    const places = veth.related
      .filter((one) => one.kind === 'copy')
      .map((one) => `${one.place.node?.slice(0, 12)} ${one.place.role} ${one.encapsulation}`);
    expect(places).toEqual([
      'ip-10-0-1-20 tunnel none',
      'ip-10-0-1-20 underlay vxlan',
      'ip-10-0-1-30 underlay vxlan',
      'ip-10-0-1-30 tunnel none',
      'ip-10-0-1-30 workload none',
    ]);
  });

  it('tells of the answer too', async () => {
    const asked = await explainNumber(opened, 3);
    const answer = asked.related.find((one) => one.kind === 'answer');
    const answered = await explainNumber(opened, answer?.number ?? 0);
    expect(answered.headline).toMatch(/answers ping number 1/);
  });

  it('knows how the sender will decide before it has', async () => {
    const veth = await explainNumber(opened, 3);
    expect(veth.decision?.when).toBe('upcoming');
    expect(veth.decision?.steps.flatMap((step) => step.became)).toEqual([]);
  });
});

describe('every kind of packet', () => {
  it.each(PACKETS)(
    '$name: layers tile the frame, values and places agree with its bytes',
    async ({ path, snapshot, which }) => {
      const explanation = await explainFile(path, snapshot, which);
      let at = 0;
      for (const layer of explanation.layers) {
        expect(layer.offset).toBe(at);
        at += layer.length;
      }
      expect(at).toBe(Math.max(explanation.original, explanation.captured));
      for (const { cells } of explanation.rows) {
        for (const one of cells) {
          if (one?.field == null || !/^(eth\.(src|dst)|sll\.src\.eth)$/.test(one.field) || one.span === null) continue;
          expect(hexAt(explanation, one.span.offset, one.span.length)).toBe(one.value);
        }
      }
    },
  );
});

describe('a packet behind labels of the underlay', () => {
  const TAGS = 'test/fixtures/headers/tags.pcap';

  it('shows all MPLS labels, and each as a layer', async () => {
    const explanation = await explainFile(TAGS, null, 2);
    expect(cell(explanation, 'MPLS', 'only')).toEqual({
      value: '1048575 > 3 > 200',
      meaning: '3 labels, 4 bytes each',
    });
    expect(explanation.layers.map(({ title }) => title)).toEqual([
      ...['Ethernet', 'MPLS label', 'MPLS label', 'MPLS label', 'IPv6', 'UDP', 'Payload'],
    ]);
  });

  it('shows the PPPoE session', async () => {
    const explanation = await explainFile(TAGS, null, 10);
    expect(cell(explanation, 'PPPoE', 'only')).toEqual({
      value: '0x0011',
      meaning: 'session of the underlay: 8 bytes more in front',
    });
    expect(explanation.layers.map(({ short }) => short).slice(0, 4)).toEqual(['Eth', 'PPPoE', 'PPP', 'IP']);
  });
});

describe('a packet that is not there', () => {
  it('is a usage error that says how many there are', async () => {
    const path = `${SAMPLES}/08-stale-fdb/ip-10-0-1-20-ens5.pcap`;
    await expect(explainFile(path, null, 99)).rejects.toMatchObject({
      code: 'E_USAGE',
      message: `${path}: there is no packet 99: it has 33 packets`,
    });
  });

  it('names the problems there are when a letter fits none', async () => {
    const folder = `${SAMPLES}/08-stale-fdb`;
    await expect(explainFile(`${folder}/ip-10-0-1-20-ens5.pcap`, `${folder}/topology`, 'Q')).rejects.toMatchObject({
      code: 'E_USAGE',
      hint: expect.stringContaining('There are A'),
    });
  });
});
