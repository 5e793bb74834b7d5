// Display filters as filters for jq: as many packets as tshark 4.0 shows for them, `tshark -r CAPTURE -Y FILTER | wc -l`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { translateDisplayFilter } from '../../../src/cli/habits/display-filter.ts';
import { DECODED, jqOf } from '../../../src/cli/habits/jq-filter.ts';
import { runCli } from '../../support/run-cli.ts';

const CAPTURE = 'samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap';

const SHOWN_BY_TSHARK = [
  ['tcp.flags.syn == 1 && tcp.flags.ack == 0', 3],
  ['tcp.flags == 0x12', 3],
  ['!(tcp.flags.ack == True)', 26],
  ['ip.addr == 10.48.0.130 && tcp.flags.fin == 1', 4],
  ['tcp.port in {80, 443} && tcp.flags.push == 1', 8],
  ['frame.len > 100 && icmp', 12],
  ['vxlan.vni == 4097', 0],
  ['eth.addr == 66:14:9d:f4:2c:1f', 28],
  ['dns && ip.ttl == 63', 2],
  ['arp.opcode == 1', 3],
  ['tcp.option_kind == 8 && tcp.flags.syn==1', 6],
] as const;

const hasJq = spawnSync('jq', ['--version']).status === 0;

describe.skipIf(!hasJq)('a display filter as one for jq (where jq is installed)', async () => {
  const packets = (await runCli(['decode', CAPTURE, '-o', 'json'])).stdout;

  it.each(SHOWN_BY_TSHARK)('%s finds %d packets', (filter, count) => {
    const translated = translateDisplayFilter(filter);
    if (translated === null || !('jq' in translated)) throw new Error(`no jq for ${filter}`);
    const { stdout, stderr } = spawnSync('jq', ['-c', `select(${translated.jq}) | .number`], { input: packets });
    expect(stderr.toString()).toBe('');
    expect(stdout.toString().split('\n').length - 1).toBe(count);
  });
});

describe('what packets have not', () => {
  it.each(['tcp.analysis.retransmission', 'tcp.len > 0', 'http.host == "x"', 'tcp.flags.syn == 1 && tcp.stream != 2'])(
    'is told of %s',
    (filter) => expect(translateDisplayFilter(filter)).toHaveProperty('missing'),
  );

  it('is none of the fields that they have', () => {
    const fields = readFileSync('test/golden/wire/wireshark-fields.txt', 'utf8').split(/\s+/).filter(Boolean);
    expect(fields.length).toBeGreaterThan(200);
    const missing = fields.filter((field) => {
      const told = jqOf({ is: 'term', field, operator: '==', value: '7' });
      return told === null || 'missing' in told;
    });
    expect(missing).toEqual([]);
    expect([...DECODED].filter((protocol) => !fields.some((field) => field.startsWith(`${protocol}`)))).toEqual([]);
  });
});
