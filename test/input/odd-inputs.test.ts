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

let numbered = 0;
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
    ['with blanks that do not break', paste.replaceAll(' ', '\u00a0')],
    [
      'in the code page of an old Windows',
      Buffer.from(`\x93now\x94 \x96 see:\n${paste.replaceAll(' dev', '\xa0dev')}`, 'latin1'),
    ],
    ['as UTF-16 without a mark, little-endian', Buffer.from(paste, 'utf16le')],
    ['as UTF-16 without a mark, big-endian', Buffer.from(paste, 'utf16le').swap16()],
    ['with the numbers of its lines', paste.replaceAll(/^(?=.)/gm, () => `${++numbered}\t`)],
    ['behind the prompt of Windows', `C:\\Users\\me>ssh n1 ip route\r\n${routes(20).replaceAll('\n', '\r\n')}`],
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

describe('a machine that is no node', () => {
  const laptop = `me@laptop:~$ ip route
default via 192.168.1.1 dev wlp2s0 proto dhcp metric 600
192.168.1.0/24 dev wlp2s0 proto kernel scope link src 192.168.1.57 metric 600
me@laptop:~$ ip -br a
wlp2s0           UP             192.168.1.57/24
docker0          UP             172.17.0.1/16
veth12ab34c@if7  UP             fe80::1/64
`;
  const table = `me@laptop:~$ kubectl get nodes -o wide
NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE   KERNEL-VERSION   CONTAINER-RUNTIME
n1     Ready    <none>   30d   v1.29.3   10.0.1.20     <none>        Ubuntu     5.15.0           containerd://1.7.12
`;

  it("somebody's laptop beside the cluster's nodes is said once, and not used", async () => {
    const topology = await read(`${laptop}${table}me@laptop:~$ ssh n1 ip route\n${routes(20)}`);
    expect(told(topology)).toEqual(['n1 10.0.1.20 3']);
    expect(topology.issues.map(({ code, message }) => `${code} ${message.includes('laptop (192.168.1.57)')}`)).toEqual([
      'not-a-node true',
    ]);
  });

  it('one that has what nodes have is a node, whatever the list of nodes says', async () => {
    expect(told(await read(`${table}root@n7:~# ip route\n${routes(37)}`))).toEqual([
      'n1 10.0.1.20 0',
      'n7 10.0.1.37 3',
    ]);
  });

  it('a sign under the same prompt is enough', async () => {
    const text = `${table}root@n7:~# ip route show default\n${routes(37).split('\n')[0]}\nroot@n7:~# ip -br link\nvxlan.calico UNKNOWN 66:c9:ee:b1:9b:47 <UP>\n`;
    expect(told(await read(text))).toEqual(['n1 10.0.1.20 0', 'n7 10.0.1.37 1']);
  });

  it('beside a node that nothing but its own tables show, one of another network is none', async () => {
    const bastion = 'ubuntu@bastion:~$ ip route\ndefault via 10.0.9.1 dev ens5 proto dhcp src 10.0.9.9\n';
    expect(told(await read(`ubuntu@n1:~$ ip route\n${routes(20)}${bastion}`))).toEqual(['n1 10.0.1.20 3']);
    // and one of the same network may be a node that lost its routes
    const n2 = bastion.replace('bastion', 'n2').replaceAll('10.0.9.', '10.0.1.');
    expect(told(await read(`ubuntu@n1:~$ ip route\n${routes(20)}${n2}`))).toEqual(['n1 10.0.1.20 3', 'n2 10.0.1.9 1']);
  });

  it('a shell in a pod is none either, though nothing names the nodes', async () => {
    const text =
      'root@web-0:/# ip -br a\neth0@if10 UP 10.48.0.130/32\nroot@web-0:/# ip route\ndefault via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link\n';
    expect(told(await read(`${text}root@n1:~# ip route\n${routes(20)}`))).toEqual(['n1 10.0.1.20 3']);
  });

  it.each(['crashdout/10_0_1_20', 'Downloads/prod-issue', 'host-collectors/run-host', 'k8s-prod/2026'])(
    'a folder %s is called by no machine',
    async (folder) => {
      expect(told(await read(await tarGzOf({ [`${folder}/ip-route.txt`]: routes(20) }), 'tgz'))).toEqual([
        '- 10.0.1.20 3',
      ]);
    },
  );

  it('unless a file beside the text has its name', async () => {
    const files = { 'crashdout/10_0_1_20/ip-route.txt': routes(20), 'crashdout/10_0_1_20/hostname.txt': 'n1\n' };
    const topology = await read(await tarGzOf(files), 'tgz');
    expect([told(topology), topology.issues]).toEqual([['n1 10.0.1.20 3'], []]);
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
