// Which files of a bundle are not looked into.
import { expect, it } from 'vitest';
import { isNeverRead } from '../../../src/input/bundles/never-read.ts';

it.each([
  'n1_ip_route.log',
  'diag/n1/ip-neigh-show.log',
  'x.zip!n1/bridge_-d_fdb_show.log',
  'a.pcap.log',
  'ip-route.txt',
])('%s is read', (below) => {
  expect(isNeverRead(below)).toBe(false);
});

it.each(['pod/current.log', 'n1/route-controller.log', 'ip.log', 'var/log/ip_route.journal', 'x/core.html'])(
  '%s is not',
  (below) => {
    expect(isNeverRead(below)).toBe(true);
  },
);
