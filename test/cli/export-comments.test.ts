// What comments of annotated captures say, and at which packets they stand.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../support/capture-builder.ts';
import { hex } from '../support/packet-builder.ts';
import { blocksOf, packetsOf } from '../support/plain-pcapng.ts';
import { readCapture } from '../support/read-packets.ts';
import { runCli } from '../support/run-cli.ts';
import { annotated, COMMENT, capturesIn, commentsOf, kit, ROOT, scratch } from '../support/wireshark-kit.ts';

describe('comments', () => {
  const captures = capturesIn(`${ROOT}samples/08-stale-fdb`);
  const snapshot = ['-t', `${ROOT}samples/08-stale-fdb/topology`];

  it('stand at the packets that decode --verdict wrong shows, with finding, letter and what was expected', async () => {
    const { folder } = await kit(captures, ...snapshot);
    const { stdout } = await runCli(['decode', ...captures, ...snapshot, '--verdict', 'wrong', '-o', 'json']);
    const wrong = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const [i, capture] of captures.entries()) {
      const said = commentsOf(annotated(folder, capture));
      const numbers = said.flatMap((comments, k) => (comments.some((one) => one.includes('VIOLATION')) ? [k + 1] : []));
      expect(numbers).toEqual(wrong.filter((one) => one.capture === i).map((one) => one.number));
    }
    expect(commentsOf(annotated(folder, captures[0] ?? ''))[2]).toEqual([
      'overlens: VIOLATION wrong-destination-vtep A; expected vxlan (pool default-ipv4-ippool, pool-always); ' +
        'yaobank/database-6967b6c8d7-qc25s (10.48.0.200) is on ip-10-0-1-30.eu-west-1.compute.internal, ' +
        'but its packets were sent to 10.0.1.31, which is ip-10-0-1-31.eu-west-1.compute.internal; flow 1',
    ]);
  });

  it('say of flows that nobody can judge why, and of warnings what', async () => {
    const alone = [`${ROOT}samples/05-same-node/ip-10-0-1-20-cali00de650382f.pcap`];
    const { folder } = await kit(alone, '-t', `${ROOT}samples/01-vxlan-between-nodes/topology`);
    const said = new Set(
      commentsOf(annotated(folder, alone[0] ?? ''))
        .flat()
        .map((one) => one.split(';')[0]),
    );
    expect([...said].every((one) => /^overlens: (unverifiable|WARNING) [a-z-]+/.test(one ?? ''))).toBe(true);
    const hole = capturesIn(`${ROOT}samples/09-mtu-black-hole`);
    const warned = (await kit(hole, '-t', `${ROOT}samples/09-mtu-black-hole/topology`)).folder;
    expect(commentsOf(annotated(warned, hole[0] ?? '')).flat()).toContainEqual(
      expect.stringMatching(/^overlens: WARNING mtu-black-hole [A-Z]; /),
    );
  });

  it('are warnings alone without a snapshot: nothing is expected then', async () => {
    const { folder } = await kit(captures);
    const said = new Set(
      commentsOf(annotated(folder, captures[0] ?? ''))
        .flat()
        .map((one) => one.slice(0, 27)),
    );
    expect([...said]).toEqual(['overlens: WARNING no-reply ']);
  });

  it('stand behind those that the packet had, and its flags are kept', async () => {
    const input = join(scratch(), 'own.pcapng');
    const capture = await readCapture(captures[0] ?? '');
    const options: [number, Uint8Array | string][] = [
      [COMMENT, 'mine'],
      [2, hex('02 00 00 00')],
    ];
    const blocks = capture.packets.map(({ data, seconds, nanos }) =>
      packetBlock({ data: hex(data), units: BigInt(seconds) * 1_000_000n + BigInt(nanos / 1000), options }),
    );
    writeFileSync(input, buildPcapng([sectionBlock(), interfaceBlock({ name: 'ens5' }), ...blocks]));
    const { folder } = await kit([input], ...snapshot);
    const [, , judged] = packetsOf(blocksOf(readFileSync(annotated(folder, input))));
    expect(judged?.options.map(([code]) => code)).toEqual([COMMENT, 2, COMMENT, COMMENT]);
    expect(judged?.options.map(([, value]) => value.toString('utf8'))).toEqual([
      'mine',
      '\u0002\0\0\0',
      expect.stringContaining('VIOLATION wrong-destination-vtep'),
      expect.stringContaining('WARNING no-reply'),
    ]);
  });
});
