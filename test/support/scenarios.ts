// Traces with a story, for golden files: the stale FDB entry of the sketches, with short names and with a cloud's long ones.
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import { address, buildTrace, capture, cause, flow, observation, PLAIN, pod, point, UNSEEN } from './trace-builder.ts';

interface Names {
  control1: string;
  worker1: string;
  worker2: string;
  cart: string;
  db: string;
  front: string;
}

const SHORT: Names = {
  control1: 'control1',
  worker1: 'worker1',
  worker2: 'worker2',
  cart: 'shop/cart',
  db: 'shop/db',
  front: 'shop/front',
};

const LONG: Names = {
  control1: 'ip-10-0-1-20.eu-west-1.compute.internal',
  worker1: 'ip-10-0-1-30.eu-west-1.compute.internal',
  worker2: 'ip-10-0-1-31.eu-west-1.compute.internal',
  cart: 'yaobank/customer-687b8d8f74-lmzqz',
  db: 'yaobank/database-545f6d6d95-khwr2',
  front: 'yaobank/summary-7579bd9566-866km',
};

/** control1 sends worker1's overlay packets to worker2: 2 wrong conversations, the others fine, one seen on a veth only. */
export function staleFdb(length: 'short' | 'long' = 'short'): Trace {
  const names = length === 'short' ? SHORT : LONG;
  const cart = pod('10.48.0.130', names.cart, names.control1);
  const db = pod('10.48.0.200', names.db, names.worker1);
  const front = pod('10.48.0.10', names.front, names.worker2);
  const mail = pod('10.48.128.200', 'flat/mail', names.worker1, 0, 'flat-ippool');
  const tcp = {
    syn: 6,
    synAck: 0,
    fin: 0,
    rst: 0,
    data: 0,
    retransmissions: 5,
    largeRetransmissions: 0,
    handshake: false,
  };
  const wrong: Partial<TracedFlow> = {
    verdict: 'violation',
    observed: { encapsulation: 'vxlan', vni: 4096, outerSrc: '10.0.1.20', outerDst: '10.0.1.31', udpPort: 4789 },
    observations: [observation({ outerDst: '10.0.1.31', firstPacket: 3, lastPacket: 18, packets: 9 })],
    findings: [
      {
        ...{
          code: 'wrong-destination-vtep',
          severity: 'violation',
          capture: 0,
          firstPacket: 3,
          lastPacket: 18,
        },
        message: `sent to 10.0.1.31 (${names.worker2}), but ${names.db} is on ${names.worker1}`,
      },
    ],
  };
  const web = [0, 1, 2, 3].map((i) =>
    both(flow({ ...front, port: 40000 + i }, { ...cart, port: 8080 }, { packets: 7 }), { packets: 6 }),
  );
  const plain: Partial<TracedFlow> = {
    ...PLAIN,
    expected: { encapsulation: 'none', pool: 'flat-ippool', reason: 'pool-never' },
  };
  const refused: Partial<TracedFlow> = { packets: 1, outcome: 'refused' };
  const rst = { ...tcp, syn: 0, rst: 1, retransmissions: 0 };
  return buildTrace({
    captures: [
      capture('control1-ens5.pcap', { points: [point({ node: names.control1, packets: 36 })] }),
      capture('captures/worker1-ens5.pcap', {
        packets: 92,
        points: [point({ node: names.worker1, packets: 92 })],
        outcomes: { complete: 88, unsupported: 1, faulty: 1, notFlow: 2 },
        faults: [{ code: 'ip-total-length-long', count: 1, firstPacket: 40 }],
        warnings: ['the last packet is cut off at byte offset 9118'],
      }),
    ],
    conversations: [
      ...web,
      [
        flow(
          { ...cart, port: 0 },
          { ...db, port: 0 },
          { ...wrong, protocol: 'icmp', packets: 9, outcome: 'sent-never-arrived' },
        ),
      ],
      [flow({ ...cart, port: 35624 }, { ...db, port: 5432 }, { ...wrong, packets: 6, outcome: 'no-answer', tcp })],
      both(flow({ ...front, port: 51000 }, { ...db, port: 9999 }, { ...refused, tcp: { ...tcp, syn: 1 } }), {
        ...refused,
        tcp: rst,
      }),
      both(flow({ ...front, port: 0 }, mail, { ...plain, protocol: 'icmp', packets: 2 }), { packets: 2 }, true),
      both(flow({ ...front, port: 50000 }, { ...db, port: 53 }, { ...UNSEEN, protocol: 'udp', packets: 7 }), {}),
      [
        flow(address('10.0.1.20', 'node', names.control1, 50001), address('93.184.216.34', 'external', null, 443), {
          ...plain,
          inScope: false,
        }),
      ],
    ],
    causes: [staleFdbCause(names)],
  });
}

/** A request and its reply; `swap` gives the reply the default observation instead of the request's. */
function both(request: TracedFlow, reply: Partial<TracedFlow>, swap = false): [TracedFlow, TracedFlow] {
  const { src, dst, ...rest } = request;
  const facts = swap ? { protocol: rest.protocol } : rest;
  return [request, flow(dst, src, { ...facts, ...reply })];
}

function staleFdbCause(names: Names): ReturnType<typeof cause> {
  const file = (name: string): string => `${names.control1}/${name}`;
  return cause({
    title: `${names.control1} sends ${names.worker1}'s overlay packets to ${names.worker2}`,
    fromNode: names.control1,
    toNode: names.worker1,
    ...{ flows: 2, packets: 15, flowIds: [9, 10] },
    expected: `VXLAN 10.0.1.20 → 10.0.1.30: ${names.db} runs on ${names.worker1} (pods.yaml:12), and its pool default-ipv4-ippool says Always (ippools.yaml:7)`,
    seen: `VXLAN 10.0.1.20 → 10.0.1.31, ${names.worker2}'s address`,
    chain: [
      {
        ...{ table: 'route', text: '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink', status: 'ok', note: null },
        ...{ ref: { file: file('ip-route.txt'), line: 6 }, field: null, bytes: null },
      },
      {
        ...{ table: 'neighbour', text: '10.48.0.206 is 66:14:9d:f4:2c:1f', status: 'ok', note: null },
        ...{ ref: { file: file('ip-neigh.txt'), line: 3 }, field: 'eth.dst', bytes: { offset: 50, length: 6 } },
      },
      {
        ...{ table: 'fdb', text: '66:14:9d:f4:2c:1f is behind 10.0.1.31', status: 'wrong' },
        note: `should be 10.0.1.30, the address of ${names.worker1}`,
        ...{ ref: { file: file('bridge-fdb.txt'), line: 3 }, field: 'ip.dst', bytes: { offset: 30, length: 4 } },
      },
      { table: 'device', text: null, status: 'unknown', note: null, ref: null, field: 'vxlan.vni', bytes: null },
    ],
    also: ['none of the 15 is in worker1-ens5.pcap, which covers the same ten seconds'],
    check: [`${names.control1}$ bridge fdb show dev vxlan.calico | grep 66:14:9d:f4:2c:1f   # dst 10.0.1.30?`],
  });
}
