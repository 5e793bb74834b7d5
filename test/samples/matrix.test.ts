// No false verdict: healthy captures in every role, through every filter, under misleading names, with every subset of their
// snapshot, are never a violation; a bypass is never a pass, however it was captured.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTopology } from '../../src/topology/load.ts';
import type { Topology } from '../../src/topology/model.ts';
import { traceCaptures } from '../../src/trace.ts';
import { verifyTrace } from '../../src/verdict/verify.ts';
import { cutCapture, filterCapture, host, srcHost, udpPort } from '../support/filter-capture.ts';

const HEALTHY = ['01-vxlan-between-nodes', '02-pool-never', '03-crosssubnet', '05-same-node', '06-any-interface'];
const WEB = '10.48.0.130';

type Treatment = [name: string, treat: (file: Buffer) => Buffer];
const TREATMENTS: Treatment[] = [
  ['whole', (file) => file],
  ['udp port 4789', (file) => filterCapture(file, udpPort(4789))],
  ['host POD', (file) => filterCapture(file, host(WEB))],
  ['src host NODE', (file) => filterCapture(file, srcHost('10.0.1.20'))],
  ['no ARP', (file) => filterCapture(file, ({ arp }) => !arp)],
  ['snaplen 68', (file) => cutCapture(file, 68)],
  ['snaplen 96', (file) => cutCapture(file, 96)],
];
/** File names that say nothing, or the wrong thing. */
const NAMES = ['capture.pcap', 'ip-10-0-1-31-ens5.pcap', 'eth0.pcap'];
/** What of a snapshot is given besides ippools.yaml and nodes.yaml. */
const SUBSETS = { all: ['pods.yaml', 'ip-'], 'no tables': ['pods.yaml'], 'no pods': ['ip-'], 'pools and nodes': [] };

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'overlens-matrix-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.pcap(\.gz)?$/.test(file))
    .sort()
    .map((file) => join(folder, file));
}

const loaded = new Map<string, Promise<[string, Topology][]>>();

/** Each subset of a snapshot, read once. */
function subsets(snapshot: string): Promise<[string, Topology][]> {
  const known = loaded.get(snapshot);
  if (known !== undefined) return known;
  const entries = readdirSync(snapshot);
  const reading = Promise.all(
    Object.entries(SUBSETS).map(async ([name, more]) => {
      const given = entries.filter((entry) => ['ippools.yaml', 'nodes.yaml'].includes(entry) || isAmong(entry, more));
      return [name, await loadTopology(given.map((entry) => join(snapshot, entry)))] as [string, Topology];
    }),
  );
  loaded.set(snapshot, reading);
  return reading;
}

/** Folders of tables are named after nodes: everything that is no YAML file. */
function isAmong(entry: string, more: readonly string[]): boolean {
  return more.includes(entry) || (more.includes('ip-') && !entry.includes('.yaml'));
}

/** The captures treated, under names of their own or under a misleading one. */
function treated(captures: readonly string[], [treatment, treat]: Treatment, name: string | null): string[] {
  return captures.map((path, index) => {
    const file = readFileSync(path);
    const folder = join(scratch, `${treatment} ${basename(path)} ${index}`);
    mkdirSync(folder, { recursive: true });
    const target = join(folder, name ?? basename(path, '.gz'));
    writeFileSync(target, treat(path.endsWith('.gz') ? gunzipSync(file) : file));
    return target;
  });
}

async function outcome(captures: string[], topology: Topology): Promise<{ violations: string[]; exitCode: number }> {
  const trace = await traceCaptures({ captures, topology });
  const violations = trace.causes.filter((cause) => cause.severity === 'violation').map((cause) => cause.code);
  const options = { expect: 'config', pools: [], coverNodePairs: false, strict: false, topology } as const;
  return { violations, exitCode: verifyTrace(trace, options).exitCode };
}

/** Every line of the matrix that has a violation. */
async function falseVerdicts(captures: string[], snapshot: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const treatment of TREATMENTS) {
    for (const name of captures.length === 1 ? [null, ...NAMES] : [null]) {
      const paths = treated(captures, treatment, name);
      for (const [subset, topology] of await subsets(snapshot)) {
        const { violations } = await outcome(paths, topology);
        if (violations.length > 0)
          wrong.push(`${treatment[0]}, ${name ?? 'own name'}, ${subset}: ${violations.join(' ')}`);
      }
    }
  }
  return wrong;
}

describe('healthy samples are never a violation', () => {
  for (const sample of HEALTHY) {
    const folder = join('samples', sample);
    const all = capturesIn(folder);
    for (const captures of [...all.map((path) => [path]), all]) {
      const title = captures.length === 1 ? basename(captures[0] ?? '') : 'all together';
      it(`${sample}: ${title}`, async () => {
        expect(await falseVerdicts(captures, join(folder, 'topology'))).toEqual([]);
      });
    }
  }
});

describe('nor is the lab, in any role', () => {
  for (const path of capturesIn('test/fixtures/lab')) {
    it(basename(path), async () => {
      const wrong: string[] = [];
      for (const [subset, topology] of await subsets('test/fixtures/lab/topology')) {
        for (const name of [null, 'capture.pcap']) {
          const { violations } = await outcome(treated([path], ['whole', (file) => file], name), topology);
          if (violations.length > 0) wrong.push(`${name}, ${subset}: ${violations.join(' ')}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }
});

describe('a bypass never passes', () => {
  const folder = 'samples/04-overlay-bypassed';
  // worker2's NIC has no packet of the bypass: what it shows is right.
  const concerned = capturesIn(folder).filter((path) => !path.includes('10-0-1-31'));
  // `src host NODE` is left out: half a conversation, in which the node that bypasses is the other one.
  for (const treatment of TREATMENTS.filter(([name]) => name !== 'src host NODE')) {
    it(`through ${treatment[0]}`, async () => {
      for (const captures of [...concerned.map((path) => [path]), concerned]) {
        for (const [subset, topology] of await subsets(join(folder, 'topology'))) {
          const { exitCode } = await outcome(treated(captures, treatment, null), topology);
          expect([1, 3], `${captures.map((path) => basename(path)).join(' ')}, ${subset}`).toContain(exitCode);
        }
      }
    });
  }

  it('is recognised on a NIC whatever the file is called, with pools and nodes alone', async () => {
    const topology = await loadTopology([join(folder, 'topology/ippools.yaml'), join(folder, 'topology/nodes.yaml')]);
    for (const path of concerned) {
      for (const name of NAMES) {
        const target = join(scratch, name);
        copyFileSync(path, target);
        expect(await outcome([target], topology), name).toEqual({ violations: ['overlay-bypassed'], exitCode: 1 });
      }
    }
  });
});

describe('a wrong node never passes, where the pods are known', () => {
  const folder = 'samples/08-stale-fdb';
  const concerned = capturesIn(folder).filter((path) => !path.includes('10-0-1-30'));
  // 68 bytes end before the inner addresses: which node a packet was for cannot be seen at all.
  for (const treatment of TREATMENTS.filter(([name]) => name !== 'snaplen 68')) {
    it(`through ${treatment[0]}`, async () => {
      for (const captures of [...concerned.map((path) => [path]), concerned]) {
        for (const [subset, topology] of await subsets(join(folder, 'topology'))) {
          if (subset === 'no pods' || subset === 'pools and nodes') continue;
          const { exitCode } = await outcome(treated(captures, treatment, null), topology);
          expect([1, 3], `${captures.map((path) => basename(path)).join(' ')}, ${subset}`).toContain(exitCode);
        }
      }
    });
  }
});
