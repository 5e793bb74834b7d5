// What changed when, from traces whose times are typed here.
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/render/report/report-changes.ts';
import { runCli } from '../../support/run-cli.ts';
import { buildTrace, capture, cause, flow, observation, pod } from '../../support/trace-builder.ts';

const [cart, db] = [pod('10.48.0.130', 'shop/cart', 'control1', 40000), pod('10.48.0.200', 'shop/db', 'worker1', 5432)];
const at = (second: number): string => new Date(Date.UTC(2026, 10, 22, 8, 0, second)).toISOString();
const BEGIN = Date.parse(at(0));
type Built = Parameters<typeof buildTrace>[0];

function changes(given: Built): [second: number, text: string][] {
  const whole = { captures: [capture('a.pcap', { first: at(0), last: at(60) })], ...given };
  return changesOf(buildTrace(whole), BEGIN, Date.parse(at(60))).map(({ time, text }) => [(time - BEGIN) / 1000, text]);
}

const lasting = (first: number, last: number, more = {}) => ({ first: at(first), last: at(last), ...more });
const whole = flow(db, cart, lasting(0, 60));

describe('what changed when', () => {
  it('is nothing where all flows go on as they began', () => {
    expect(changes({ conversations: [[flow(cart, db, lasting(0, 60)), whole]] })).toEqual([]);
  });

  it('says when a node begins to send otherwise, by its own NIC', () => {
    const seen = (encapsulation: 'none' | 'vxlan', first: number, last: number, point = 0) =>
      observation({ encapsulation, first: at(first), last: at(last), point });
    const observed = { encapsulation: 'mixed', vni: null, outerSrc: null, outerDst: null, udpPort: null } as const;
    const turned = (observations: ReturnType<typeof seen>[]) =>
      changes({ conversations: [[flow(cart, db, lasting(0, 60, { observed, observations }))]] });
    expect(turned([seen('none', 0, 20), seen('vxlan', 21, 60)])).toEqual([
      [21, 'control1 sends vxlan what it sent plain before: 1 flow'],
    ]);
    // both at once is no change
    expect(turned([seen('none', 0, 60), seen('vxlan', 21, 60)])).toEqual([]);
  });

  it('says when problems begin: at the last answer where there were some, else at the first conversation', () => {
    const lost = cause({ id: 'A', title: 'it stops', flowIds: [1], flows: 1 });
    const forward = flow(cart, db, lasting(0, 60, { id: 1 }));
    const back = flow(db, cart, lasting(1, 30, { id: 2 }));
    expect(changes({ conversations: [[forward, back]], causes: [lost] })).toEqual([[30, 'A, last answer: it stops']]);
    expect(changes({ conversations: [[forward]], causes: [lost] })).toEqual([[0, 'A, first conversation: it stops']]);
  });

  it('says when captures begin late or end early, together in one sentence, and when nothing is seen', () => {
    const captures = [
      capture('a.pcap', { first: at(0), last: at(60) }),
      capture('b.pcap', { first: at(10), last: at(60) }),
      capture('c.pcap', { first: at(10), last: at(50) }),
    ];
    const conversations = [[flow(cart, db, lasting(0, 20))], [flow(cart, db, lasting(40, 60))]] as const;
    expect(changes({ captures, conversations })).toEqual([
      [10, 'first packet of b.pcap, c.pcap'],
      [20, 'nothing is seen for 20.0 s'],
      [50, 'last packet of c.pcap'],
    ]);
  });

  it('tells snapshots of two times apart, in the report of the sample with an edited pool', async () => {
    const folder = 'samples/07-pool-edited';
    const snapshots = ['topology-before', 'topology'].flatMap((name, i) => {
      const path = `${folder}/${name}`;
      return ['-t', path, '--taken-at', `${path}=2026-11-22T09:50:3${i * 5}Z`];
    });
    const captures = ['20', '30', '31'].map((node) => `${folder}/ip-10-0-1-${node}-ens5.pcap`);
    const { stdout } = await runCli([...captures, ...snapshots, '-o', 'html']);
    const list = /<ol class="changes">(.*?)<\/ol>/s.exec(stdout)?.[1] ?? '';
    // as the lab's log has it: an edit that the nodes follow one after the other
    expect(list).toMatch(/09:50:31\.968.*ip-10-0-1-20.* sends vxlan what it sent plain before/);
    expect(list).toMatch(/09:50:32\.800.*ip-10-0-1-30.* sends vxlan/);
    expect(list).toMatch(/09:50:35\.000.*snapshot samples\/07-pool-edited\/topology, in which differ: IPPool default/);
    expect(stdout.match(/<g class="mark">/g)?.length).toBeGreaterThan(3);
  });
});
