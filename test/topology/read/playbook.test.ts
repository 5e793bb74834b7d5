// What a playbook prints of outputs that it kept: each line is of the machine above it, and keeps its number.
import { describe, expect, it } from 'vitest';
import { topologyOf } from '../documents.ts';

const N1 = [
  'default via 10.0.1.1 dev ens5 src 10.0.1.20 metric 100',
  '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink',
];
const N2 = [
  'default via 10.0.1.1 dev ens5 src 10.0.1.30 metric 100',
  '10.48.0.128/26 via 10.48.0.135 dev vxlan.calico onlink',
];

const json = (name: string, lines: readonly string[], key = 'routes.stdout_lines'): string =>
  `ok: [${name}] => {\n    "${key}": [\n${lines.map((line) => `        ${JSON.stringify(line)}`).join(',\n')}\n    ]\n}\n`;
const yaml = (name: string, lines: readonly string[], key = 'routes.stdout_lines'): string =>
  `ok: [${name}] => \n  ${key}:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const TASK = 'TASK [show what was kept] *********************************\n';
const RECAP =
  '\nPLAY RECAP ***********************************************\nn1     : ok=2    changed=0    unreachable=0    failed=0   \n';

interface Told {
  /** `n1 10.0.1.20 10.48.0.206:5`: name, address, next hop of its tunnel route and its line. */
  nodes: string[];
  warnings: string[];
}

function told(text: string): Told {
  const { nodes, issues } = topologyOf({ 'paste.txt': text });
  return {
    nodes: nodes.map(({ name, addresses, routes }) => {
      const last = routes.at(-1);
      return `${name} ${addresses[0]?.address} ${last?.via}:${last?.ref.line}`;
    }),
    warnings: issues.map(({ code, refs }) => `${code} ${refs[0]?.line}`),
  };
}

describe('an output of two machines', () => {
  it.each([
    ['as JSON', TASK + json('n1', N1) + json('n2', N2) + RECAP, [5, 11]],
    ['as a message', TASK + json('n1', N1, 'msg') + json('n2', N2, 'msg'), [5, 11]],
    ['as YAML', TASK + yaml('n1', N1) + yaml('n2', N2) + RECAP, [5, 9]],
    [
      'as quoted YAML',
      yaml(
        'n1',
        N1.map((line) => `'${line}'`),
      ) +
        yaml(
          'n2',
          N2.map((line) => JSON.stringify(line)),
        ),
      [4, 8],
    ],
    [
      'as a text in YAML',
      [N1, N2]
        .map((lines, i) => `ok: [n${i + 1}] =>\n  routes.stdout: |-\n${lines.map((line) => `    ${line}\n`).join('')}`)
        .join(''),
      [4, 8],
    ],
    ['quoted in a mail', (TASK + json('n1', N1) + json('n2', N2)).replaceAll(/^/gm, '> '), [5, 11]],
  ])('%s', (_, text, [one, other]) => {
    expect(told(text)).toEqual({
      nodes: [`n1 10.0.1.20 10.48.0.206:${one}`, `n2 10.0.1.30 10.48.0.135:${other}`],
      warnings: [],
    });
  });
});

it('of a whole result, its lines are read once', () => {
  const whole = `ok: [n1] => {
    "routes": {
        "changed": true,
        "cmd": "ip route",
        "stderr_lines": [],
        "stdout": ${JSON.stringify(N1.join('\n'))},
        "stdout_lines": [
            ${JSON.stringify(N1[0])},
            ${JSON.stringify(N1[1])}
        ]
    }
}
`;
  expect(told(whole)).toEqual({ nodes: ['n1 10.0.1.20 10.48.0.206:9'], warnings: [] });
});

it('a task that was delegated ran where it was delegated to', () => {
  expect(told(json('n9 -> n1(10.0.1.20)', N1)).nodes).toEqual(['n1 10.0.1.20 10.48.0.206:4']);
});

it('what is cut off ends where something else begins', () => {
  const text = `${json('n1', N1).split('\n').slice(0, 4).join('\n')}\nn2$ ip route\n${N2.join('\n')}\n`;
  expect(told(text).nodes).toEqual(['n1 10.0.1.20 10.48.0.206:4', 'n2 10.0.1.30 10.48.0.135:7']);
});

it('an output in one piece is warned of: its lines have no numbers', () => {
  const text = `${json('n2', N2)}ok: [n1] => {\n    "routes.stdout": ${JSON.stringify(N1.join('\n'))}\n}\n`;
  expect(told(text.replaceAll('stdout_lines', 'msg').replace('routes.msg', 'msg'))).toEqual({
    nodes: ['n2 10.0.1.30 10.48.0.135:4'],
    warnings: ['unrecognised-lines 8'],
  });
});

it('other texts with its signs are as they were', () => {
  expect(told(`### n1: ip route\n${N1.join('\n')}\nx[0] => y\n`).nodes).toEqual(['n1 10.0.1.20 10.48.0.206:3']);
});
