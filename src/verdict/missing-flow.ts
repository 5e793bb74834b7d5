// Packets that answers prove were sent, but that are not in the file: a capture through a filter (`udp port 4789`) or of one
// direction hides them. They become flows without packets, unverifiable: silence must never pass for proof.
import { endpointOf } from '../attribution/who.ts';
import { protocolName } from './protocol-name.ts';
import { endsOf, isInScope, type Shared } from './traced-flow.ts';
import type { TracedFlow } from './types.ts';

/** The missing direction of `flow`, as a flow of its own. */
export function missingFlow(shared: Shared, flow: number, id: number, conversation: number): TracedFlow {
  const { table } = shared.input;
  const { src, dst, expected } = endsOf(shared, flow, true);
  const from = src.node?.name ?? 'its sender';
  return {
    id,
    conversation,
    protocol: protocolName(table.protocolOf(flow)),
    src: endpointOf(src, table.destinationPortOf(flow)),
    dst: endpointOf(dst, table.sourcePortOf(flow)),
    observed: { encapsulation: 'unknown', vni: null, outerSrc: null, outerDst: null, udpPort: null },
    expected,
    verdict: 'unverifiable',
    unverified: {
      reason: 'not-in-capture',
      detail: `answers show that ${from} sent it, but it is not in the file: a filter, or one direction only`,
      advice: shared.adviceFor(src.node),
    },
    findings: [],
    packets: 0,
    bytes: 0,
    overheadBytes: 0,
    first: null,
    last: null,
    tcp: null,
    outcome: 'answered',
    observations: [],
    arrival: null,
    inScope: isInScope(src, dst, expected),
  };
}
