import { expect, it } from 'vitest';
import { shortenPlaces } from '../../../src/render/text/short-places.ts';
import { textWidth } from '../../../src/render/text/text-width.ts';

const DIAGS = 'calico-diagnostics-20261102_083000.tar.gz!calico-diagnostics-20261102_083000';

it.each([
  [`${DIAGS}/nodes/node-1/ip-route.txt:12`, 'calico-diagno…000.tar.gz!…/nodes/node-1/ip-route.txt:12'],
  [
    `pool (${DIAGS}/cluster/crd/ippools.crd.projectcalico.org.yaml:36)`,
    'pool (calico-diagno…000.tar.gz!…/ippools.crd.projectcalico.org.yaml:36)',
  ],
  [
    '/home/me/cases/2026/4711/evidence/from/customer/topology/nodes.yaml:5',
    '/home/…/from/customer/topology/nodes.yaml:5',
  ],
  ['10.48.0.0/26 via 10.48.0.46; topology/nodes.yaml:5', '10.48.0.0/26 via 10.48.0.46; topology/nodes.yaml:5'],
])('%s on a terminal', (long, short) => {
  expect(shortenPlaces(long)).toBe(short);
  expect(textWidth(short)).toBeLessThanOrEqual(textWidth(long));
});
