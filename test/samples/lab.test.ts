// The lab behind the samples: its scripts parse, its README and its snapshots name what Calico would compute.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const LAB = 'samples/lab';
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
/** Felix, vtepMACForHost: 'f' and five bytes of SHA-1 over the node's name. */
const vtepMac = (node: string): string => `66:${sha1(node).slice(0, 10).match(/../g)?.join(':')}`;
/** Calico's CNI plugin: SHA-1 over namespace.pod. */
const vethName = (pod: string): string => `cali${sha1(pod.replace('/', '.')).slice(0, 11)}`;

const labReadme = readFileSync(join(LAB, 'README.md'), 'utf8');
const samples = readdirSync('samples').filter((name) => /^\d\d-/.test(name));

interface KubernetesList {
  items: {
    metadata: { name: string; namespace?: string };
    spec: { nodeName?: string; hostNetwork?: boolean };
    status: { phase?: string };
  }[];
}

function list(path: string): KubernetesList['items'] {
  return (parse(readFileSync(path, 'utf8')) as KubernetesList).items;
}

describe('the lab', () => {
  it('has scripts that bash can read', () => {
    const scripts = readdirSync(LAB).filter((name) => name.endsWith('.sh'));
    expect(scripts.length).toBeGreaterThan(5);
    for (const script of scripts) execFileSync('bash', ['-n', join(LAB, script)]);
  });

  it('computes names as Calico does', () => {
    const nodes = [...labReadme.matchAll(/= (ip-[\w.-]+) \| .* VTEP MAC ([\w:]+)/g)];
    const pods = [...labReadme.matchAll(/= ([\w-]+\/[\w-]+), on .* veth (cali\w+)/g)];
    expect([nodes.length, pods.length]).toEqual([3, 7]);
    for (const [, name = '', mac] of nodes) expect(mac).toBe(vtepMac(name));
    for (const [, name = '', veth] of pods) expect(veth).toBe(vethName(name));
  });

  it('describes every fault it can make', () => {
    const faults = readFileSync(join(LAB, 'faults.sh'), 'utf8');
    const functions = [...faults.matchAll(/^(.*)\n(?=fault_\w+\(\))/gm)];
    expect(functions.length).toBeGreaterThan(10);
    for (const [, before] of functions) expect(before).toMatch(/^# /);
  });
});

describe('the snapshots of the samples', () => {
  it.each(samples.filter((name) => !name.includes('flannel')))(
    '%s has the MAC of each node and the veth of each pod',
    (sample) => {
      const topology = join('samples', sample, 'topology');
      const pods = list(join(topology, 'pods.yaml'));
      for (const { metadata } of list(join(topology, 'nodes.yaml'))) {
        const links = readFileSync(join(topology, metadata.name, 'ip-link.txt'), 'utf8');
        if (links.includes('vxlan.calico')) expect(links).toContain(vtepMac(metadata.name));
        const own = pods.filter(({ spec, status }) => spec.nodeName === metadata.name && status.phase === 'Running');
        for (const pod of own.filter(({ spec }) => !spec.hostNetwork))
          expect(links).toContain(`${vethName(`${pod.metadata.namespace}/${pod.metadata.name}`)}@`);
      }
    },
  );
});
