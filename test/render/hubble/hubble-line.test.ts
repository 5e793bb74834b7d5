import { describe, expect, it } from 'vitest';
import { type HubbleLook, hubbleLine } from '../../../src/render/hubble/hubble-line.ts';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import { capture, flow, observation, pod, point } from '../../support/trace-builder.ts';

const TCP = {
  syn: 1,
  synAck: 0,
  fin: 0,
  rst: 0,
  data: 2,
  retransmissions: 0,
  largeRetransmissions: 0,
  handshake: true,
};

const [cart, db] = [pod('10.48.0.130', 'shop/cart', 'control1', 40000), pod('10.48.0.200', 'shop/db', 'worker1', 5432)];
const LOOK: HubbleLook = {
  version: '1.2.3',
  captures: [capture('a.pcap'), capture('b.pcap', { points: [point({ node: 'worker1', interface: 'eth0' })] })],
  labels: (namespace, name) => (name === 'cart' ? { app: `${namespace}-cart` } : null),
};
const asked = (partial: Partial<TracedFlow> = {}): TracedFlow => flow(cart, db, { tcp: TCP, ...partial });

// biome-ignore lint/suspicious/noExplicitAny: what flow.proto allows is checked below
const parsed = (one: TracedFlow, look = LOOK): any => JSON.parse(hubbleLine(one, look));

describe('a line of Hubble', () => {
  it('has the names and enums of flow.proto, and names pods, nodes, device and tunnel', () => {
    const { flow: said, node_name, time } = parsed(asked());
    expect({ node_name, time }).toEqual({ node_name: 'control1', time: '2026-11-22T08:29:50.212345Z' });
    const { uuid, ...rest } = said;
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(rest).toEqual({
      time: '2026-11-22T08:29:50.212345Z',
      verdict: 'FORWARDED',
      ethernet: { source: '66:c9:ee:b1:9b:47', destination: '66:14:9d:f4:2c:1f' },
      IP: { source: '10.48.0.130', destination: '10.48.0.200', ipVersion: 'IPv4' },
      l4: { TCP: { source_port: 40000, destination_port: 5432, flags: { SYN: true, ACK: true } } },
      source: { namespace: 'shop', pod_name: 'cart', labels: ['k8s:app=shop-cart'] },
      destination: { namespace: 'shop', pod_name: 'db' },
      Type: 'L3_L4',
      node_name: 'control1',
      event_type: { type: 4 },
      traffic_direction: 'EGRESS',
      trace_observation_point: 'TO_NETWORK',
      is_reply: false,
      interface: { name: 'ens5' },
      tunnel: {
        protocol: 'VXLAN',
        IP: { source: '10.0.1.20', destination: '10.0.1.30', ipVersion: 'IPv4' },
        l4: { UDP: { destination_port: 4789 } },
        vni: 4096,
      },
      emitter: { name: 'overlens', version: '1.2.3' },
    });
  });

  it('is a reply where the flow answered, and null where nothing tells', () => {
    const reply = (partial: Partial<TracedFlow>): unknown => parsed(asked(partial)).flow.is_reply;
    expect(reply({ tcp: { ...TCP, syn: 0, synAck: 1 } })).toBe(true);
    expect(reply({ tcp: { ...TCP, syn: 0 } })).toBeNull();
    expect(reply({ tcp: null, protocol: 'icmp', echo: { requests: 0, replies: 3 } })).toBe(true);
    expect(reply({ tcp: null, protocol: 'udp' })).toBeNull();
  });

  it('is dropped where nothing arrived or a policy denied it, forwarded where something shows that it got there, else traced', () => {
    const verdict = (partial: Partial<TracedFlow>): unknown => parsed(asked(partial)).flow.verdict;
    expect(verdict({ outcome: 'sent-never-arrived' })).toBe('DROPPED');
    expect(verdict({ outcome: 'no-answer', arrival: { sent: 3, arrived: 0, lost: true } })).toBe('DROPPED');
    expect(verdict({ outcome: 'no-answer', arrival: { sent: 3, arrived: 3, lost: false } })).toBe('FORWARDED');
    expect(verdict({ outcome: 'no-answer' })).toBe('TRACED');
    expect(verdict({ outcome: 'no-answer', observations: [observation({ capture: 1 })] })).toBe('FORWARDED');
  });

  it('has a tunnel that the enum does not know among the extensions', () => {
    const ipip = observation({ encapsulation: 'ipip', vni: null, udpPort: null, innerSrcMac: null, innerDstMac: null });
    const { flow: said } = parsed(asked({ observations: [ipip] }));
    expect(said.tunnel).toBeUndefined();
    expect(said.extensions).toEqual({
      '@type': 'type.googleapis.com/google.protobuf.Struct',
      value: {
        tunnel: { protocol: 'IPIP', IP: { source: '10.0.1.20', destination: '10.0.1.30', ipVersion: 'IPv4' } },
      },
    });
  });

  it('stays under 64 KiB whatever labels a pod has, and shows no control character', () => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`label-${i}`, 'x\u001b[2J'.repeat(3)]));
    const line = hubbleLine(asked(), { ...LOOK, labels: () => labels });
    expect(Buffer.byteLength(line)).toBeLessThan(64 * 1024);
    expect(JSON.parse(line).flow.source).toEqual({ namespace: 'shop', pod_name: 'cart', labels: [] });
    const hostile = hubbleLine(asked(), { ...LOOK, labels: () => ({ a: '\u001b[2J\u202e' }) });
    expect(hostile.slice(0, -1)).not.toMatch(/[^\x20-\x7e]/);
  });
});
