import { describe, expect, it } from 'vitest';
import { type Challenge, checkAnswer, readAnswer } from '../../src/quiz/challenge.ts';

const NODES = ['worker1.example.net', 'worker2.example.net'];
const WHOLE = {
  node: 'worker2.example.net',
  table: 'fdb',
  line: { file: 'worker2/bridge-fdb.txt', number: 3 },
};

describe('an answer', () => {
  it.each([
    'node=worker2 table=fdb line=worker2/bridge-fdb.txt:3',
    'line=worker2/bridge-fdb.txt:3, table=FDB, node=Worker2.example.net',
    'node: worker2; table: bridge; line: worker2/bridge-fdb.txt:3',
    'node worker2 table fdb line worker2/bridge-fdb.txt:3',
    'worker2 fdb worker2/bridge-fdb.txt:3',
  ])('can be written as %s', (text) => {
    expect(readAnswer(text, NODES)).toEqual(WHOLE);
  });

  it.each([
    ['nothing wrong', { node: null, table: 'nothing', line: null }],
    ['Nothing is wrong', { node: null, table: 'nothing', line: null }],
    ['table=none', { node: null, table: 'nothing', line: null }],
    ['node=none table=IP pool line=16', { node: null, table: 'pool', line: { file: null, number: 16 } }],
    ['worker1 node annotation 7', { node: NODES[0], table: 'node', line: { file: null, number: 7 } }],
    ['pool ippools.yaml:7', { node: null, table: 'pool', line: { file: 'ippools.yaml', number: 7 } }],
    ['worker1 node 7', { node: NODES[0], table: 'node', line: { file: null, number: 7 } }],
    ['worker1 security group line=none', { node: NODES[0], table: 'firewall', line: null }],
    ['none, pool, ippools.yaml:16', { node: null, table: 'pool', line: { file: 'ippools.yaml', number: 16 } }],
    ['pool 16 none', { node: null, table: 'pool', line: { file: null, number: 16 } }],
    ['worker2 neighbor none', { node: NODES[1], table: 'neighbour', line: null }],
    ['worker1 mtu #11', { node: NODES[0], table: 'device', line: { file: null, number: 11 } }],
  ])('%s', (text, expected) => {
    expect(readAnswer(text, NODES)).toEqual(expected);
  });

  it.each([
    ['', 'nothing is in it'],
    ['worker1, worker2, fdb, 3', 'node is said twice'],
    ['worker1 fdb route 3', 'table is said twice'],
    ['worker1 fdb 3 4', 'line is said twice'],
    ['node=worker9', 'node worker9: there are worker1.example.net, worker2.example.net'],
    ['worker1 spaghetti', '"spaghetti" is neither a node, a table nor a line'],
    ['line=three', 'line three: neither a number nor FILE:NUMBER'],
  ])('%j is not understood, and why is said', (text, problem) => {
    expect(readAnswer(text, NODES)).toEqual({ problem });
  });
});

describe('the line', () => {
  const challenge: Challenge = {
    nodes: NODES,
    answer: { node: null, table: 'route', line: { file: 'worker2/ip-route.txt', first: 4, last: 5 } },
    steps: [],
    conclusion: '',
  };

  it.each([
    ['4', true],
    ['5', true],
    ['6', false],
    ['ip-route.txt:4', true],
    ['worker2/ip-route.txt:4', true],
    ['samples/x/topology/worker2/ip-route.txt:4', true],
    ['worker1/ip-route.txt:4', false],
    ['route.txt:4', false],
  ])('%s: %s', (text, right) => {
    const given = readAnswer(`line=${text}`, NODES);
    expect('problem' in given ? null : checkAnswer(given, challenge).line).toBe(right);
  });
});
