import { expect, it } from 'vitest';
import { NO_SETTINGS } from '../../../../src/topology/agent-settings.ts';
import { issueCodes, issueOf, problemsOf, topologyOf } from '../../documents.ts';

const felix = (name: string, spec: string) =>
  `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;

it('a node has its own settings before the default ones, field by field', () => {
  const topology = topologyOf({
    'default.yaml': felix('default', 'vxlanVNI: 4097, vxlanPort: 4790, wireguardEnabled: true'),
    'node.yaml': felix('node.worker1', 'vxlanPort: 4791, vxlanEnabled: false'),
  });
  const values = (name: string | null) =>
    Object.fromEntries(Object.entries(topology.felix(name)).map(([key, setting]) => [key, setting?.value ?? null]));
  expect(values('worker1')).toEqual({
    ...NO_SETTINGS,
    vxlanVNI: 4097,
    vxlanPort: 4791,
    vxlanEnabled: false,
    wireguardEnabled: true,
    wireguardListeningPort: null,
  });
  expect(values('worker2')).toEqual({
    ...NO_SETTINGS,
    vxlanVNI: 4097,
    vxlanPort: 4790,
    vxlanEnabled: null,
    wireguardEnabled: true,
    wireguardListeningPort: null,
  });
  expect(values(null)).toEqual(values('worker2'));
  expect(topology.felix('worker1').vxlanPort?.ref).toEqual({ file: 'node.yaml', line: 4 });
});

it('one that applies by selector is told and not used', () => {
  const topology = topologyOf({ f: felix('gpu-nodes', 'vxlanPort: 4791, nodeSelector: has(gpu)') });
  expect(topology.felix(null).vxlanPort).toBeNull();
  expect(issueCodes(topology)).toEqual(['warning unused-object']);
});

it('a port or VNI out of range is an error', () => {
  expect(problemsOf({ f: felix('default', 'vxlanPort: 70000, vxlanVNI: many') })).toEqual([
    'f:4: vxlanVNI is "many", expected a number from 1 to 16777215',
    'f:4: vxlanPort is 70000, expected a number from 1 to 65535',
  ]);
});

it('given twice and different is a conflict', () => {
  const topology = topologyOf({ a: felix('default', 'vxlanPort: 4789'), b: felix('default', 'vxlanPort: 4790') });
  expect(topology.felix(null).vxlanPort?.value).toBe(4789);
  expect(issueOf(topology, 'duplicate-object').message).toBe(
    'FelixConfiguration default: vxlanPort is 4789 (a:4) and 4790 (b:4): the first counts',
  );
});
