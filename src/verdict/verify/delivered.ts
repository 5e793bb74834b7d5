// `--require delivery`: whether what flows in scope sent got through. The verdict on encapsulation stands beside it, whatever it says.

import { isOfNodes } from '../cause/explained.ts';
import { type FindingCode, UNDELIVERED } from '../codes.ts';
import type { Cause, FlowBrief } from '../trace-types.ts';

/** What did not get through, by what shows it. */
export interface Undelivered {
  code: FindingCode;
  /** Flows in scope; 0 for what only two nodes' flows together, or no flow, show. */
  flows: number;
}

export interface DeliveryCheck {
  /** A flow in scope. */
  add(flow: FlowBrief): void;
  /** @param causes those of the trace that no single flow shows count too. */
  found(causes: readonly Cause[]): Undelivered[];
  /** Flows that did not get through, each once, whatever shows it. */
  flows(): number;
}

export function checkDelivery(): DeliveryCheck {
  const flows = new Map<FindingCode, number>();
  let count = 0;
  return {
    add(flow) {
      const codes = flow.codes.filter((code) => fails(code, flow));
      for (const code of codes) flows.set(code, (flows.get(code) ?? 0) + 1);
      if (codes.length > 0) count++;
    },
    flows: () => count,
    found(causes) {
      const found = new Map(flows);
      for (const { code, flows: ofFlows } of causes)
        if ((ofFlows === 0 || isOfNodes(code)) && UNDELIVERED.has(code) && !found.has(code)) found.set(code, 0);
      return [...found].map(([code, ofFlows]) => ({ code, flows: ofFlows }));
    },
  };
}

/** What was refused once and then answered got through in the end; a log alone, where no answer could be seen, is no proof. */
function fails(code: FindingCode, { outcome }: FlowBrief): boolean {
  if (code === 'denied-by-policy' && outcome === 'one-way') return false;
  return UNDELIVERED.has(code) && !(code === 'overlay-rejected' && outcome === 'answered');
}
