// `overlens decode -w --decapsulate`: what tunnels carry, as packets by themselves.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPcap } from '../support/capture-builder.ts';
import { arp, ethernet, hex, ipv4, udp, vxlan } from '../support/packet-builder.ts';
import { readCapture } from '../support/read-packets.ts';
import { runCli } from '../support/run-cli.ts';
import { fails, plain, saved, scratch, slice } from '../support/slices.ts';

const DATA = hex('00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee');
const CAPTURE = `${new URL('../../', import.meta.url).pathname}samples/08-stale-fdb/ip-10-0-1-20-ens5.pcap`;

describe('--decapsulate', () => {
  const inner = ethernet(
    { type: 0x0800 },
    ipv4({ proto: 17, src: '10.48.0.1', dst: '10.48.0.2' }, udp({ dstport: 53 }, DATA)),
  );
  const outer = (payload: Uint8Array, ip = {}): Uint8Array =>
    ethernet({ type: 0x0800 }, ipv4({ proto: 17, src: '10.0.0.1', dst: '10.0.0.2', ...ip }, payload));
  const inVxlan = outer(udp({ srcport: 50_000, dstport: 4789 }, vxlan({ vni: 4096 }, inner)));
  const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

  it('writes of VXLAN the inner frame, and what is in no tunnel as it was', async () => {
    const path = saved('v.pcap', buildPcap([{ data: inVxlan }, { data: ethernet({ type: 0x0806 }, arp()) }]));
    const { code, stderr } = await runCli(['decode', path, '-w', join(scratch(), 'v.pcap'), '--decapsulate']);
    expect(code).toBe(0);
    expect(stderr).toContain('2 packets written');
    expect(stderr).toContain('1 of them as they were: not in a tunnel that can be opened');
    const { packets } = await readCapture(await slice('v.pcap', path, '--decapsulate'));
    expect(packets.map(({ data }) => data)).toEqual([hexOf(inner), hexOf(ethernet({ type: 0x0806 }, arp()))]);
  });

  it('tells how long the frame was that the snaplen cut', async () => {
    const cut = 70;
    const path = saved('c.pcap', buildPcap([{ data: inVxlan.subarray(0, cut), original: inVxlan.length }]));
    const { packets } = await readCapture(await slice('c.pcapng', path, '--decapsulate'));
    expect(packets[0]?.data).toBe(hexOf(inVxlan.subarray(inVxlan.length - inner.length, cut)));
    expect(packets[0]?.original).toBe(inner.length);
  });

  it('writes of IP-in-IP the inner packet, on an interface of raw IP', async () => {
    const packet = ipv4({ proto: 17, src: '10.48.0.1', dst: '10.48.0.2' }, udp({ dstport: 53 }, DATA));
    const path = saved('i.pcap', buildPcap([{ data: outer(packet, { proto: 4 }) }, { data: inVxlan }]));
    const { packets, interfaces } = await plain(await slice('i.pcapng', path, '--decapsulate'));
    expect(packets.map(({ data }) => data)).toEqual([hexOf(packet), hexOf(inner)]);
    expect(packets.map((one) => interfaces[one.interface]?.linkType)).toEqual([101, 1]);
    expect(await fails(path, '-w', join(scratch(), 'i.pcap'), '--decapsulate')).toContain('a pcap has one link type');
  });

  it('leaves fragments of the packet around a tunnel as they are: no one of them has all of it', async () => {
    const fragment = outer(udp({ srcport: 50_000, dstport: 4789, length: 500 }, vxlan({ vni: 4096 }, inner)), {
      'flags.mf': true,
    });
    const path = saved('f.pcap', buildPcap([{ data: fragment }]));
    const { packets } = await readCapture(await slice('f.pcap', path, '--decapsulate'));
    expect(packets[0]?.data).toBe(hexOf(fragment));
  });

  it('says what -w writes: alone it means nothing', async () => {
    expect(await fails(CAPTURE, '--decapsulate')).toContain('--decapsulate: says what -w writes');
  });
});
