// Every single case: what goes wrong and what only looks wrong. Each folder holds captures, a snapshot and `case.json`, which
// says what must come out, written by whoever made the case and not by the program.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import { topologyIn } from '../support/loaded-topology.ts';

interface ExpectedFlow {
  src: string;
  dst: string;
  protocol: string;
  observed?: string;
  expected?: string | null;
  reason?: string;
  verdict?: string;
  outcome?: string;
  packets?: number;
}

interface Case {
  why: string;
  snapshot?: string[];
  expect: {
    exit: number;
    exits?: number[];
    violations: string[];
    maybe?: string[];
    warnings?: string[];
    notWarnings?: string[];
    flows: ExpectedFlow[];
  };
}

const ROOT = 'test/fixtures/cases';
const CAPTURE = /\.(pcap|pcapng)\d*(\.gz)?$/;
const folders = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'case.json')));

function matches(flow: TracedFlow, wanted: ExpectedFlow): boolean {
  return flow.src.ip === wanted.src && flow.dst.ip === wanted.dst && flow.protocol === wanted.protocol;
}

function picture(flow: TracedFlow, wanted: ExpectedFlow): ExpectedFlow {
  const all: Required<Omit<ExpectedFlow, 'src' | 'dst' | 'protocol'>> = {
    observed: flow.observed.encapsulation,
    expected: flow.expected.encapsulation,
    reason: flow.expected.reason,
    verdict: flow.verdict,
    outcome: String(flow.outcome),
    packets: flow.packets,
  };
  const asked = Object.entries(all).filter(([key]) => key in wanted);
  return { src: flow.src.ip, dst: flow.dst.ip, protocol: flow.protocol, ...Object.fromEntries(asked) };
}

function codes(trace: Trace, severity: 'violation' | 'warning'): string[] {
  return [...new Set(trace.causes.filter((c) => c.severity === severity).map((c) => c.code))].sort();
}

describe('cases', () => {
  it('are there', () => {
    expect(folders.length).toBeGreaterThan(25);
  });
  for (const name of folders) {
    const folder = join(ROOT, name);
    const spec = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Case;
    it(`${name}: ${spec.why}`, async () => {
      const captures = readdirSync(folder)
        .filter((file) => CAPTURE.test(file))
        .sort()
        .map((file) => join(folder, file));
      const snapshot = spec.snapshot?.map((path) => join(folder, path)) ?? [join(folder, 'topology')];
      const topology = snapshot.length === 0 ? null : await topologyIn(...snapshot);
      const trace = await traceCaptures({ captures, topology });
      const { exits, exit, violations, maybe, warnings, notWarnings, flows } = spec.expect;
      const found = codes(trace, 'violation').filter((code) => !maybe?.includes(code));
      expect(found).toEqual(violations.filter((code) => !maybe?.includes(code)).sort());
      for (const code of warnings ?? []) expect(codes(trace, 'warning')).toContain(code);
      for (const code of notWarnings ?? []) expect(codes(trace, 'warning')).not.toContain(code);
      const all = [...trace.flows()];
      for (const wanted of flows) {
        const candidates = all.filter((flow) => matches(flow, wanted)).map((flow) => picture(flow, wanted));
        expect(candidates).toContainEqual(wanted);
      }
      if (topology === null) return;
      const report = verifyTrace(trace, {
        expect: 'config',
        pools: [],
        strict: false,
        topology,
      });
      expect(exits ?? [exit]).toContain(report.exitCode);
    });
  }
});
