// A brief, and the list of all flows, say of a flow what its object says: classes are judged by their first flow, so every flow of captures at
// hand is asked both ways: of every third case, in `npm run matrix` of all.
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import { briefOf, flowBriefs } from '../../src/verdict/flow-briefs.ts';
import type { FlowBrief, TracedFlow } from '../../src/verdict/trace-types.ts';
import { topologyIn } from '../support/loaded-topology.ts';
import { caseGroups, labGroup, sampleGroups } from '../support/matrix-groups.ts';
import { everyNth } from '../support/whole-matrix.ts';

/** What totals, filters, causes, `verify` and the table ask. */
function toldBy(flow: FlowBrief): object {
  const { id, conversation, protocol, src, dst, srcPort, dstPort, observed, expected, verdict, inScope } = flow;
  const { packets, bytes, transportData, outcome, arrival } = flow;
  const { handshake: _, ...tcp } = { handshake: null, ...flow.tcp };
  return {
    ...{
      id,
      conversation,
      protocol,
      srcPort,
      dstPort,
      observed,
      expected,
      verdict,
      inScope,
      packets,
      bytes,
      transportData,
      outcome,
      arrival,
    },
    ends: [src, dst].map(({ ip, kind, namespace, pod, node, pool, candidates }) => [
      ip,
      kind,
      namespace,
      pod,
      node,
      pool,
      candidates,
    ]),
    tcp,
    reason: flow.unverified?.reason ?? null,
    advice: flow.unverified?.advice ?? null,
    codes: [...flow.codes].sort(),
    span: flow.span(),
  };
}

/** Packets by place, in any order: a place may have several rows. */
function placesOf(flow: FlowBrief): [string, number][] {
  const sums = new Map<string, number>();
  for (const { capture, point, packets } of flow.places()) {
    const place = `${capture}/${point}`;
    sums.set(place, (sums.get(place) ?? 0) + packets);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function disagreements(
  captures: readonly string[],
  snapshot: string | null,
): Promise<{ flows: number; wrong: string[] }> {
  const topology = snapshot === null ? null : await topologyIn(snapshot);
  const trace = await traceCaptures({ captures, topology });
  const hasCopies = trace.captures.some(({ warnings }) => warnings.some((text) => text.includes('copies count once')));
  const wrong: string[] = [];
  let flows = 0;
  const listed = trace.flows()[Symbol.iterator]();
  for (const brief of flowBriefs(trace)) {
    flows++;
    const flow = trace.flow(brief.id) as TracedFlow;
    const [one, other] = [listed.next().value, flow].map((text) => JSON.stringify(text));
    if (one !== other) wrong.push(`${captures.join(' ')} flow ${brief.id} as listed\n${one}\n${other}`);
    // an object has frames, copies among them; a brief counts each packet once
    const isTwice = hasCopies || brief.codes.includes('routing-loop');
    const places = (one: FlowBrief): object => (isTwice ? { places: null } : { places: placesOf(one) });
    const [said, whole] = [brief, briefOf(flow)].map((one) => JSON.stringify({ ...toldBy(one), ...places(one) }));
    if (said !== whole) wrong.push(`${captures.join(' ')} flow ${brief.id}\n${said}\n${whole}`);
  }
  return { flows, wrong };
}

describe('a brief says what the flow says', () => {
  for (const { name, files, snapshot } of [...sampleGroups(), labGroup(), ...everyNth(caseGroups(), 3)]) {
    it(`in ${name}`, async () => {
      const judged = await disagreements(files, snapshot);
      const unjudged = await disagreements(files, null);
      expect([...judged.wrong, ...unjudged.wrong].slice(0, 3)).toEqual([]);
      expect(unjudged.flows).toBeGreaterThan(0);
    });
  }
});
