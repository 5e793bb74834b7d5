// eBPF's table of services, as text and as JSON.
import { expect, it } from 'vitest';
import { issueCodes, LAB_NODES, topologyOf } from '../../documents.ts';

const read = (text: string, file: string) => {
  const topology = topologyOf({ 'nodes.yaml': LAB_NODES, [file]: text });
  const told = topology
    .nodeByName('control1')
    ?.natServices.map(
      ({ protocol, ip, port, backends }) =>
        `${protocol} ${ip}:${port} > ${backends.map((one) => `${one.ip}:${one.port}`)}`,
    );
  return { told, codes: issueCodes(topology) };
};
const WANTED = [
  '6 10.96.0.10:80 > 10.48.0.200:8080',
  '17 10.96.0.9:53 > 10.48.0.10:53,10.48.0.11:53',
  '6 10.0.1.20:30080 > ',
];

it('as text has backends below, of which one may be missing', () => {
  const text = [
    '10.96.0.10 port 80 proto 6 id 3 count 1 local 0',
    '\t3:0\t 10.48.0.200:8080',
    '10.96.0.9 port 53 proto 17 id 4 count 3 local 1 flags external-local',
    '\t4:0\t 10.48.0.10:53',
    '\t4:1\t 10.48.0.11:53',
    '\t4:2\t is missing',
    '10.0.1.20 port 30080 proto 6 id 5 count -1 local 0 src 192.0.2.0/24',
  ];
  expect(read(`${text.join('\n')}\n`, 'control1/bpf-nat.txt')).toEqual({ told: WANTED, codes: [] });
});

it('as JSON says the same', () => {
  const frontend = (addr: string, port: number, proto: number) => ({ addr, port, proto, id: 3, count: 1, local: 0 });
  const list = [
    { frontend: frontend('10.96.0.10', 80, 6), backends: [{ addr: '10.48.0.200', port: 8080 }] },
    {
      frontend: frontend('10.96.0.9', 53, 17),
      backends: [
        { addr: '10.48.0.10', port: 53 },
        { addr: '10.48.0.11', port: 53 },
        { addr: 'missing', port: 0 },
      ],
    },
    { frontend: frontend('10.0.1.20', 30080, 6), backends: null },
  ];
  expect(read(`${JSON.stringify(list, null, 2)}\n`, 'control1/bpf-nat.json')).toEqual({ told: WANTED, codes: [] });
});
