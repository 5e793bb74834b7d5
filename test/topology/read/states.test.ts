// Texts that show the same things several times: each state in turn, in the order of the text.
import { describe, expect, it } from 'vitest';
import { buildTopology } from '../../../src/topology/build.ts';
import { answer, fixture, issueCodes, issueOf, topologyOf } from '../documents.ts';

const at = (name: string, step?: number) =>
  buildTopology([{ file: name, text: fixture(`texts/${name}`), named: true }], step === undefined ? {} : { step });
const modes = (name: string, step?: number) =>
  at(name, step).pools.map(({ vxlanMode, modeRef }) => `${vxlanMode} ${modeRef.line}`);

describe('a runbook', () => {
  it('goes through its states, each with its lines', () => {
    const { states } = at('runbook.md');
    expect(states.map(({ step, firstLine, lastLine, isChosen }) => [step, firstLine, lastLine, isChosen])).toEqual([
      [1, 14, 40, false],
      [2, 56, 93, false],
      [3, 108, 116, true],
    ]);
    expect(states.map(({ shows }) => shows.map(({ what }) => what))).toEqual([
      ['IPPool blue (Never)', 'routes of rack-a-1'],
      [
        'IPPool blue (vxlanMode CrossSubnet)',
        'Node 172.20.1.11',
        'Node 172.20.1.12',
        'Node 172.20.2.21',
        'routes of rack-a-1',
        'neighbours of rack-a-1',
        'FDB of rack-a-1',
      ],
      ['IPPool blue (Never)'],
    ]);
  });

  it('the last one holds, any other can be asked for', () => {
    expect([modes('runbook.md', 1), modes('runbook.md', 2), modes('runbook.md')]).toEqual([
      ['Never 22'],
      ['CrossSubnet 65'],
      ['Never 116'],
    ]);
  });

  it('before', () => {
    const topology = at('runbook.md', 1);
    expect(topology.nodes.map(({ name, routes, has }) => [name, routes.length, has.route])).toEqual([
      ['rack-a-1', 6, true],
    ]);
    expect(issueCodes(topology)).toEqual([]);
  });

  it('with the tunnel', () => {
    const topology = at('runbook.md', 2);
    expect(topology.nodes.map(({ name, tunnels }) => [name, tunnels.vxlan?.value])).toEqual([
      ['rack-a-1', '192.168.64.1'],
      ['172.20.1.12', '192.168.64.129'],
      ['172.20.2.21', '192.168.64.65'],
    ]);
    const [first] = topology.nodes;
    expect(first?.has).toMatchObject({ route: true, neigh: false, fdb: true });
    expect(first?.routes.find(({ dst }) => dst === '192.168.64.64/26')).toMatchObject({
      dev: 'vxlan.calico',
      ref: { line: 88 },
    });
    expect(answer(topology.lookup('192.168.64.70'))).toBe('pod @172.20.2.21 by route');
    expect(topology.nodeByVtepMac('66:0a:0b:0c:0d:0e')?.node.name).toBe('172.20.2.21');
    expect(issueCodes(topology)).toEqual([]);
  });

  it('afterwards older routes into the pool no longer hold, whose addresses are whose does', () => {
    const topology = at('runbook.md');
    expect(topology.nodes[0]?.routes.map(({ dst }) => dst)).not.toContain('192.168.64.64/26');
    expect(topology.nodes[0]?.has).toMatchObject({ route: false, neigh: false, fdb: false });
    expect(answer(topology.lookup('192.168.64.70'))).toBe('pod @172.20.2.21 by inferred-block');
    expect(topology.nodeByVtepMac('66:0a:0b:0c:0d:0e')?.node.name).toBe('172.20.2.21');
    expect(issueCodes(topology)).toEqual([]);
  });
});

describe('a chat', () => {
  it('shows the entry before and after it was repaired', () => {
    const macs = (step?: number) =>
      at('chat.txt', step)
        .nodes.find(({ name }) => name === 'n1')
        ?.fdb.map(({ mac }) => mac);
    expect(at('chat.txt').states.map(({ shows }) => shows.map(({ what }) => what).at(-1))).toEqual([
      'links of n2',
      'FDB of n1',
    ]);
    // The same excerpt, taken again.
    expect([macs(1), macs()]).toEqual([['66:aa:aa:aa:aa:01'], ['66:aa:aa:aa:aa:02']]);
  });

  it('names its machines by their prompts, and nobody else', () => {
    const { nodes } = at('chat.txt');
    expect(nodes.map(({ name, addresses, fdb }) => [name, addresses[0]?.address, fdb.length])).toEqual([
      ['n1', '10.1.0.1', 1],
      ['n2', '10.1.0.2', 0],
    ]);
  });

  it('tables of a machine that only its prompt names are not those of another one beside it', () => {
    const text = fixture('texts/chat.txt').replace(/default via .*\n.*src 10.1.0.1\n/, '');
    const topology = topologyOf({ 'chat.txt': text });
    expect(topology.nodes.map(({ name, fdb }) => [name, fdb.length])).toEqual([['n2', 0]]);
    expect(issueCodes(topology)).toContain('warning unattributed-text');
  });
});

describe('a ticket', () => {
  it('has two nodes, the later routes of one of them, and one part that is broken', () => {
    const topology = at('ticket.txt');
    const routes = (step?: number) =>
      at('ticket.txt', step)
        .nodes.map(({ name, routes, has }) => [name, routes.map(({ dev }) => dev).join(), has.route])
        .toSorted();
    expect(routes()).toEqual([
      ['w1', 'eth0,eth0,', true],
      ['w2', 'eth0,vxlan.calico', false],
    ]);
    expect(routes(1)[0]).toEqual(['w1', 'eth0,vxlan.calico,', true]);
    expect(issueOf(topology, 'broken-part').refs[0]).toMatchObject({ file: 'ticket.txt', line: 29 });
  });
});

it('the same thing said twice alike is one state', () => {
  const pool = (mode: string) =>
    `\`\`\`\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.0.0.0/16, vxlanMode: ${mode}}\n\`\`\`\n`;
  expect(topologyOf({ a: pool('Always') + pool('Always') }).states).toEqual([]);
  expect(topologyOf({ a: pool('Always') + pool('Never') + pool('Never') }).states).toHaveLength(2);
});

it('one file or two: what is given twice in different files is a conflict still', () => {
  const pool = (mode: string) => `kind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.0.0.0/16, vxlanMode: ${mode}}\n`;
  expect(issueCodes(topologyOf({ a: pool('Always'), b: pool('Never') }))).toEqual(['conflict duplicate-object']);
  expect(issueCodes(topologyOf({ a: `${pool('Always')}---\n${pool('Never')}` }))).toEqual([
    'conflict duplicate-object',
  ]);
});

it('a state that there is not is an error', () => {
  expect(() => at('runbook.md', 4)).toThrow(
    'there is no state 4 of the snapshot: its texts go through 3 states at most',
  );
});
