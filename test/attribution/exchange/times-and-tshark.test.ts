// The times of conversations are those that tshark measures (test/support/tshark-conversations.py), capture by capture.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../src/trace.ts';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';

const GOLDEN = 'test/golden/conversations';
/** Both clocks count microseconds; ours are subtracted as numbers of 64 bits. */
const PRECISION = 1e-6;

type Row = [
  kind: 'handshake' | 'echo' | 'dns',
  src: string,
  dst: string,
  srcPort: number,
  dstPort: number,
  seconds: number,
];

const CAPTURES = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''));

/** By both ends, the side that asked first. */
async function flowsOf(capture: string): Promise<Map<string, TracedFlow>> {
  const trace = await traceCaptures({ captures: [capture], topology: null });
  const asking = [...trace.flows()].filter(({ exchange, tcp }) => exchange?.asked != null || (tcp?.syn ?? 0) > 0);
  return new Map(asking.map((flow) => [`${flow.src.ip}:${flow.src.port} ${flow.dst.ip}:${flow.dst.port}`, flow]));
}

describe.each(CAPTURES)('%s', (capture) => {
  // tshark pairs the packets that are next to each other, which on a node's way are any two; here the place nearest to the client counts
  const isAnywhere = capture.includes('-any.');
  const rows = JSON.parse(readFileSync(`${GOLDEN}/${capture}.json`, 'utf8')) as Row[];

  it('has the handshakes, echoes and DNS answers of tshark', async () => {
    const flows = await flowsOf(capture);
    const measured = new Map<string, number[]>();
    for (const [kind, src, dst, srcPort, dstPort, seconds] of rows) {
      const [there, back] = [`${src}:${srcPort} ${dst}:${dstPort}`, `${dst}:${dstPort} ${src}:${srcPort}`];
      const key = kind === 'handshake' && flows.has(there) ? there : back;
      measured.set(key, [...(measured.get(key) ?? []), seconds]);
      expect(flows.has(key), `${kind} ${key}`).toBe(true);
    }
    const differing = [...measured].flatMap(([key, seconds]) => {
      const { handshake, asked } = flows.get(key)?.exchange ?? {};
      const whole = handshake?.server == null || handshake.client === null ? null : handshake.server + handshake.client;
      const ours = asked?.slowest ?? whole;
      const theirs = Math.max(...seconds);
      const isNear = ours != null && Math.abs(ours - theirs) <= PRECISION;
      return isNear || (isAnywhere && ours != null && ours > theirs) ? [] : [{ key, ours, theirs }];
    });
    expect(differing).toEqual([]);
  });
});
