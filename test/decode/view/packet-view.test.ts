// The object view: what decode and explain show of a packet, field by field.
import { describe, expect, it } from 'vitest';
import { namedFields, viewPacket } from '../../../src/decode/view/packet-view.ts';
import { walkPorts } from '../../../src/decode/walk-ports.ts';
import { ethernet, hex, ipv4, tcp, udp, vxlanFrame } from '../../support/packet-builder.ts';
import { type WalkOptions, walkPacket } from '../../support/walk-packet.ts';

function view(packet: Uint8Array, options: WalkOptions = {}) {
  const { bytes, start, stack } = walkPacket(packet, options);
  return viewPacket(bytes, start, stack, options.ports ?? walkPorts());
}

describe('viewPacket', () => {
  const layers = view(vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({ options: hex('020422cf') })))));

  it('gives every layer with offset, header length and end', () => {
    expect(layers.map(({ protocol, offset, length, end }) => [protocol, offset, length, end])).toEqual([
      ['eth', 0, 14, 108],
      ['ip', 14, 20, 108],
      ['udp', 34, 8, 108],
      ['vxlan', 42, 8, 108],
      ['eth', 50, 14, 108],
      ['ip', 64, 20, 108],
      ['tcp', 84, 24, 108],
    ]);
  });

  it('names fields as Wireshark does: addresses text, flags booleans, all else numbers', () => {
    expect(namedFields(layers[0]!)).toEqual({
      'eth.dst': '02:00:00:00:00:0b',
      'eth.src': '02:00:00:00:00:0a',
      'eth.type': 2048,
    });
    expect(namedFields(layers[3]!)).toMatchObject({ 'vxlan.flag_i': true, 'vxlan.flag_g': false, 'vxlan.vni': 4096 });
    expect(namedFields(layers[5]!)).toMatchObject({ 'ip.hdr_len': 20, 'ip.src': '10.0.0.1', 'ip.proto': 6 });
  });

  it('says what values mean', () => {
    const field = (index: number, name: string) => layers[index]!.fields.find((candidate) => candidate.name === name);
    expect(field(1, 'ip.proto')).toMatchObject({ text: '17', meaning: 'UDP', bit: 72, width: 8 });
    expect(field(0, 'eth.type')).toMatchObject({ text: '0x0800', meaning: 'IPv4' });
    expect(field(2, 'udp.dstport')).toMatchObject({ text: '4789', meaning: 'VXLAN' });
    expect(field(3, 'vxlan.flag_i')).toMatchObject({ text: 'yes', value: true });
    expect(field(6, 'tcp.options.mss_val')).toMatchObject({ text: '8911', bit: 20 * 8 + 16 });
  });

  it('says what addresses and numbers of Calico mean', () => {
    const meanings = (packet: Uint8Array) =>
      view(packet).flatMap(({ fields }) => fields.map(({ name, meaning }) => `${name} ${meaning}`));
    const frame = ethernet(
      { src: 'ee:ee:ee:ee:ee:ee', dst: 'ff:ff:ff:ff:ff:ff' },
      ipv4({ proto: 1, src: '169.254.1.1', dst: '224.0.0.5' }, hex('0304 0000 0000 0000')),
    );
    expect(meanings(frame)).toEqual(
      expect.arrayContaining([
        'eth.dst broadcast',
        'eth.src Calico’s host side of a pod',
        'ip.src Calico’s gateway of every pod',
        'ip.dst multicast',
        'icmp.type destination unreachable',
        'icmp.code fragmentation needed',
      ]),
    );
    expect(meanings(vxlanFrame(ethernet({}, ipv4({}, udp({})))))).toContain('vxlan.vni Calico’s default');
    expect(meanings(ethernet({}, ipv4({ frag_offset: 185 }, hex('00'))))).toContain('ip.frag_offset byte 1480');
  });

  it('shows a group before its members, and hides nothing', () => {
    const names = layers[1]!.fields.map((field) => field.name);
    expect(names.slice(names.indexOf('ip.flags'), names.indexOf('ip.frag_offset'))).toEqual([
      'ip.flags',
      'ip.flags.rb',
      'ip.flags.df',
      'ip.flags.mf',
    ]);
    expect(layers[1]!.fields.filter((field) => field.group).map((field) => field.name)).toEqual([
      'ip.dsfield',
      'ip.flags',
    ]);
  });

  it('gives an array where a name occurs more than once', () => {
    const [, , layer] = view(
      ethernet({}, ipv4({ proto: 6 }, tcp({ options: hex('0101 0512 00000001 00000002 00000003 00000004') }))),
    );
    expect(namedFields(layer!)).toMatchObject({
      'tcp.option_kind': [1, 1, 5],
      'tcp.option_len': 18,
      'tcp.options.sack_le': [1, 3],
      'tcp.options.sack_re': [2, 4],
    });
  });

  it('calls 802.1ad’s outer tag and both cooked headers as tshark does', () => {
    const double = view(ethernet({ type: 0x88a8 }, hex('00c8 8100 0064 0800'), ipv4({}, udp({}))));
    expect(double.map((layer) => layer.protocol)).toEqual(['eth', 'ieee8021ad', 'vlan', 'ip', 'udp']);
    const cooked = new Uint8Array([
      ...hex('88a8 0000 00000005 0001 00 06 66c9eeb19b47 0000 00c80800'),
      ...ipv4({}, udp({})),
    ]);
    expect(view(cooked, { linkType: 276 }).map((layer) => layer.protocol)).toEqual(['sll', 'ieee8021ad', 'ip', 'udp']);
  });

  it('knows VXLAN-GPE by its port', () => {
    const [, , , gpe] = view(
      ethernet({}, ipv4({}, udp({ dstport: 4790 }, hex('0c000001 00100000'), ipv4({}, udp({}))))),
    );
    expect(namedFields(gpe!)).toMatchObject({ 'vxlan.next_proto': 1, 'vxlan.p_bit': true, 'vxlan.vni': 4096 });
  });

  it('tells how many bytes nothing is known about', () => {
    const data = view(ethernet({}, ipv4({ proto: 253 }, hex('010203')))).at(-1)!;
    expect([data.protocol, data.offset, data.length, namedFields(data)]).toEqual(['data', 34, 3, { 'data.len': 3 }]);
  });

  it('raw IP has a layer without a header', () => {
    expect(view(ipv4({}, udp({})), { linkType: 101 })[0]).toMatchObject({
      protocol: 'raw',
      offset: 0,
      length: 0,
      fields: [],
    });
  });

  it('shows what is there of cut options', () => {
    const [, , layer] = view(ethernet({}, ipv4({ proto: 6 }, tcp({ hdr_len: 8 }, hex('020422cf 0402')))));
    expect(namedFields(layer!)).toMatchObject({
      'tcp.hdr_len': 32,
      'tcp.options.mss_val': 8911,
      'tcp.option_kind': [2, 4],
    });
    expect(layer!.length).toBe(26);
  });
});
