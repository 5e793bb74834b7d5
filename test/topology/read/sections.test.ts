import { describe, expect, it } from 'vitest';
import { hintsOfPath } from '../../../src/topology/read/paste/heading.ts';
import { plainText } from '../../../src/topology/read/paste/markup/markup.ts';
import { splitSections } from '../../../src/topology/read/sections.ts';

/** `firstLine command [hints]` of every section. */
const split = (text: string) =>
  splitSections(text).map(
    ({ firstLine, command, hints }) => `${firstLine} ${command} [${hints.map((hint) => hint.name).join(' ')}]`,
  );

it('removes colour, carriage returns and byte order marks', () => {
  expect(plainText('\ufeff\x1b[35m10.0.1.0/24 \x1b[0mdev ens5\r\n')).toBe('10.0.1.0/24 dev ens5\n');
  expect(plainText('\x1b]0;title\x07\x1b[01;32mroot@control1\x1b[00m# ip route')).toBe('root@control1# ip route');
});

describe('prompts', () => {
  it.each([
    ['control1$ ip route', 'control1'],
    ['root@control1:~# ip -d link', 'control1'],
    ['[root@control1 ~]# bridge fdb show', 'control1'],
    ['ubuntu@ip-10-0-1-20:~/x$ sudo ip neigh', 'ip-10-0-1-20'],
    ['(venv) me@control1:~ % ip route', 'control1'],
    ['$ ssh worker1 ip route', 'worker1'],
    ['$ ssh -i key.pem ubuntu@worker1 ip route', 'worker1'],
    ['$ kubectl debug node/worker1 -it --image=x -- ip route', 'worker1'],
    ['$ kubectl exec -n calico-system calico-node-x7k2p -- ip route', 'calico-node-x7k2p'],
    ['$ docker exec kind-worker ip route', 'kind-worker'],
    ['+ ip route', ''],
    ['bash-5.1# ip route', ''],
  ])('%s', (line, host) => {
    const [section] = splitSections(`${line}\n10.0.1.0/24 dev ens5 scope link\n`);
    expect(section?.firstLine).toBe(2);
    expect(section?.hints[0]?.name ?? '').toBe(host);
  });

  it('split a terminal log, and a login stays until exit', () => {
    const log =
      'bastion$ ssh control1\n$ ip route\na\n$ ip neigh\nb\n$ exit\nbastion$ kubectl get ippools -o yaml\nkind: IPPool\n';
    expect(split(log)).toEqual([
      '2 ssh control1 [control1 bastion control1]',
      '3 ip route [control1]',
      '5 ip neigh [control1]',
      '7 exit []',
      '8 kubectl get ippools -o yaml [bastion]',
    ]);
  });

  it('keep a command that printed nothing', () => {
    expect(split('control1$ bridge fdb show\n')).toEqual(['2 bridge fdb show [control1]']);
  });

  it('are not comments inside a YAML document', () => {
    expect(split('items:\n# kubectl get ippools\n- kind: IPPool\n')).toEqual(['1 null []']);
    expect(split('# kubectl get ippools\nkind: IPPool\n')).toEqual(['2 kubectl get ippools []']);
  });
});

describe('headers and headings', () => {
  it('of head, tail and ansible name the node', () => {
    const text = '==> control1/ip-route.txt <==\nx dev y\n==> worker1/ip-route.txt <==\nz dev y\n';
    expect(split(text)).toEqual(['2 null [ip-route control1]', '4 null [ip-route worker1]']);
    expect(split('worker1 | CHANGED | rc=0 >>\n10.0.0.0/8 dev x\n')).toEqual(['2 null [worker1]']);
  });

  it('stand for all commands below them', () => {
    const text = '=== control1 ===\n$ ip route\na\n$ ip neigh\nb\n### worker1: ip route\nc\nworker2:\nd\n';
    expect(split(text)).toEqual([
      '3 ip route [control1]',
      '5 ip neigh [control1]',
      '7 ip route [worker1]',
      '9 null [worker2]',
    ]);
  });

  it('are keys and comments in YAML', () => {
    expect(split('kind: List\n# pools\nitems:\n- kind: IPPool\ndata:\n- x\n')).toEqual(['1 null []']);
    expect(split('kind: Pod\n=== worker1 ===\nx dev y\n')).toEqual(['1 null []', '3 null [worker1]']);
  });
});

it('a path names its file, without the command, then its folders', () => {
  expect(hintsOfPath('lab/control1/ip-route.txt').map((hint) => `${hint.from} ${hint.name}`)).toEqual([
    'file name ip-route',
    'folder control1',
    'folder lab',
  ]);
  expect(hintsOfPath('control1-ip-route.txt').map((hint) => hint.name)).toEqual(['control1-ip-route', 'control1']);
  expect(hintsOfPath('bridge_fdb.worker1.json').map((hint) => hint.name)).toEqual(['bridge_fdb.worker1', 'worker1']);
});
