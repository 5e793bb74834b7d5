// src/cluster/ is the one place that knows CNIs: nowhere else stands a constant of their dataplanes or objects, comments included.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const CONSTANTS: Record<string, RegExp> = {
  'a tunnel device': /\b(vxlan(-v6)?|egress)\.calico\b|\btunl0\b|\bwireguard\.cali\b|\bwg-v6\.cali\b/,
  "a pod's veth": /['"`^(]cali['"`*.]|\bcali([0-9a-f*]{2,}|\.\.)/,
  "another CNI's device": /\bflannel\b|\bcilium_|\bgenev_sys|\bantrea-/,
  "flannel's annotations and configuration":
    /alpha\.coreos|net-conf|backend-data|backend-type|public-ip|VtepMAC|\bcni0\b/,
  'the MAC of every veth': /\bee:ee\b/i,
  'the first byte of computed MACs': /\b0x66\b|\b66:|'66'/,
  'the gateway of every pod': /\b169\.254\.1\.1\b|\ba9fe0101\b/i,
  'the default VNI': /vnis?\b.*\b4096\b|\b4096\b.*vnis?\b/i,
  'the VNI of eBPF': /ca11c0/i,
  'the WireGuard port for IPv6': /\b51821\b/,
  'an annotation or API group': /projectcalico|tigera\.io/,
  'an IPAM handle or type': /tunnel-addr-|[a-z](V6)?TunnelAddress\b/,
  'a program or folder': /calicoctl|\bcalico-node\b|\/calico\//,
};

/** The flow table's default VNI and its byte of VTEP MACs; on which ports WireGuard is found, for the pages of headers. */
const ALLOWED = ['src/flow/paths/node-addresses.ts', 'src/flow/paths/selection.ts', 'src/wire/wireguard.ts'];

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name}`);

const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !/^(import|\} from) .*cluster\//.test(line));

it.each(Object.entries(CONSTANTS))('%s stands in src/cluster/ only', (_, pattern) => {
  const holders = FILES.filter((file) => linesOf(file).some((line) => pattern.test(line)));
  expect(holders.some((file) => file.startsWith('src/cluster/'))).toBe(true);
  expect(holders.filter((file) => !file.startsWith('src/cluster/') && !ALLOWED.includes(file))).toEqual([]);
});

it('the exceptions are at most three files, and each still needs to be one', () => {
  expect(ALLOWED.length).toBeLessThanOrEqual(3);
  const patterns = Object.values(CONSTANTS);
  const holds = (file: string): boolean => linesOf(file).some((line) => patterns.some((one) => one.test(line)));
  expect(ALLOWED.filter((file) => !FILES.includes(file) || !holds(file))).toEqual([]);
});
