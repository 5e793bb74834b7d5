// The table against a Map with text keys, over random traffic: the model is made from what was sent, never from bytes.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FlowTable } from '../../src/flow/flow-table.ts';
import { arp, ethernet, ipv4, ipv6, ipv6Bytes, tcp, udp, vxlan } from '../support/packet-builder.ts';
import { countFrames, type Frame, flowText, rowsOf, tunnelText } from './traffic.ts';

interface Sent {
  family: 4 | 6;
  protocol: 'tcp' | 'udp' | 'other';
  /** Last byte of the addresses. */
  src: number;
  dst: number;
  port: number;
  tunnel: 'none' | 'vxlan' | 'ipip';
  vni: number;
  /** Last byte of the outer source, and of the MAC. */
  node: number;
  payload: number;
  capture: number;
  seconds: number;
  nanos: number;
  /** ARP instead. */
  isArp: boolean;
}

const SENT: fc.Arbitrary<Sent> = fc.record({
  family: fc.constantFrom(4, 6),
  protocol: fc.constantFrom('tcp', 'udp', 'other'),
  src: fc.integer({ min: 1, max: 4 }),
  dst: fc.integer({ min: 1, max: 4 }),
  port: fc.integer({ min: 0, max: 2 }),
  tunnel: fc.constantFrom('none', 'vxlan', 'ipip'),
  vni: fc.constantFrom(1, 4096),
  node: fc.integer({ min: 1, max: 3 }),
  payload: fc.nat({ max: 40 }),
  capture: fc.nat({ max: 1 }),
  seconds: fc.nat({ max: 5 }),
  nanos: fc.nat({ max: 3 }),
  isArp: fc.nat({ max: 9 }).map((n) => n === 0),
});

function packetOf({ family, protocol, src, dst, port, payload }: Sent): Uint8Array {
  const body = new Uint8Array(payload);
  const transport =
    protocol === 'tcp' ? tcp({ dstport: port }, body) : protocol === 'udp' ? udp({ dstport: port }, body) : body;
  const number = { tcp: 6, udp: 17, other: 253 }[protocol];
  if (family === 6) return ipv6({ src: ipv6Bytes(src), dst: ipv6Bytes(dst), nxt: number }, transport);
  return ipv4({ src: `10.48.0.${src}`, dst: `10.48.0.${dst}`, proto: number }, transport);
}

function frameOf(sent: Sent): Frame {
  const { capture, seconds, nanos, node, tunnel, family, vni } = sent;
  const mac = { src: `02:00:00:00:00:0${node}` };
  const type = family === 6 ? 0x86dd : 0x0800;
  const place = { capture, seconds, nanos };
  if (sent.isArp) return { ...place, data: ethernet({ ...mac, type: 0x0806 }, arp()) };
  const packet = packetOf(sent);
  if (tunnel === 'none') return { ...place, data: ethernet({ ...mac, type }, packet) };
  const outer = { src: `10.0.1.${node}`, dst: '10.0.1.9' };
  const inside =
    tunnel === 'ipip'
      ? ipv4({ ...outer, proto: family === 6 ? 41 : 4 }, packet)
      : ipv4(outer, udp({ dstport: 4789 }, vxlan({ vni }, ethernet({ type }, packet))));
  return { ...place, data: ethernet(mac, inside) };
}

interface ModelRow {
  packets: number;
  bytes: number;
  overhead: number;
  first: number;
  last: number;
  earliest: number;
  latest: number;
}

/** Flow, capture, MAC and tunnel as text -> counts. */
function modelOf(traffic: readonly Sent[]): Map<string, ModelRow> {
  const model = new Map<string, ModelRow>();
  traffic.forEach((sent, i) => {
    if (sent.isArp) return;
    const time = sent.seconds * 10 + sent.nanos;
    const key = keyOf(sent);
    const row = model.get(key) ?? {
      packets: 0,
      bytes: 0,
      overhead: 0,
      first: i + 1,
      last: 0,
      earliest: time,
      latest: time,
    };
    row.packets++;
    row.bytes += frameOf(sent).data.length;
    row.overhead += { none: 0, ipip: 20, vxlan: 50 }[sent.tunnel];
    row.last = i + 1;
    row.earliest = Math.min(row.earliest, time);
    row.latest = Math.max(row.latest, time);
    model.set(key, row);
  });
  return model;
}

function keyOf({ family, protocol, src, dst, port, tunnel, vni, node, capture }: Sent): string {
  const number = { tcp: 6, udp: 17, other: 253 }[protocol];
  const ports = protocol === 'other' ? [0, 0] : [40000, port];
  const [from, to] = family === 6 ? [`fd00::${src}`, `fd00::${dst}`] : [`10.48.0.${src}`, `10.48.0.${dst}`];
  const outer = tunnel === 'none' ? '' : ` 10.0.1.${node} > 10.0.1.9`;
  const through = `${tunnel}${tunnel === 'vxlan' ? ` ${vni}` : ''}${outer}`;
  return `${number} ${from}:${ports[0]} > ${to}:${ports[1]} | ${capture} 02:00:00:00:00:0${node} | ${through}`;
}

function rowsTold(table: FlowTable): Map<string, ModelRow> {
  const told = new Map<string, ModelRow>();
  const { rows } = table;
  for (let flow = 0; flow < table.flowCount; flow++) {
    for (const row of rowsOf(table, flow)) {
      const link = table.links.record(table.linkOf(row));
      told.set(`${flowText(table, flow)} | ${link.capture} ${link.src} | ${tunnelText(table, row)}`, {
        packets: rows.packets(row),
        bytes: rows.bytes(row),
        overhead: rows.overheadBytes(row),
        first: rows.firstPacket(row),
        last: rows.lastPacket(row),
        earliest: rows.firstSeconds(row) * 10 + rows.firstNanos(row),
        latest: rows.lastSeconds(row) * 10 + rows.lastNanos(row),
      });
    }
  }
  return told;
}

it('counts what a Map over the traffic sent would count', () => {
  fc.assert(
    fc.property(fc.array(SENT, { maxLength: 120 }), (traffic) => {
      const { table, rows } = countFrames(traffic.map(frameOf));
      expect(rowsTold(table)).toEqual(modelOf(traffic));
      expect(rows.filter((row) => row < 0)).toHaveLength(traffic.filter((sent) => sent.isArp).length);
      const flows = new Set(traffic.filter((sent) => !sent.isArp).map((sent) => keyOf(sent).split(' | ')[0]));
      expect(table.flowCount).toBe(flows.size);
    }),
    { numRuns: 150 },
  );
});

it('finds the other direction of every flow, where it was seen', () => {
  fc.assert(
    fc.property(fc.array(SENT, { maxLength: 60 }), (traffic) => {
      const { table } = countFrames(traffic.map(frameOf));
      const flows = new Map<string, number>();
      for (let flow = 0; flow < table.flowCount; flow++) flows.set(flowText(table, flow), flow);
      for (const [text, flow] of flows) {
        const [protocol, ends] = [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1).split(' > ')];
        expect(table.reverseOf(flow)).toBe(flows.get(`${protocol} ${ends[1]} > ${ends[0]}`) ?? -1);
      }
    }),
    { numRuns: 50 },
  );
});
