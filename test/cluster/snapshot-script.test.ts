// The script of `overlens snapshot --nodes`: shell that parses, and collects what overlens then takes as one argument.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { snapshotScript } from '../../src/cluster/snapshot-script.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { sortArguments } from '../../src/input/sort-arguments.ts';
import { traceCaptures } from '../../src/trace.ts';
import { HOSTS, NODE_NAMES, objects, outputsOf } from '../support/bundle-lab.ts';
import { ethtoolText } from '../support/ethtool-text.ts';

const TRACKED =
  'udp      17 28 src=10.48.0.130 dst=10.96.0.10 sport=5000 dport=53 src=10.48.0.200 dst=10.48.0.130 sport=5353 dport=5000 mark=0 use=1\n';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'overlens-script-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const program = (name: string, text: string): void => {
  writeFileSync(join(root, name), `#!/bin/sh\n${text}`);
  chmodSync(join(root, name), 0o755);
};

it.each(['ssh', 'kubectl'] as const)('by %s, with names that a shell would take apart, it parses', (via) => {
  const script = snapshotScript({ nodes: ['node-1', "o'brien; rm -rf $HOME", '$(reboot)'], via, seconds: 5 });
  for (const shell of ['bash', 'sh']) execFileSync(shell, ['-n'], { input: script });
  expect(script).toContain(`for node in node-1 'o'\\''brien; rm -rf $HOME' '$(reboot)'; do`);
});

it('by ssh it makes a folder that is the only argument needed', async () => {
  program(
    'ssh',
    'while [ "$1" != -- ]; do shift; done\nHOST=$2; export HOST; shift 2\necho "Welcome to $HOST"\nexec "$@"\n',
  );
  program('hostname', 'echo "$HOST"\n');
  program('sudo', 'shift; exec "$@"\n');
  program(
    'tcpdump',
    `case "$*" in *--immediate-mode*-s\\ 160*ens5*) cat "${process.cwd()}/samples/01-vxlan-between-nodes/$HOST-ens5.pcap";; esac\nexec sleep 9\n`,
  );
  program('ethtool', `cat "${root}/$2.features"\n`);
  for (const device of ['ens5', 'vxlan.calico']) writeFileSync(join(root, `${device}.features`), ethtoolText(device));
  program('conntrack', `cat "${root}/tracked"\n`);
  writeFileSync(join(root, 'tracked'), TRACKED);
  for (const host of HOSTS) {
    const { routeAll, link, addrDetailed, neigh, fdb } = outputsOf(host);
    for (const [name, text] of Object.entries({ routeAll, link, addrDetailed, neigh, fdb }))
      writeFileSync(join(root, `${host}.${name}`), text);
  }
  program(
    'ip',
    `case "$*" in *route*) t=routeAll;; *addr*) t=addrDetailed;; *neigh*) t=neigh;; *type\\ vxlan*) echo '15: vxlan.calico: <UP> mtu 1450 vxlan id 4096 dev ens5 local'; exit;; *type*) exit;; *) t=link;; esac\ncat "${root}/$HOST.$t"\n`,
  );
  program('bridge', `cat "${root}/$HOST.fdb"\n`);
  writeFileSync(join(root, 'nodes.yaml'), objects('nodes'));
  program('kubectl', `case "$*" in *custom-columns*) echo;; *) cat "${root}/nodes.yaml";; esac\n`);
  const script = snapshotScript({ nodes: HOSTS, via: 'ssh', seconds: 1 });
  const env = { PATH: `${root}:${process.env['PATH']}` };
  const run = spawnSync('sh', [], { input: script, cwd: root, env, encoding: 'utf8' });
  const folder = readdirSync(root).find((name) => name.startsWith('overlens-snapshot-')) ?? '';
  expect([run.stderr, run.stdout]).toEqual(['', `Then: overlens ${folder}\n`]);
  const { captures, documents, hints, taken } = await sortArguments([join(root, folder)]);
  const topology = await loadTopology([], documents);
  expect(topology.nodes.map(({ has }) => Object.values(has).every(Boolean))).toEqual([true, true, true]);
  expect(topology.nodes.map(({ features }) => [...new Set(features.map(({ device }) => device))])).toEqual(
    HOSTS.map(() => ['ens5', 'vxlan.calico']),
  );
  expect(topology.nodes.map(({ translations }) => translations.map(({ before }) => before.dst))).toEqual(
    HOSTS.map(() => ['10.96.0.10']),
  );
  // the list is of the end: connections that began meanwhile are in it
  const [began, ended] = ['date', 'date-end'].map(
    (name) =>
      documents.find(({ file }) =>
        file.endsWith(`${HOSTS[0]}/${name === 'date' ? 'ip-addr.txt' : 'conntrack-list.txt'}`),
      )?.taken?.seconds,
  );
  expect(ended).toBeGreaterThan(began ?? Number.NaN);
  expect(topology.issues.filter(({ severity }) => severity === 'conflict')).toEqual([]);
  const trace = await traceCaptures({ captures, topology, hints });
  expect(trace.captures.map(({ points }) => points[0]?.node)).toEqual(NODE_NAMES);
  expect(taken[0]).toMatchObject({ tools: ['overlens snapshot'], captures: 3 });
  expect(readFileSync(join(root, folder, HOSTS[0], 'date'), 'utf8')).toMatch(/UTC/);
});

it('without ethtool and conntrack it collects the rest, and nothing is said of them', async () => {
  for (const name of ['ethtool', 'conntrack']) rmSync(join(root, name));
  for (const name of readdirSync(root).filter((name) => name.startsWith('overlens-snapshot-')))
    rmSync(join(root, name), { recursive: true });
  const script = snapshotScript({ nodes: [HOSTS[0]], via: 'ssh', seconds: 1 });
  const run = spawnSync('sh', [], {
    input: script,
    cwd: root,
    env: { PATH: `${root}:${process.env['PATH']}` },
    encoding: 'utf8',
  });
  const folder = readdirSync(root).find((name) => name.startsWith('overlens-snapshot-')) ?? '';
  expect(run.stderr).toBe('');
  const files = readdirSync(join(root, folder, HOSTS[0]));
  expect(files.filter((name) => name.startsWith('ethtool'))).toEqual([]);
  const { documents } = await sortArguments([join(root, folder)]);
  expect(JSON.stringify((await loadTopology([], documents)).issues)).not.toMatch(/ethtool|conntrack/);
});
