// Violations that somebody has accepted for a while: which flows a waiver covers, which waivers have run out and which cover nothing.

import { parseCidrOrIp } from '../../net/cidr.ts';
import type { SourceRef } from '../../topology/model.ts';
import { FINDINGS } from '../codes.ts';
import { END_FITS, FilterTerms } from '../flow-filter.ts';
import type { FlowBrief, Verdict } from '../trace-types.ts';
import type { Expectation } from './questions.ts';

/** What `--expect` finds wrong although no finding says so: another kind than the one demanded. */
export const NOT_AS_EXPECTED = 'not-as-expected';

/** A verdict, or a violation that is waived. */
export type Judged = Verdict | 'waived';

export interface Waiver {
  /** A finding's code, or `not-as-expected`. */
  finding: string;
  /** A node, `namespace/pod` (a prefix will do), an address or a CIDR; null: any. */
  from: string | null;
  to: string | null;
  pool: string | null;
  reason: string;
  /** As written, and the moment it ends (epoch milliseconds); null: never. */
  until: { text: string; end: number } | null;
  ref: SourceRef;
}

/** A waiver, and what came of it. */
export interface WaiverUse {
  waiver: Waiver;
  /** `partly`: it fits flows, which something else that is not waived makes violations all the same. */
  state: 'used' | 'expired' | 'partly' | 'unused';
  /** That it covers; of one that has expired, that it would. */
  flows: number;
  packets: number;
}

export interface Waiving {
  /** Whether waivers cover all that is wrong with a flow. Counts what each of them does. */
  covers(flow: FlowBrief, wrong: readonly (readonly string[])[]): boolean;
  uses(): WaiverUse[];
}

/** Findings about the tunnel's kind: `--expect` asks its own question there. The others (wrong VTEP, wrong VNI, ...) always count. */
const KIND_CODES: ReadonlySet<string> = new Set([
  'overlay-bypassed',
  'unexpected-overlay',
  'wrong-encapsulation',
  'unencrypted',
]);

/** What is wrong with a flow by what is expected: faults, each under the codes that name it. Empty: nothing is. */
export function faultsOf(flow: FlowBrief, expect: Expectation): string[][] {
  const violations = flow.codes.filter((code) => FINDINGS[code].severity === 'violation');
  if (expect === 'config') return violations.map((code) => [code]);
  const faults: string[][] = violations.filter((code) => !KIND_CODES.has(code)).map((code) => [code]);
  if (flow.observed.encapsulation === expect) return faults;
  return [[NOT_AS_EXPECTED, ...violations.filter((code) => KIND_CODES.has(code))], ...faults];
}

/** @param now epoch milliseconds: what ended before it covers nothing */
export function createWaiving(waivers: readonly Waiver[], now: number): Waiving {
  const terms = waivers.map(fitsOf);
  const uses = waivers.map((waiver) => ({ waiver, expired: isExpired(waiver, now), fits: 0, flows: 0, packets: 0 }));
  return {
    covers(flow, wrong) {
      const fitting = uses.filter((_, i) => terms[i]?.(flow) === true);
      const relevant = fitting.filter(({ waiver }) => wrong.some((codes) => codes.includes(waiver.finding)));
      const active = relevant.filter(({ expired }) => !expired);
      const covered =
        wrong.length > 0 && wrong.every((codes) => active.some(({ waiver }) => codes.includes(waiver.finding)));
      for (const use of relevant) {
        use.fits++;
        if (!covered && !use.expired) continue;
        if (covered && use.expired) continue;
        use.flows++;
        use.packets += flow.packets;
      }
      return covered;
    },
    uses: () =>
      uses.map(({ waiver, expired, fits, flows, packets }) => {
        const state = expired ? 'expired' : flows > 0 ? 'used' : fits > 0 ? 'partly' : 'unused';
        return { waiver, state, flows, packets };
      }),
  };
}

function isExpired({ until }: Waiver, now: number): boolean {
  return until !== null && until.end <= now;
}

function fitsOf({ from, to, pool }: Waiver): (flow: FlowBrief) => boolean {
  const [source, destination] = [endTest(from), endTest(to)];
  return (flow) =>
    source(flow.src) &&
    destination(flow.dst) &&
    (pool === null || pool === flow.expected.pool || pool === flow.dst.pool);
}

/** Each end means what the filters of `trace` mean by it. */
function endTest(text: string | null): (end: FlowBrief['src']) => boolean {
  if (text === null) return () => true;
  const isAddress = parseCidrOrIp(text) !== null;
  const [name, filter] = isAddress
    ? (['ip', { ip: [text] }] as const)
    : text.includes('/')
      ? (['pod', { pod: [text] }] as const)
      : (['node', { node: [text] }] as const);
  const terms = new FilterTerms(filter);
  return (end) => (terms.bitsOf(end) & END_FITS[name]) !== 0;
}
