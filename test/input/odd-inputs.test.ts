// Whatever people bring, no node, pod or address comes out that is not in it, and what is not used is said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadTopology } from '../../src/input/load-topology.ts';
import type { Topology } from '../../src/topology/model.ts';
import { tarGzOf } from '../support/bundle-builder.ts';

const root = mkdtempSync(join(tmpdir(), 'overlens-odd-'));
afterAll(() => rmSync(root, { recursive: true }));

const routes = (host: number): string =>
  `default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.${host} metric 100
10.0.1.0/24 dev ens5 proto kernel scope link src 10.0.1.${host}
10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink
`;

let files = 0;
async function read(content: string | Uint8Array, ending = 'txt'): Promise<Topology> {
  const path = join(root, `${files++}.${ending}`);
  writeFileSync(path, content);
  return loadTopology([path]);
}

/** `n1 10.0.1.20 3`: name, addresses, routes. */
const told = ({ nodes }: Topology): string[] =>
  nodes.map(({ name, named, addresses, routes: own }) =>
    [named ? name : '-', addresses.map(({ address }) => address).join(), own.length].join(' '),
  );

describe('an archive in an archive', () => {
  const archives = async (member: string): Promise<Topology> => {
    const inner = (host: number): Promise<Uint8Array> => tarGzOf({ [member]: routes(host) });
    const outer = { 'case-7/worker-20.tar.gz': await inner(20), 'case-7/worker-30.tgz': await inner(30) };
    return read(await tarGzOf(outer), 'tgz');
  };

  it.each(['tmp/ip-route.txt', 'opt/data/ip-route.txt', 'ip-route.txt'])(
    'names its machine, where no folder in it does: %s',
    async (member) => {
      expect(told(await archives(member))).toEqual(['worker-20 10.0.1.20 3', 'worker-30 10.0.1.30 3']);
    },
  );

  it('does not, where a folder in it does', async () => {
    expect(told(await archives('n1/ip-route.txt'))[0]).toBe('n1 10.0.1.20 3');
  });
});

describe('kubectl debug in a loop', () => {
  const loop = (list: string, target: string): string =>
    `$ for n in ${list}; do echo "== $n"; kubectl debug ${target} -q -it --image=busybox -- ip route; done\n`;

  it('over nodes shows the nodes', async () => {
    const text = `${loop('$(kubectl get nodes -o name)', '$n')}== node/n1\n${routes(20)}== node/n2\n${routes(30)}`;
    expect(told(await read(text))).toEqual(['n1 10.0.1.20 3', 'n2 10.0.1.30 3']);
  });

  it('over names of nodes, too', async () => {
    const text = `${loop('n1 n2', 'node/$n')}== n1\n${routes(20)}== n2\n${routes(30)}`;
    expect(told(await read(text))).toEqual(['n1 10.0.1.20 3', 'n2 10.0.1.30 3']);
  });

  it('over pods shows no node', async () => {
    const inside = 'default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link\n';
    const text = `${loop('web-1 web-2', '$n')}== web-1\n${inside}== web-2\n${inside}`;
    expect(told(await read(text))).toEqual([]);
  });
});

describe('how a terminal or an editor saved it', () => {
  const paste = `root@n1:~# ip route\n${routes(20)}`;
  const utf16 = (order: 'le' | 'be'): Uint8Array => {
    const bytes = Buffer.from(`\ufeff${paste}`, 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  };
  const recorded = `Script started on 2026-11-22\n\x1b[?2004h\x1b]0;root@n1: ~\x07\x1b[01;32mroot@n1\x1b[00m:~# ip rx\x08 \x08outes\x08\x1b[K\r\n\x1b[?2004l\r${routes(20).replaceAll('\n', '\r\n')}\x1b[?2004hroot@n1:~# exit\r\n`;

  it.each<[string, string | Uint8Array]>([
    ['as it is', paste],
    ['with the line ends of Windows', paste.replaceAll('\n', '\r\n')],
    ['with those of old Macs', paste.replaceAll('\n', '\r')],
    ['as UTF-16, little-endian', utf16('le')],
    ['as UTF-16, big-endian', utf16('be')],
    ['recorded by script, with bells, backspaces and bracketed paste', recorded],
  ])('%s', async (_, content) => {
    expect(told(await read(content))).toEqual(['n1 10.0.1.20 3']);
  });

  it('and a program is none', async () => {
    await expect(read(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0x1b, 0x5b))).rejects.toThrow('a program');
  });
});

describe('an output that was broken off', () => {
  it.each(['client_loop: send disconnect: Broken pipe', '^C', 'Connection to n1 closed by remote host.'])(
    'proves nothing by what it lacks: %s',
    async (end) => {
      const { nodes } = await read(`root@n1:~# ip route\n${routes(20)}10.48.1${end}\n`);
      expect(nodes.map(({ routes: own, has }) => [own.length, has.route])).toEqual([[3, false]]);
    },
  );

  it('and one that was not does', async () => {
    const { nodes } = await read(`root@n1:~# ip route\n${routes(20)}root@n1:~# exit\nConnection to n1 closed.\n`);
    expect(nodes.map(({ has }) => has.route)).toEqual([true]);
  });
});

describe('an example or a template', () => {
  const node = (name: string): string => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n`;

  it.each(['<node-name>', '"{{ node }}"', '$NODE', '"..."'])('is no object: %s', async (name) => {
    const topology = await read(`${node(name)}---\n${node('n1')}`, 'yaml');
    expect(topology.nodes.map((one) => one.name)).toEqual(['n1']);
    expect(topology.issues.map(({ message }) => message).join()).toContain('is a template');
  });

  it('in prose beside real output names nothing', async () => {
    const text = `For example:\n\n\`\`\`yaml\n${node('<node>')}\`\`\`\n\nOurs:\n\n\`\`\`\nroot@n1:~# ip route\n${routes(20)}\`\`\`\n`;
    expect(told(await read(text, 'md'))).toEqual(['n1 10.0.1.20 3']);
  });
});
