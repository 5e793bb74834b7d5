// Outputs of machines beside each other: each column is of the machine under whose prompt it stands, whatever the other one prints.
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/topology/read/paste/text-columns.ts';
import { topologyOf } from '../documents.ts';

const routes = (host: number, peer: string): string[] => [
  'default via 10.0.1.1 dev ens5',
  `10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.${host}`,
  `10.48.0.192/26 via ${peer} dev vxlan.calico onlink`,
];
const A = ['n1$ ip route', ...routes(20, '10.48.0.206')];
const B = ['n2$ ip route', ...routes(30, '10.48.0.135')];
const C = ['root@n3:~# ip route', ...routes(31, '10.48.0.7'), '10.48.9.0/26 via 10.48.0.8 dev vxlan.calico onlink'];

/** As panes beside each other: every column so wide, between them what is given. */
function beside(columns: readonly string[][], width: number, gap: string): string {
  const height = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, i) =>
    columns
      .map((column) => (column[i] ?? '').padEnd(width))
      .join(gap)
      .trimEnd(),
  ).join('\n');
}

/** Name, address, number of routes and next hop of the last one. */
const told = (text: string): string[] =>
  topologyOf({ 'paste.txt': text }).nodes.map(({ name, addresses, routes: own }) =>
    [name, addresses[0]?.address, own.length, own.at(-1)?.via].join(' '),
  );
const ONE = 'n1 10.0.1.20 3 10.48.0.206';
const TWO = 'n2 10.0.1.30 3 10.48.0.135';
const THREE = 'n3 10.0.1.31 4 10.48.0.8';

describe('outputs side by side', () => {
  it.each([
    ['with blanks between them', beside([A, B], 66, '    '), [ONE, TWO]],
    ['in panes of tmux', beside([A, B], 66, '│'), [ONE, TWO]],
    ['in panes with blanks', beside([A, B], 66, ' │ '), [ONE, TWO]],
    ['of which the right one is longer', beside([A, C], 66, '    '), [ONE, THREE]],
    ['of which the left one is longer', beside([C, A], 66, '    '), [ONE, THREE]],
    ['of three machines', beside([A, C, B], 66, '   '), [ONE, TWO, THREE]],
    ['where a left line reaches into the right column', beside([A, B], 30, '      '), [ONE, TWO]],
    ['behind another text', `On the nodes:\n\n${beside([A, B], 66, '    ')}`, [ONE, TWO]],
  ])('%s are each of its machine', (_name, text, expected) => {
    expect(told(text).sort()).toEqual(expected);
  });

  it('keep the numbers of their lines', () => {
    const texts = columnsOf(`first\n${beside([A, B], 66, '  │ ')}`).map((text) => text.split('\n'));
    expect(texts.map((lines) => lines.indexOf(A[2] ?? ''))).toEqual([3, -1]);
    expect(texts.map((lines) => lines.indexOf(B[2] ?? ''))).toEqual([-1, 3]);
  });

  it.each([
    ['a comment', 'n1$ ip route   # ip rule'],
    ['the same machine twice', 'n1$ ip route   n1$ ip rule'],
    ['a table', 'NAME     STATUS   ROLES\nn1       Ready    x'],
    ['a command with a wide gap', "n1$ echo a    b; awk '{print $1}'"],
  ])('are not seen in %s', (_name, text) => {
    expect(columnsOf(text)).toEqual([text]);
  });
});
