import { describe, expect, it } from 'vitest';
import { MOST_CONVERSATIONS, type ReportData } from '../../../src/render/report/report-data.ts';
import { type ReportSays, renderReport } from '../../../src/render/report/report-page.ts';
import type { Trace } from '../../../src/verdict/trace-types.ts';
import { buildTrace, capture, cause, flow, pod, syntheticTrace } from '../../support/trace-builder.ts';

const SAYS: ReportSays = { sentence: '1 of 2 is wrong', tone: 'wrong', more: [], evidence: [] };
const page = (trace: Trace, says = SAYS): string => [...renderReport(trace, says)].join('');

function dataOf(html: string): ReportData {
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  return JSON.parse(json) as ReportData;
}

const [cart, db] = [pod('10.48.0.130', 'shop/cart', 'control1', 40000), pod('10.48.0.200', 'shop/db', 'worker1', 5432)];

describe('the report', () => {
  const wrong = flow(cart, db, { verdict: 'violation', outcome: 'no-answer' });
  const html = page(
    buildTrace({ conversations: [[wrong]], causes: [cause({ flowIds: [1] })], captures: [capture('a.pcap')] }),
  );

  it('asks for nothing from elsewhere, and forbids it', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/\b(?:src|href)\s*=\s*["']?\s*(?:https?:)?\/\//i);
    expect(html).not.toMatch(/@import|url\((?!#)/);
  });

  it('says first what was found, and draws who sends what to whom in words too', () => {
    expect(html.indexOf('1 of 2 is wrong')).toBeLessThan(html.indexOf('<svg'));
    const picture = /<svg class="cluster".*?aria-label="([^"]*)"/s.exec(html)?.[1];
    expect(picture).toBe(
      'Nodes and what they send each other: control1 to worker1: 3 packets in 1 flow (vxlan 3), 1 flow not as configured',
    );
    expect(html).toContain('<g class="edge wrong">');
  });

  it('keeps apart what is misconfigured, what is broken and what is to be looked at', () => {
    const causes = [
      cause({ id: 'A' }),
      cause({ id: 'B', code: 'lost-in-node', severity: 'warning' }),
      cause({ id: 'C', code: 'snapshot-conflict', severity: 'warning' }),
    ];
    const made = page(buildTrace({ conversations: [[wrong]], causes, captures: [capture('a.pcap')] }));
    const order = [...made.matchAll(/<h3>(Misconfigured|Broken|To be looked at)|id="cause-([A-C])"/g)];
    expect(order.map(([, title, id]) => title ?? id)).toEqual([
      'Misconfigured',
      'A',
      'Broken',
      'B',
      'To be looked at',
      'C',
    ]);
    expect(html).not.toContain('<h3>Broken');
  });

  it('has every conversation with both directions, findings and places', () => {
    const { rows, texts, states } = dataOf(html);
    expect(rows).toHaveLength(1);
    const [row] = rows;
    expect(states[row?.[1] ?? 0]).toBe('wrong');
    expect([texts[row?.[2] ?? 0], texts[row?.[4] ?? 0]]).toEqual(['shop/cart', 'shop/db']);
    expect(row?.[16]).toHaveLength(1);
    // what it is summed up under, by each key of --by
    expect(row?.[17].map((number) => texts[number])).toEqual([
      'control1 → worker1',
      'shop → shop',
      'default-ipv4-ippool → default-ipv4-ippool',
      'shop/cart → shop/db',
    ]);
  });

  it('of more nodes than a picture shows, draws those that something is wrong between, and lists the worst pairs first', () => {
    const trace = syntheticTrace(40, (id) =>
      flow(
        { ...cart, node: `node-${id}` },
        { ...db, node: `node-${id + 1}` },
        { id, conversation: id, verdict: id === 7 ? 'violation' : 'ok' },
      ),
    );
    const made = page(trace);
    const picture = /<svg class="cluster".*?<\/svg>/s.exec(made)?.[0] ?? '';
    expect([...new Set(picture.match(/>node-\d+</g))]).toEqual(['>node-7<', '>node-8<']);
    expect(made).toMatch(/2 of 4\d nodes: /);
    expect(/<ul class="points"><li.*?<\/li>/s.exec(made)?.[0]).toContain('node-7 to node-8: ');
    expect(made).toContain('<summary>28 more pairs of nodes</summary>');
  });

  it('lets no name out of its text', () => {
    const hostile = '</script><img src=x onerror=alert(1)>\u202e\u0007"\'&';
    const named = flow({ ...cart, pod: hostile, node: hostile }, { ...db, node: 'worker1' });
    const made = page(buildTrace({ conversations: [[named]], captures: [capture(`${hostile}.pcap`)] }), {
      ...SAYS,
      sentence: hostile,
      evidence: [{ head: hostile, value: hostile }],
    });
    expect(made).not.toContain('<img');
    expect(made.match(/<\/script>/g)).toHaveLength(2);
    expect(made).not.toMatch(/[\u0007\u202e]/);
    expect(dataOf(made).rows).toHaveLength(1);
  });

  it(`keeps ${MOST_CONVERSATIONS} conversations, all that are wrong among them, and says how many it left out`, () => {
    const count = MOST_CONVERSATIONS + 500;
    const trace = syntheticTrace(count, (id) =>
      flow(
        { ...cart, port: 1024 + (id % 60000) },
        { ...db, ip: `10.48.${id >> 8}.${id & 255}` },
        { id, conversation: id, verdict: id > count - 3 ? 'violation' : 'ok' },
      ),
    );
    const { rows, left } = dataOf(page(trace));
    expect(rows).toHaveLength(MOST_CONVERSATIONS);
    expect(left).toBe(500);
    expect(rows.slice(0, 3).map((row) => row[1])).toEqual([2, 2, 2]);
  });
});
