// Each kind of bundle, as a folder, an archive or archives in one: whose texts and captures they are, with no other argument.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadTopology } from '../../../src/input/load-topology.ts';
import { sortArguments } from '../../../src/input/sort-arguments.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { traceCaptures } from '../../../src/trace.ts';
import {
  type BundleFiles,
  below,
  ciliumSysdump,
  clusterDiags,
  clusterInfoDump,
  folderOf,
  mustGather,
  nodeDiags,
  retinaBundle,
  retinaFiles,
  sosReport,
  tarGzOf,
  tarOf,
} from '../../support/bundle-builder.ts';
import { captureOf, HOSTS, NODE_NAMES, objects, outputsOf } from '../../support/bundle-lab.ts';
import { ebpfDiags, jsonOf } from '../../support/ebpf-bundle.ts';

let root: string;
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'overlens-bundles-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const archive = async (files: BundleFiles, name = 'bundle.tar.gz'): Promise<string> => {
  const path = join(root, `${count++}-${name}`);
  writeFileSync(path, name.endsWith('.gz') ? await tarGzOf(files) : await tarOf(files));
  return path;
};
const folder = (files: BundleFiles): string => folderOf(join(root, `folder${count++}`), files);
const captures = (): string => folder(Object.fromEntries(HOSTS.map((host, i) => [`${i}.pcap`, captureOf(host)])));

/** What arguments are understood as. */
const look = async (...paths: string[]) => {
  const sorted = await sortArguments(paths);
  const topology = await loadTopology([], sorted.documents);
  return { ...sorted, topology };
};

/** Nodes with the tables that were given of them: `ip-10-0-1-20: route neigh`. */
const tables = ({ nodes }: Topology): string[] =>
  nodes.map(({ name, has }) => {
    const given = Object.entries(has).flatMap(([table, is]) => (is ? [table] : []));
    return `${name}: ${given.join(' ')}`;
  });

const issues = ({ issues }: Topology): string[] =>
  issues.map(({ code, message }) => `${code} ${message.replaceAll(root, '').replace(/^\/\d+-/, '')}`);

/** Where captures were taken, and what is said of the flows. */
const traced = async (...paths: string[]) => {
  const { topology, captures, hints, taken } = await look(...paths);
  const trace = await traceCaptures({ captures, topology, hints });
  return {
    taken: taken.map(({ as, tools }) => [as, ...tools].join(' ')),
    places: trace.captures.map(({ points }) => points.map(({ node, role }) => `${role} of ${node}`).join()),
    verdicts: trace.summary,
    trace,
  };
};

const ROUTES = 'link addr route neigh';
const ALL = `${ROUTES} fdb`;
const UNDERLAY = NODE_NAMES.map((name) => `underlay of ${name}`);

describe("Calico's client", () => {
  it('cluster diags: objects and tables of nodes; a command that failed is said, not read', async () => {
    const { topology, taken } = await look(await archive(clusterDiags()));
    expect(taken[0]).toMatchObject({ as: 'bundle', tools: ['calicoctl cluster diags'] });
    expect(tables(topology)).toEqual([
      `${NODE_NAMES[0]}: ${ROUTES}`,
      `${NODE_NAMES[1]}: link addr route`,
      `${NODE_NAMES[2]}: `,
    ]);
    expect([topology.pools.length, topology.poolsComplete, topology.pods.length > 3]).toEqual([2, true, true]);
    expect(issues(topology)).toEqual([
      `failed-command ip neigh failed on ${NODE_NAMES[1]}: error: unable to upgrade connection: container not found ("calico-node"): its output is missing`,
    ]);
  });

  it('cluster diags beside captures are all that is needed', async () => {
    const { places, verdicts } = await traced(folder(clusterDiags()), captures());
    expect(places).toEqual(UNDERLAY);
    expect(verdicts).toMatchObject({ flows: 20, violation: 0 });
    expect(verdicts.ok).toBeGreaterThan(10);
  });

  it('node diags: hostname names the node, date is the time', async () => {
    const { topology, documents } = await look(await archive(nodeDiags(HOSTS[0])), folder(nodeDiags(HOSTS[1])));
    expect(tables(topology)).toEqual([`${HOSTS[0]}: link addr route`, `${HOSTS[1]}: link addr route`]);
    expect(new Set(documents.map(({ taken }) => taken?.seconds))).toEqual(
      new Set([Date.parse('2026-11-02T08:30:00Z') / 1000]),
    );
    expect(issues(topology)).toEqual([]);
  });

  it('node diags of a node that has other names in the cluster are that node', async () => {
    const { topology } = await look(folder(nodeDiags(HOSTS[2])), folder({ 'nodes.yaml': objects('nodes') }));
    expect(tables(topology)).toEqual([`${NODE_NAMES[0]}: `, `${NODE_NAMES[1]}: `, `${NODE_NAMES[2]}: link addr route`]);
  });
});

describe('sosreport', () => {
  it('of several nodes in one tar: all tables of the nodes, none of other namespaces', async () => {
    const files = {
      'sosreport-a.tar': await tarOf(sosReport(HOSTS[0])),
      'sosreport-b.tar.gz': await tarGzOf(sosReport(HOSTS[1], false)),
    };
    const { topology, taken } = await look(await archive(files, 'sos-collect.tar'), folder(sosReport(HOSTS[2])));
    expect(tables(topology)).toEqual(HOSTS.map((host) => `${host}: ${ALL}`));
    expect(topology.nodes.map(({ fdb }) => fdb.length)).toEqual([2, 2, 2]);
    expect(topology.lookup('10.9.9.9').node).toBeNull();
    expect([issues(topology), taken.map(({ tools }) => tools.join())]).toEqual([[], ['sosreport', 'sosreport']]);
  });
});

describe('Retina', () => {
  it('an archive per node in one: nothing tells where the hosts begin, so nodes are called by their addresses', async () => {
    const path = await archive(await retinaBundle(HOSTS), 'all-captures-20261102083000.tar.gz');
    const { topology } = await look(path);
    expect(tables(topology)).toEqual(['10.0.1.20', '10.0.1.30', '10.0.1.31'].map((name) => `${name}: ${ROUTES}`));
    expect(issues(topology)).toEqual([]);
    const { places } = await traced(path);
    expect(places).toEqual(['10.0.1.20', '10.0.1.30', '10.0.1.31'].map((name) => `underlay of ${name}`));
  });

  it('one node only, unpacked, is the node that is known otherwise', async () => {
    const name = `lab-a-${HOSTS[0]}-20261102083000UTC`;
    const { topology } = await look(folder(below(name, retinaFiles(name, HOSTS[0]))), folder({ n: objects('nodes') }));
    expect(tables(topology)[0]).toBe(`${NODE_NAMES[0]}: ${ROUTES}`);
    expect(topology.nodes).toHaveLength(3);
  });

  it.each([
    ['aks-nodepool1-12345678-vmss000000', 'aks-nodepool1-12345678-vmss000001'],
    ['db-1', 'db-1-1'],
  ])('hosts called %s and %s are never cut', async (one, other) => {
    const names = [`cap-${one}-20261102083000UTC`, `cap-${other}-20261102083000UTC`];
    const files = {
      ...below(names[0] ?? '', retinaFiles('x', HOSTS[0])),
      ...below(names[1] ?? '', retinaFiles('y', HOSTS[1])),
    };
    const nodes = `${node(one, '10.0.1.20')}---\n${node(other, '10.0.1.30')}`;
    const alone = await look(folder(files));
    expect(alone.topology.nodes.map(({ name }) => name).sort()).toEqual(['10.0.1.20', '10.0.1.30']);
    const { topology } = await look(folder(files), folder({ 'nodes.yaml': nodes }));
    expect(tables(topology)).toEqual([`${one}: ${ROUTES}`, `${other}: ${ROUTES}`]);
  });
});

const node = (name: string, address: string): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n`;

describe('objects of a whole cluster', () => {
  it('must-gather: folders with a file per object prove that there are no more', async () => {
    const { topology, taken } = await look(await archive(mustGather()));
    expect([topology.nodes.length, topology.pools.length, topology.pods.length > 3]).toEqual([3, 2, true]);
    expect([topology.poolsComplete, topology.nodesComplete]).toEqual([true, true]);
    expect([issues(topology), taken[0]?.tools]).toEqual([[], ['must-gather']]);
    const { verdicts } = await traced(folder(mustGather()), captures());
    expect(verdicts.violation).toBe(0);
  });

  it.each([
    'cluster-scoped-resources/projectcalico.org/ippools/lost.yaml',
    'cluster-scoped-resources/core/nodes/lost.yaml',
  ])('must-gather: an empty file proves nothing: %s', async (lost) => {
    const files = Object.entries(mustGather());
    const [prefix = ''] = files[0]?.[0].split('cluster-scoped') ?? [];
    const { topology } = await look(folder({ ...Object.fromEntries(files), [`${prefix}${lost}`]: '' }));
    expect([topology.poolsComplete, topology.nodesComplete]).toEqual([
      lost.includes('nodes'),
      lost.includes('ippools'),
    ]);
  });

  it('must-gather without pools proves nothing of them', async () => {
    const files = Object.entries(mustGather()).filter(([name]) => !name.includes('ippools'));
    expect((await look(folder(Object.fromEntries(files)))).topology.poolsComplete).toBe(false);
  });

  it('cluster-info dump: documents in a row with logs between them, or a folder', async () => {
    const list = (kind: string, name: 'nodes' | 'pods'): object => ({ ...parse(objects(name)), kind });
    const [nodes, pods] = [list('NodeList', 'nodes'), list('PodList', 'pods')];
    const stdout = await look(folder({ 'dump.txt': clusterInfoDump(nodes, pods) }));
    const files = { 'nodes.json': JSON.stringify(nodes), 'yaobank/pods.json': JSON.stringify(pods) };
    const directory = await look(folder({ ...files, 'yaobank/customer/logs.txt': '10.9.9.9 via 10.9.9.8 dev eth9\n' }));
    for (const { topology } of [stdout, directory])
      expect([topology.nodes.length, topology.pods.length > 3, topology.nodesComplete]).toEqual([3, true, true]);
    expect(issues(stdout.topology)).toEqual([]);
  });

  it('cilium sysdump: names are told, and nothing is expected by the rules of another CNI', async () => {
    const { trace, verdicts, places } = await traced(await archive(ciliumSysdump()), captures());
    expect(places).toEqual(UNDERLAY);
    expect(verdicts).toMatchObject({ flows: 20, ok: 0, violation: 0 });
    const reasons = new Set([...trace.flows()].map(({ unverified }) => unverified?.detail));
    expect(reasons).toContain("Cilium carries the pods' packets, and its rules are not read here");
  });

  it('Cilium that only adds to another CNI carries nothing; beside pools that ask for tunnels it is a dispute', async () => {
    const chained = Object.entries(ciliumSysdump()).map(([name, text]) => [
      name,
      String(text).replace('mode: none', 'mode: generic-veth'),
    ]);
    const both = await look(folder({ ...ciliumSysdump(), 'pools.yaml': objects('ippools') }));
    expect(issues(both.topology).join()).toMatch('several-carriers Calico and Cilium both state');
    const one = await look(folder({ ...Object.fromEntries(chained), 'pools.yaml': objects('ippools') }));
    expect(issues(one.topology).join()).not.toMatch(/carrier/);
    expect(one.topology.otherCarrier).toBeNull();
  });
});

describe('captures that a layout places', () => {
  const VETH = 'samples/05-same-node/ip-10-0-1-20-caliaa83cb3d2b3.pcap';
  const directory = 'pcap/yaobank/slow-requests';
  const path = `${directory}/customer-687b8d8f74-lmzqz_caliaa83cb3d2b3.pcap`;
  const objectOf = (name: string): string =>
    `apiVersion: projectcalico.org/v3\nkind: PacketCapture\nmetadata: {name: slow-requests, namespace: yaobank}\nstatus:\n  files:\n  - directory: /var/log/calico/${directory}\n    node: ${name}\n    fileNames: [${path.split('/').at(-1)}]\n`;

  it("PacketCapture: the pod's node, by its path or by the object's status; always a pod's interface", async () => {
    const files = { [path]: readFileSync(VETH), 'nodes.yaml': objects('nodes'), 'pods.yaml': objects('pods') };
    const byPath = await traced(folder(files));
    expect([byPath.taken, byPath.places]).toEqual([['folder PacketCapture'], [`workload of ${NODE_NAMES[0]}`]]);
    const { 'pods.yaml': _pods, ...bare } = files;
    const byObject = await traced(folder({ ...bare, 'packetcapture.yaml': objectOf(NODE_NAMES[0] ?? '') }));
    expect(byObject.places).toEqual([`workload of ${NODE_NAMES[0]}`]);
    expect(byObject.trace.captures[0]?.points[0]?.evidence.map(({ source }) => source)).toContain('packet-capture');
  });

  it('node-debugger: the folder names the node, and frames that show another one win and say so', async () => {
    const nodes = { 'nodes.yaml': objects('nodes'), [`${NODE_NAMES[1]}/ip-link.txt`]: outputsOf(HOSTS[1]).link };
    const into = (host: string): string => `node-debugger-${host}-x7k2p/capture.pcap`;
    const right = await traced(folder({ ...nodes, [into(NODE_NAMES[1] ?? '')]: captureOf(HOSTS[1]) }));
    const wrong = await traced(folder({ ...nodes, [into(NODE_NAMES[2] ?? '')]: captureOf(HOSTS[1]) }));
    expect([right.places, wrong.places]).toEqual([[UNDERLAY[1]], [UNDERLAY[1]]]);
    expect(wrong.trace.captures[0]?.points[0]?.evidence.map(({ detail }) => detail).join()).toMatch(
      `its place in the bundle says ${NODE_NAMES[2]}, but its MAC is in every unicast frame`,
    );
  });

  it('without a snapshot the node is called as the layout calls it', async () => {
    const path = folder({ 'node-debugger-worker-7-x7k2p/a.pcap': captureOf(HOSTS[1]) });
    const { captures: paths, hints } = await sortArguments([path]);
    const trace = await traceCaptures({ captures: paths, topology: null, hints });
    expect(trace.captures[0]?.points[0]?.node).toBe('worker-7');
  });
});

describe('`calicoctl cluster diags` with the eBPF dataplane', () => {
  it('has the routes that its nodes decide by', async () => {
    const { topology } = await look(await archive(ebpfDiags()));
    const node = topology.nodeByName('a');
    expect(node?.bpfRoutes?.at(-1)).toMatchObject({ dst: '10.48.0.192/26', nextHop: '10.0.1.3' });
    expect(node?.bpfRoutes?.[0]?.ref.file).toMatch(/!calico-diagnostics-\d+_\d+\/nodes\/a\/bpf-routes\.json$/);
    expect(topology.issues).toEqual([]);
  });

  it('has the connections that its nodes track, and their services', async () => {
    const connections = [
      {
        ...{ type: 'nat', proto: 'TCP', src: '10.48.0.70:40000', orig_dst: '10.96.0.10:80', dst: '10.48.0.140:8080' },
        ...{ flags: [], active_ago: '2s' },
      },
    ];
    const services = [
      {
        frontend: { addr: '10.96.0.10', port: 80, proto: 6, id: 1, count: 1, local: 0 },
        backends: [{ addr: '10.48.0.140', port: 8080 }],
      },
    ];
    const files = {
      'bpf-conntrack.json': jsonOf(connections),
      'bpf-nat.json': jsonOf(services),
      'bpf-arp.json': jsonOf([{ ip: '10.0.1.2', ifindex: 2 }]),
      'conntrack-list.txt':
        "conntrack v1.4.6 (conntrack-tools): Can't use -L with -S\nTry `conntrack -h' or 'conntrack --help' for more information.\n",
    };
    const { topology } = await look(await archive(ebpfDiags(files)));
    const node = topology.nodeByName('a');
    expect(node?.translations).toHaveLength(1);
    expect(node?.natServices).toHaveLength(1);
    expect(issues(topology)).toEqual([]);
  });
});
