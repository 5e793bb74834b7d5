import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../../src/render/text/render-options.ts';
import { textWidth } from '../../../src/render/text/text-width.ts';
import { renderCause } from '../../../src/render/trace/cause-view.ts';
import { renderSummary } from '../../../src/render/trace/trace-summary.ts';
import { renderTable } from '../../../src/render/trace/trace-table.ts';
import { renderWide } from '../../../src/render/trace/wide.ts';
import { staleFdb } from '../../support/scenarios.ts';
import { buildTrace, capture, flow, pod, UNSEEN } from '../../support/trace-builder.ts';

const LOOK: RenderOptions = { width: 100, fit: true, color: false, all: false, top: 40, sort: 'problem' };

function look(partial: Partial<RenderOptions>): RenderOptions {
  return { ...LOOK, ...partial };
}

function join(pieces: Iterable<string>): string {
  return [...pieces].join('');
}

/** What each output looks like; options in the name of the golden file. */
const PAGES = {
  table: renderTable,
  wide: renderWide,
  summary: renderSummary,
  finding: function* (trace: Parameters<typeof renderTable>[0], options: RenderOptions): Generator<string> {
    for (const cause of trace.causes) yield renderCause(trace, cause, options);
  },
};

describe('golden pages', () => {
  for (const [page, render] of Object.entries(PAGES)) {
    for (const [names, width] of [
      ['short', 80],
      ['short', 100],
      ['long', 80],
      ['long', 100],
      ['long', 200],
    ] as const) {
      test(`${page} with ${names} names at ${width} columns`, async () => {
        const text = join(render(staleFdb(names), look({ width })));
        await expect(text).toMatchFileSnapshot(`../golden/render/${page}.${names}.${width}.txt`);
      });
    }
  }

  test('table with every conversation', async () => {
    await expect(join(renderTable(staleFdb('long'), look({ all: true })))).toMatchFileSnapshot(
      '../golden/render/table-all.long.100.txt',
    );
  });

  test('table with colours', async () => {
    await expect(join(renderTable(staleFdb('short'), look({ color: true })))).toMatchFileSnapshot(
      '../golden/render/table.short.100.color.txt',
    );
  });

  test('wide in a pipe shortens nothing', async () => {
    await expect(join(renderWide(staleFdb('long'), look({ fit: false })))).toMatchFileSnapshot(
      '../golden/render/wide.long.pipe.txt',
    );
  });
});

describe('every page', () => {
  for (const [page, render] of Object.entries(PAGES)) {
    test(`${page} says with colours exactly what it says without`, () => {
      const plain = join(render(staleFdb('long'), LOOK));
      const colored = join(render(staleFdb('long'), look({ color: true })));
      expect(colored).not.toBe(plain);
      expect(colored.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(plain);
    });

    test(`${page} never wraps: only commands may be longer than the terminal`, () => {
      for (const names of ['short', 'long'] as const) {
        for (const width of [80, 100, 120, 200]) {
          const lines = join(render(staleFdb(names), look({ width }))).split('\n');
          const long = lines.filter((line) => textWidth(line) > width && !/^ {3}(settle it|check) /.test(line));
          expect(long).toEqual([]);
        }
      }
    });
  }
});

describe('rows', () => {
  const cart = pod('10.48.0.130', 'shop/cart', 'control1');
  const db = pod('10.48.0.200', 'shop/db', 'worker1');

  function rowsOf(text: string): string[] {
    const lines = text.split('\n');
    const from = lines.findIndex((line) => line.includes('  SERVICE  '));
    return lines.slice(from + 1, lines.indexOf('', from)).map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
  }

  test('a reply seen alone is shown as one, with the client as FROM', () => {
    const tcp = {
      syn: 0,
      synAck: 1,
      fin: 0,
      rst: 0,
      data: 3,
      retransmissions: 0,
      largeRetransmissions: 0,
      handshake: false,
    };
    const trace = buildTrace({
      conversations: [[flow({ ...db, port: 5432 }, { ...cart, port: 40000 }, { tcp, outcome: 'one-way' })]],
    });
    expect(rowsOf(join(renderTable(trace, LOOK)))).toEqual([
      '1 | shop/cart | control1 | shop/db | worker1 | tcp 5432 | - ← vxlan | 0 / 3 | one-way seen',
    ]);
  });

  test('conversations to one server port share a row, those carried differently do not', () => {
    const one = (port: number, partial = {}): readonly [ReturnType<typeof flow>] => [
      flow({ ...cart, port }, { ...db, port: 5432 }, partial),
    ];
    const trace = buildTrace({ conversations: [one(40000), one(40001), one(40002, UNSEEN)] });
    expect(rowsOf(join(renderTable(trace, LOOK)))).toEqual([
      '3 | shop/cart | control1 | shop/db | worker1 | tcp 5432 | ? | → - | 3 / 0 | answered',
      '1 | shop/cart | control1 | shop/db | worker1 | tcp 5432 ×2 | vxlan → - | 6 / 0 | answered',
      '! | wrong: not what the configuration asks for | ? | undecided',
    ]);
  });

  test('outcomes of one row are counted, worst first', () => {
    const one = (port: number, outcome: 'answered' | 'no-answer'): readonly [ReturnType<typeof flow>] => [
      flow({ ...cart, port }, { ...db, port: 5432 }, { outcome }),
    ];
    const trace = buildTrace({
      conversations: [one(40000, 'answered'), one(40001, 'no-answer'), one(40002, 'answered')],
    });
    expect(rowsOf(join(renderTable(trace, LOOK)))[0]).toBe(
      '1 | cart | control1 | db | worker1 | tcp 5432 ×3 | vxlan → - | 9 / 0 | 1 no answer, 2 answered',
    );
  });

  test('packets that one end sent and the other did not get are told', () => {
    const lost = { arrival: { sent: 10, arrived: 7, lost: true } };
    const trace = buildTrace({ conversations: [[flow({ ...cart, port: 1 }, { ...db, port: 2 }, lost)]] });
    expect(rowsOf(join(renderTable(trace, LOOK)))[0]).toContain('answered, 3 never arrived');
  });

  test('ports cut off by the snaplen are unknown, not zero', () => {
    const trace = buildTrace({ conversations: [[flow({ ...cart, port: null }, { ...db, port: null })]] });
    expect(rowsOf(join(renderTable(trace, LOOK)))[0]).toContain('tcp ?');
  });

  test('--top cuts the rows and says how many are left', () => {
    const many = Array.from(
      { length: 6 },
      (_, i) => [flow({ ...cart, port: 40000 }, { ...db, port: 1000 + i })] as const,
    );
    const text = join(renderTable(buildTrace({ conversations: many }), look({ top: 4 })));
    expect(text).toContain('\n2 more rows, --all\n');
  });

  test('packets that the snaplen cut are told apart from malformed ones, with a length that is enough', () => {
    const faults = [
      { code: 'tcp-truncated', count: 50, firstPacket: 3 },
      { code: 'ipv4-truncated', count: 2, firstPacket: 9 },
      { code: 'ip-total-length-long', count: 1, firstPacket: 40 },
    ];
    const outcomes = { complete: 10, unsupported: 0, faulty: 53, notFlow: 0 };
    const noteOf = (snaplen: number): string => {
      const captures = [capture('a.pcap', { snaplen, faults, outcomes })];
      return join(renderTable(buildTrace({ captures, conversations: [] }), look({ width: 160 })));
    };
    expect(noteOf(96)).toContain('a.pcap: snaplen 96 cut 52 packets inside their headers: -s 128 is enough\n');
    expect(noteOf(96)).toContain('a.pcap: 1 packet cut or malformed: ip-total-length-long ×1 from #40\n');
    expect(noteOf(128)).toContain('snaplen 128 cut 52 packets inside their headers: -s 256 is enough');
    expect(noteOf(262_144)).toContain('53 packets cut or malformed: tcp-truncated ×50 from #3');
  });

  test('on a terminal the whole page fits its height, and what is left out is counted', () => {
    const many = Array.from(
      { length: 60 },
      (_, i) => [flow({ ...cart, port: 40000 }, { ...db, port: 1000 + i })] as const,
    );
    const trace = buildTrace({ conversations: many });
    for (const height of [20, 24, 50]) {
      const text = join(renderTable(trace, look({ width: 80, height, top: null })));
      expect(text.split('\n').length).toBe(height);
      const hidden = Number(/^(\d+) more rows, --all$/m.exec(text)?.[1]);
      expect(text.match(/ tcp 1\d\d\d /g)?.length).toBe(60 - hidden);
    }
  });

  test('what is longer than the terminal names the problems again at its end', () => {
    const title = 'control1 sends worker1';
    const times = (partial: Partial<RenderOptions>): number =>
      join(renderTable(staleFdb(), look({ top: null, ...partial }))).split(title).length - 1;
    expect(times({ height: 100 })).toBe(1);
    expect(times({ height: 20, all: true })).toBe(2);
    expect(times({ all: true })).toBe(1);
  });

  test('services of one pair repeat its names: a line under them is of nodes only', () => {
    const text = join(renderTable(staleFdb(), look({ width: 100 })));
    expect(text.match(/shop\/cart +shop\/db/g)?.length).toBe(2);
    for (const line of text.split('\n').filter((one) => / on control1/.test(one))) expect(line).not.toMatch(/tcp|icmp/);
  });

  test('sorted by bytes a column shows them, largest first', () => {
    const sizes = [300, 4200, 90].map(
      (bytes, i) => [flow({ ...cart, port: 40000 }, { ...db, port: 1000 + i }, { bytes })] as const,
    );
    const lines = join(renderTable(buildTrace({ conversations: sizes }), look({ sort: 'bytes' }))).split('\n');
    expect(lines.find((line) => line.includes(' FROM '))).toMatch(/ PACKETS +BYTES +OUTCOME$/);
    const shown = lines.flatMap((line) => / (4\.2 kB|300 B|90 B) {2}answered/.exec(line)?.[1] ?? []);
    expect(shown).toEqual(['4.2 kB', '300 B', '90 B']);
  });

  test('in a pipe every name is whole, at every width', () => {
    for (const rowWidth of [40, 80, 120, 200, Number.POSITIVE_INFINITY]) {
      const text = join(renderTable(staleFdb('long'), look({ fit: false, width: 80, rowWidth })));
      for (const name of ['yaobank/customer-687b8d8f74-lmzqz', 'yaobank/summary-7579bd9566-866km'])
        expect(text).toContain(name);
    }
  });

  test('in a pipe without a terminal a row is one line, and says everything', () => {
    const text = join(renderTable(staleFdb('long'), look({ fit: false, rowWidth: Number.POSITIVE_INFINITY })));
    const row = text.split('\n').find((line) => line.includes('icmp') && line.includes('customer-687b8d8f74-lmzqz'));
    expect(row).toMatch(/vxlan! .* sent, never arrived$/);
  });

  test('a direction that a filter left out is found again', () => {
    const request = { ...flow({ ...cart, port: 40000 }, { ...db, port: 5432 }), id: 1, conversation: 1 };
    const reply = { ...flow({ ...db, port: 5432 }, { ...cart, port: 40000 }), id: 2, conversation: 1, packets: 8 };
    const whole = buildTrace({ conversations: [[request, reply]] });
    const filtered = {
      ...whole,
      flowCount: 1,
      flows: () => [reply],
      flow: (id: number) => [request, reply][id - 1] ?? null,
    };
    expect(rowsOf(join(renderTable(filtered, LOOK)))[0]).toBe(
      '1 | shop/cart | control1 | shop/db | worker1 | tcp 5432 | vxlan ↔ vxlan | 3 / 8 | answered',
    );
  });

  test('without a snapshot nothing is marked: nothing could be judged', () => {
    const trace = buildTrace({
      conversations: [[flow({ ...cart, port: 1 }, { ...db, port: 2 }, { verdict: 'unverifiable' })]],
    });
    expect(join(renderTable(trace, LOOK))).not.toContain('?');
  });
});

describe('captures', () => {
  test('an empty trace says so', () => {
    const warnings = ['holds no packets; capture without a filter'];
    const empty = capture('empty.pcap', { packets: 0, first: null, last: null, points: [], warnings });
    expect(join(renderTable(buildTrace({ captures: [empty] }), LOOK))).toBe(
      'empty.pcap  nothing to tell its place  0 packets\n  note  empty.pcap: holds no packets; capture without a filter\n\nNo flows.\n',
    );
  });

  test('many captures are cut at twelve', () => {
    const captures = Array.from({ length: 15 }, (_, i) => capture(`c${i}.pcap`));
    expect(join(renderTable(buildTrace({ captures }), LOOK))).toContain('and 3 more captures, --all\n');
  });

  test('captures that share no time say so', () => {
    const captures = [
      capture('a.pcap', { first: '2026-11-22T08:00:00.0Z', last: '2026-11-22T08:00:01.0Z' }),
      capture('b.pcap', { first: '2026-11-22T09:00:00.0Z', last: '2026-11-22T09:00:01.0Z' }),
    ];
    expect(join(renderTable(buildTrace({ captures }), LOOK))).toContain(
      'together they cover 2026-11-22 08:00:00.0 to 09:00:01.0 UTC; no time is covered by all\n',
    );
  });
});

describe('a count that may be several', () => {
  const ends = [pod('10.48.0.1', 'cart', 'n1'), pod('10.48.0.2', 'db', 'n2')] as const;
  const of = (port: number, packets: number, packetsBetween: { least: number; most: number } | null) =>
    flow({ ...ends[0], port }, { ...ends[1], port: 5432 }, { packets, packetsBetween });
  const trace = buildTrace({ conversations: [[of(1, 4, { least: 2, most: 4 })], [of(2, 3, null)]] });

  test('is a range in the table, of one conversation and of several', () => {
    expect(join(renderTable(trace, LOOK))).toMatch(/ 5-7 \/ 0 /);
    const all = join(renderTable(trace, look({ all: true })));
    expect(all).toMatch(/ 2-4 \/ 0 /);
    expect(all).toMatch(/ 3 {3}\/ 0 | {3}3 \/ 0 /);
  });

  test('is a range in the wide table', () => {
    expect(join(renderWide(trace, LOOK))).toMatch(/ 2-4\b/);
  });
});
