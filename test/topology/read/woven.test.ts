// Outputs of several machines in one: each line is of the machine that its sign, or the heading above it, names.
import { describe, expect, it } from 'vitest';
import { topologyOf } from '../documents.ts';

const routes = (host: number, peer: string): string[] => [
  `default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.${host} metric 100`,
  `10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.${host}`,
  `10.48.0.192/26 via ${peer} dev vxlan.calico onlink`,
];
const N1 = routes(20, '10.48.0.206');
const N2 = routes(30, '10.48.0.135');
const BOTH = ['n1 10.0.1.20 10.48.0.206', 'n2 10.0.1.30 10.48.0.135'];

/** `n1 10.0.1.20 10.48.0.206`: name, address, next hop of its tunnel route. */
const told = (text: string): string[] =>
  topologyOf({ 'paste.txt': text }).nodes.map(({ name, named, addresses, routes: own }) =>
    [named ? name : '-', addresses[0]?.address, own.at(-1)?.via].join(' '),
  );
const behind = (sign: (name: string) => string): string =>
  [...N1.map((line) => `${sign('n1')}${line}`), ...N2.map((line) => `${sign('n2')}${line}`)].join('\n');
const interleaved = N1.flatMap((line, i) => [`n1: ${line}`, `n2: ${N2[i]}`]).join('\n');

describe('a sign at each line', () => {
  it.each([
    ['pdsh', behind((name) => `${name}: `)],
    ['pdsh, as lines came', interleaved],
    ['behind its command, which another machine ran', `me@admin7:~$ pdsh -w n[1-2] ip route\n${interleaved}`],
    ['clush', `$ clush -w n1,n2 -- ip route\n${interleaved}`],
    ['fabric', behind((name) => `[${name}] out: `)],
    ['compose', behind((name) => `${name} | `)],
    ['parallel --tag', behind((name) => `${name}\t`)],
    ['salt', `n1:\n${N1.map((line) => `    ${line}`).join('\n')}\nn2:\n${N2.map((line) => `    ${line}`).join('\n')}`],
    [
      'clush -b',
      `---------------\nn1\n---------------\n${N1.join('\n')}\n---------------\nn2\n---------------\n${N2.join('\n')}`,
    ],
    ['ansible', `n1 | CHANGED | rc=0 >>\n${N1.join('\n')}\n\nn2 | CHANGED | rc=0 >>\n${N2.join('\n')}`],
    [
      'more',
      `::::::::::::::\nn1/ip-route.txt\n::::::::::::::\n${N1.join('\n')}\n::::::::::::::\nn2/ip-route.txt\n::::::::::::::\n${N2.join('\n')}`,
    ],
    ['grep', behind((name) => `${name}/ip-route.txt:`)],
    [
      'grep -n',
      [...N1.map((line, i) => `n1/r.txt:${i + 1}:${line}`), ...N2.map((line, i) => `n2/r.txt:${i + 1}:${line}`)].join(
        '\n',
      ),
    ],
    [
      'a loop that asks for the name',
      `$ for i in 20 30; do ssh 10.0.1.$i hostname; ssh 10.0.1.$i ip r; done\nn1\n${N1.join('\n')}\nn2\n${N2.join('\n')}`,
    ],
  ])('of %s', (_, text) => {
    expect(told(`${text}\n`)).toEqual(BOTH);
  });

  it('keeps the number of each line', () => {
    const [, n2] = topologyOf({ 'paste.txt': interleaved }).nodes;
    expect(n2?.routes.map(({ ref, text }) => [ref.line, text])).toEqual(N2.map((line, i) => [2 * i + 2, line]));
  });

  it('JSON behind it is read too', () => {
    const json = '[{"dst":"default","gateway":"10.0.1.1","dev":"ens5","protocol":"dhcp","prefsrc":"10.0.1.20"}]';
    expect(told(`n1: ${json}\nn2: ${json.replace('.20', '.30')}\n`)).toEqual([
      'n1 10.0.1.20 10.0.1.1',
      'n2 10.0.1.30 10.0.1.1',
    ]);
  });

  it('what a tool says itself, or a machine that failed, is not understood, and the rest is', () => {
    const topology = topologyOf({
      'paste.txt': `${behind((name) => `${name}: `)}\npdsh@admin7: n3: ssh exited with exit code 255\nn3: ssh: connect to host n3 port 22: No route\n`,
    });
    expect(topology.nodes.map(({ name }) => name)).toEqual(['n1', 'n2']);
    expect(topology.issues.map(({ code }) => code)).toEqual(['unrecognised-lines']);
  });

  it("one output of several machines is nobody's", () => {
    expect(told(`---------------\nn[1-2] (2)\n---------------\n${N1.slice(2).join('\n')}\n`)).toEqual([]);
  });

  it('output of a machine that failed is not that of the one before it', () => {
    const text = `n1 | CHANGED | rc=0 >>\n${N1.join('\n')}\nn2 | FAILED | rc=1 >>\n10.9.0.0/16 via 10.0.1.9 dev ens5\n`;
    expect(topologyOf({ t: text }).nodes.map(({ name, routes: own }) => [name, own.length])).toEqual([['n1', 3]]);
  });

  it('keys and values look the same, and name nobody', () => {
    expect(told('gateway: 10.0.1.1\nn1: 10.0.1.20\nvip: 10.0.1.100\n')).toEqual([]);
    expect(
      told(
        'before: 10.48.0.192/26 via 10.0.1.30 dev ens5 proto bird\nafter: 10.48.0.192/26 via 10.48.0.206 dev vxlan.calico\n',
      ),
    ).toEqual([]);
  });

  it.each([
    ['a time', (line: string) => `2026-11-22T10:00:00.123456Z ${line}`],
    ['its number', (line: string, i: number) => `${String(i + 1).padStart(6)}\t${line}`],
    ['its number, as a page shows it', (line: string, i: number) => `${i + 1} | ${line}`],
  ])('%s is taken off', (_, sign) => {
    expect(told(`${N1.map(sign).join('\n')}\n`)).toEqual(['- 10.0.1.20 10.48.0.206']);
  });
});
