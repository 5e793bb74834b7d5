// Facts of a flow that outcome and warnings rest on, from rows made by hand.
import { describe, expect, it } from 'vitest';
import type { FlowTable } from '../../../src/flow/flow-table.ts';
import { FLOW_MARK } from '../../../src/flow/rows/flow-marks.ts';
import { BIT } from '../../../src/flow/rows/row-layout.ts';
import { hasHandshake, isEbpfNodePort, largeAcknowledged } from '../../../src/verdict/flow/flow-facts.ts';
import { PLAIN, rule } from '../../support/rule-input.ts';

interface Row {
  /** Large segments that were sent again, and the end of the last of them. */
  again?: number;
  sequence?: number;
  /** What the row acknowledged; absent: nothing. */
  acknowledged?: number;
}

/** Flow 0 has the rows of `own`, flow 1 those of `back`. */
function tableOf(own: readonly Row[], back: readonly Row[]): FlowTable {
  const rows = [...own, ...back];
  const last = [own.length - 1, rows.length - 1];
  return {
    firstRow: (flow: number) => (flow === 0 ? (own.length > 0 ? 0 : -1) : back.length > 0 ? own.length : -1),
    rows: {
      next: (row: number) => (last.includes(row) ? -1 : row + 1),
      largeRetransmissions: (row: number) => rows[row]?.again ?? 0,
      largeSequence: (row: number) => (rows[row]?.sequence ?? 0) | 0,
      bits: (row: number) => (rows[row]?.acknowledged === undefined ? 0 : BIT.acknowledgementKnown),
      acknowledged: (row: number) => (rows[row]?.acknowledged ?? 0) | 0,
    },
  } as unknown as FlowTable;
}

describe('a large segment that was sent again is acknowledged', () => {
  const sent = (sequence: number): Row => ({ again: 3, sequence });
  it.each<[boolean, string, Row[], Row[]]>([
    [true, 'by what lies beyond it', [sent(1000)], [{ acknowledged: 1001 }]],
    [false, 'not by what ends where it begins', [sent(1000)], [{ acknowledged: 1000 }]],
    [false, 'not by what lies before it', [sent(1000)], [{ acknowledged: 999 }]],
    [true, 'by one of several rows', [sent(1000)], [{ acknowledged: 5 }, { acknowledged: 2000 }]],
    [false, 'not where the last of several is not', [sent(1000), sent(3000)], [{ acknowledged: 2000 }]],
    [false, 'not where the last of several, seen first, is not', [sent(3000), sent(1000)], [{ acknowledged: 2000 }]],
    [true, 'where the last of several is', [sent(1000), sent(3000)], [{ acknowledged: 3001 }]],
    // sequence numbers begin again at 0 (RFC 9293 section 3.4)
    [true, 'across the end of the numbers', [sent(0xffffff00)], [{ acknowledged: 5 }]],
    [false, 'not across the end of the numbers', [sent(5)], [{ acknowledged: 0xffffff00 }]],
    [false, 'not by rows that acknowledge nothing', [sent(-5)], [{}]],
    [false, 'not where none was sent again', [{ sequence: 1000 }], [{ acknowledged: 2000 }]],
    [true, 'whatever was sent once', [{ sequence: 9000 }, sent(1000)], [{ acknowledged: 2000 }]],
  ])('%s: %s', (known, _, own, back) => {
    expect(largeAcknowledged(tableOf(own, back), 0, 1)).toBe(known);
  });

  it('whichever direction was seen first', () => {
    expect(largeAcknowledged(tableOf([{ acknowledged: 2000 }], [sent(1000)]), 1, 0)).toBe(true);
    expect(largeAcknowledged(tableOf([{ acknowledged: 900 }], [sent(1000)]), 1, 0)).toBe(false);
  });

  it('by nobody where there is no other direction', () => {
    expect(largeAcknowledged(tableOf([sent(1000)], []), 0, -1)).toBe(false);
  });
});

describe('a handshake', () => {
  const has = (own: number, other: number | null): boolean => {
    const marks = [own, other ?? 0];
    return hasHandshake({ marks, reverseOf: () => (other === null ? -1 : 1) } as unknown as FlowTable, 0);
  };
  const { requests, replies, data } = FLOW_MARK;
  it.each([
    [true, requests, replies],
    [true, replies, requests],
    [true, requests | data, replies | data],
    [false, requests, requests],
    [false, replies, replies],
    [false, requests, data],
    [false, requests | replies, 0],
    [false, requests, null],
  ])('%s: marks %i and %s', (known, own, other) => {
    expect(has(own, other)).toBe(known);
  });
});

describe('a NodePort packet of eBPF', () => {
  const NODEPORT = { vni: 0xca11c0 };
  const seen = (
    one: Parameters<typeof rule>[0] extends infer C ? C : never,
    role: 'underlay' | 'tunnel' = 'underlay',
  ) => {
    const { seen: made } = rule(one);
    return { ...made, pointInfo: { ...made.pointInfo, role } };
  };
  it('has that VNI wherever it is on an underlay', () => {
    expect(isEbpfNodePort([seen({ seen: NODEPORT })])).toBe(true);
    expect(isEbpfNodePort([seen({ seen: NODEPORT }), seen({ seen: PLAIN }, 'tunnel')])).toBe(true);
    expect(isEbpfNodePort([seen({ seen: NODEPORT }), seen({})])).toBe(false);
    expect(isEbpfNodePort([seen({ seen: NODEPORT }, 'tunnel')])).toBe(false);
    expect(isEbpfNodePort([seen({})])).toBe(false);
  });
});
