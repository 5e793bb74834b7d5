import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OverlensError } from '../../src/errors.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { issueCodes, LAB_NODES, LAB_POOLS, poolYaml } from '../topology/documents.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'overlens-topology-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes a file below the root and returns its path. */
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};

/** The error, with the root left out. */
const failure = async (...paths: string[]) => {
  const error = await loadTopology(paths).catch((reason: unknown) => reason);
  if (!(error instanceof OverlensError)) throw new Error(`no OverlensError: ${String(error)}`);
  return { code: error.code, message: error.message.replaceAll(`${root}/`, ''), hint: error.hint };
};

const PCAP = Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0);

describe('files and directories', () => {
  it('in any mix, in order of their names, hidden ones left out', async () => {
    write('topology/b/nodes.yaml', LAB_NODES);
    write('topology/a.yaml', LAB_POOLS);
    write('topology/.git/config', poolYaml('hidden', '10.99.0.0/16'));
    const single = write('control1-ip-route.txt', '10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink\n');
    const topology = await loadTopology([join(root, 'topology'), single]);
    expect(topology.files.map((file) => file.replace(root, ''))).toEqual([
      '/topology/a.yaml',
      '/topology/b/nodes.yaml',
      '/control1-ip-route.txt',
    ]);
    expect(topology.pools).toHaveLength(2);
    expect(topology.nodes[0]?.routes).toHaveLength(1);
    expect(topology.pools[0]?.ref).toEqual({ file: join(root, 'topology/a.yaml'), line: 4 });
  });

  it('folders below the named one give texts their node', async () => {
    write('topology/nodes.yaml', LAB_NODES);
    write('topology/worker1/ip-route.txt', '10.48.0.0/26 via 10.48.0.46 dev vxlan.calico onlink\n');
    expect((await loadTopology([join(root, 'topology')])).nodes[1]?.routes).toHaveLength(1);
  });

  it('a link that leads in a circle is followed once', async () => {
    write('topology/a.yaml', LAB_POOLS);
    symlinkSync(join(root, 'topology'), join(root, 'topology/again'));
    expect((await loadTopology([join(root, 'topology')])).pools).toHaveLength(2);
  });

  it('a compressed text is read as what it holds', async () => {
    expect((await loadTopology([write('pools.yaml.gz', gzipSync(LAB_POOLS))])).pools).toHaveLength(2);
  });

  it('text of PowerShell is UTF-16', async () => {
    const text = Buffer.from(`\ufeff${LAB_POOLS.replaceAll('\n', '\r\n')}`, 'utf16le');
    expect((await loadTopology([write('pools.yaml', text)])).pools).toHaveLength(2);
  });
});

describe('what a directory holds besides', () => {
  it('is noted and not used', async () => {
    write('t/pools.yaml', LAB_POOLS);
    write('t/a.pcap', PCAP);
    write(
      't/readme.md',
      'How the lab was made.\n\nThen we saw\n\n    10.48.0.0/26 via 10.0.1.31 dev ens5 proto bird\n\nin its table.\n',
    );
    write('t/image.bin', Uint8Array.of(1, 0, 2));
    write('t/empty.yaml', '\n');
    write('t/values.yaml', 'replicas: 3\n');
    const topology = await loadTopology([join(root, 't')]);
    expect(topology.issues.map((issue) => issue.message.replaceAll(`${root}/`, ''))).toEqual([
      't/a.pcap is a pcap capture: not used',
      't/empty.yaml is empty',
      't/image.bin is a binary file: not used',
      't/readme.md holds nothing that a snapshot is made of: not used',
      't/values.yaml holds nothing that a snapshot is made of: not used',
    ]);
    expect(new Set(issueCodes(topology))).toEqual(new Set(['warning empty-file', 'warning unrecognised-file']));
  });

  it('but nothing at all is an error', async () => {
    mkdirSync(join(root, 'empty'));
    expect(await failure(join(root, 'empty'))).toMatchObject({
      code: 'E_INVALID_SNAPSHOT',
      message: 'empty: no file in it can be part of a snapshot',
    });
    write('t/a.pcap', PCAP);
    write('t/notes.txt', 'captured on control1\n');
    expect((await failure(join(root, 't'))).message).toBe(
      't: nothing in it is a snapshot (2 files: t/a.pcap and t/notes.txt)',
    );
  });
});

describe('named files', () => {
  it.each([
    ['pcap capture', PCAP],
    ['pcapng capture', Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a)],
  ])('a %s is no snapshot, and the hint says where it belongs', async (what, bytes) => {
    const { code, message, hint } = await failure(write('a.pcap', bytes));
    expect([code, message]).toEqual([
      'E_INVALID_SNAPSHOT',
      `a.pcap: is a ${what}, expected a snapshot (text of kubectl, calicoctl, ip or bridge)`,
    ]);
    expect(hint).toBe('captures are given without -t: overlens trace CAPTURE... -t SNAPSHOT');
  });

  it('that are empty, or hold nothing known, are errors', async () => {
    expect((await failure(write('a.yaml', ''))).message).toBe('a.yaml: the file is empty, expected a snapshot');
    expect((await failure(write('b.txt', 'captured on control1\n'))).message).toBe(
      'b.txt: holds nothing that a snapshot is made of, expected IPPool, Node, Pod, Service, EndpointSlice, BlockAffinity, IPAMBlock, FelixConfiguration, -o wide tables, flow logs, or output of ip and bridge',
    );
  });

  it('that are not there', async () => {
    expect(await failure(join(root, 'nowhere'))).toEqual({
      code: 'E_UNREADABLE',
      message: 'nowhere: no such file or directory',
      hint: 'check the paths that follow -t; overlens snapshot prints the command that makes a snapshot',
    });
  });
});

it('all problems of all files are told at once', async () => {
  write('t/pools.yaml', poolYaml('a', '10.48.0.0/33'));
  write('t/nodes.json', '{"kind": "List",\n "items": [\n');
  const { code, message } = await failure(join(root, 't'), join(root, 'nowhere'), write('a.pcap', PCAP));
  expect(code).toBe('E_INVALID_SNAPSHOT');
  expect(message.split('\n')).toEqual([
    'nowhere: no such file or directory',
    'a.pcap: is a pcap capture, expected a snapshot (text of kubectl, calicoctl, ip or bridge)',
    't/pools.yaml:4: cidr of IPPool a is "10.48.0.0/33", expected a network like 10.48.0.0/16',
  ]);
});

it('YAML that is none is an error with its line', async () => {
  const { message } = await failure(
    write('pools.yaml', 'kind: IPPool\nmetadata: {name: a\nspec: {cidr: 10.48.0.0/24}\n'),
  );
  expect(message).toMatch(/^pools\.yaml:\d: not valid YAML: /);
});
