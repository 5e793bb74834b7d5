// No faulty capture gets a pass, and none of a broken path gets one that does not tell of it: not through a filter, not in one direction,
// not with parts of its snapshot. A variant that holds nothing of the fault any more is the capture of a healthy cluster; where that is
// not plain to see, it is told here. What is broken without a violation never has one, as in a healthy capture.
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BROKEN_PATHS } from '../../src/verdict/codes.ts';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import { caseGroups, filesets, type Group, sampleGroups } from '../support/matrix-groups.ts';
import { type Outcome, outcomes } from '../support/matrix-run.ts';
import { everyNth } from '../support/whole-matrix.ts';
import { falseAlarms } from './healthy.ts';

/** Stopped earlier or started later: the fault may not have happened yet. */
const OTHER_TIME = /^(-c|first|second)/;
/** A capture of a NIC with fewer packets may be a quiet network as well as a filter. */
const ENOUGH_FOR_A_FILTER = 20;

/** What may pass although it is faulty, and why nothing in it can show the fault. `outcome` is its name. */
interface Exception {
  cases: readonly string[];
  outcome: RegExp;
  why: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    cases: ['stale-mac'],
    outcome: /\[(?!.*ip-link)/,
    why: 'no MAC is written in the snapshot, and worker1 sends nothing that would teach its own',
  },
  {
    cases: ['blocked-port', 'crosssubnet-source-check', 'bad-checksum-at-receiver'],
    outcome: /meaningless|misleading/,
    why: 'both nodes have their MAC in every frame of the NIC: which of them was captured is known by the file name only',
  },
  {
    cases: ['missing-fdb'],
    outcome: /(meaningless|misleading), \[\]/,
    why: 'the same, and without tables no MAC of a NIC is known: which node has a silent NIC cannot be told',
  },
  {
    cases: ['10-missing-neighbour', 'missing-neighbour-any', 'stale-node-address'],
    outcome: /^(udp port 4789|ip|host ADDRESS),/,
    why: 'the filter drops ARP, all that the fault leaves on a NIC',
  },
  {
    cases: ['missing-fdb'],
    outcome: /^(udp port 4789|in only),/,
    why: 'nothing of vxlan.calico is left, where alone the lost packets are',
  },
  {
    cases: ['half-open', 'lost-in-node', 'bad-checksum-at-receiver'],
    outcome: /^-s 96,/,
    why: 'the inner TCP header is cut off before its flags: nothing tells a SYN from data, and no checksum can be made',
  },
  {
    cases: ['blocked-port', 'crosssubnet-source-check'],
    outcome: /^(udp port 4789|icmp|ip|host ADDRESS),/,
    why: 'the packets that arrive nowhere are gone, or too few are left to tell a filter',
  },
];

function isFaulty(trace: Trace): boolean {
  return trace.causes.some(({ severity, code }) => severity === 'violation' || BROKEN_PATHS.has(code));
}

function mark({ src, dst, protocol }: TracedFlow, o: TracedFlow['observations'][number]): string {
  return [src.ip, dst.ip, protocol, o.encapsulation, o.outerSrc, o.outerDst, o.vni, o.innerDstMac].join();
}

/** What tells the packets of the violations again. */
function faultsOf(trace: Trace): Set<string> {
  const found = new Set<string>();
  for (const flow of trace.flows())
    for (const { severity, capture, firstPacket } of flow.findings)
      for (const o of flow.observations)
        if (severity === 'violation' && o.capture === capture && o.firstPacket === firstPacket)
          found.add(mark(flow, o));
  return found;
}

function holdsAny(trace: Trace, faults: ReadonlySet<string>): boolean {
  return [...trace.flows()].some((flow) => flow.observations.some((o) => faults.has(mark(flow, o))));
}

/** A pass over the encapsulation of packets, some of which did not get through, and says so. */
function tellsOfIt({ violations }: Group, { report }: Outcome): boolean {
  return violations.length === 0 && report.delivery.causes.length > 0;
}

/** Whether a pass is right: none of the fault's packets is left, and what took them away cannot be seen. */
function mayPass({ name: group }: Group, { name, variant, trace }: Outcome, faults: ReadonlySet<string>): boolean {
  if (EXCEPTIONS.some(({ cases, outcome }) => cases.includes(group) && outcome.test(name))) return true;
  if (faults.size === 0) return OTHER_TIME.test(variant);
  const nics = trace.captures.filter(({ points }) => points.some(({ role }) => role === 'underlay'));
  const few = nics.some(({ packets }) => packets < ENOUGH_FOR_A_FILTER);
  return !holdsAny(trace, faults) && (OTHER_TIME.test(variant) || (variant !== 'as it is' && few));
}

const groups = [...sampleGroups(), ...everyNth(caseGroups(), 6)].filter((group) => !group.mayPass);

describe('a faulty capture never passes in silence, and one without a violation has none', () => {
  for (const group of groups)
    for (const files of filesets(group.files)) {
      const told = files.length === 1 ? basename(files[0] ?? '') : `${files.length} captures together`;
      it(`${group.name}: ${told}`, async () => {
        let whole: { isFaulty: boolean; faults: Set<string> } | null = null;
        const wrong: string[] = [];
        let runs = 0;
        for await (const outcome of outcomes(files, group)) {
          runs++;
          whole ??= { isFaulty: isFaulty(outcome.trace), faults: faultsOf(outcome.trace) };
          if (group.violations.length === 0) wrong.push(...falseAlarms(outcome));
          // one NIC of several may have seen nothing of it
          else if (!whole.isFaulty) break;
          if (!whole.isFaulty || outcome.report.exitCode !== 0 || tellsOfIt(group, outcome)) continue;
          if (!mayPass(group, outcome, whole.faults)) wrong.push(`${outcome.name}: passes`);
        }
        expect(wrong).toEqual([]);
        if (whole?.isFaulty === false && group.violations.length > 0) expect(files.length).toBe(1);
        else expect(runs).toBeGreaterThan(files.length === group.files.length ? 2 : 0);
      });
    }
});
