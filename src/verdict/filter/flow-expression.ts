// Expressions of tcpdump asked of flows: by the inner five-tuple, and for what stands behind `outer` by the tunnels it was seen in.
import { OverlensError } from '../../errors.ts';
import {
  type CaptureExpression,
  type ExpressionFrame,
  type FilterExpression,
  parseFilterExpression,
} from '../../net/capture-expression.ts';
import { parseIp } from '../../net/ip.ts';
import { protocolNumber } from '../../net/protocol-name.ts';
import type { FlowBrief } from '../trace-types.ts';

type Understood = Exclude<FilterExpression, { notUnderstood: string }>;

/** @throws OverlensError E_USAGE where some word is not understood */
export function understoodExpression(text: string): Understood {
  const expression = parseFilterExpression(text);
  if (!('notUnderstood' in expression)) return expression;
  throw new OverlensError('E_USAGE', `${text}: "${expression.notUnderstood}" is not understood in an expression`, {
    hint: EXPRESSION_HINT,
  });
}

export const EXPRESSION_HINT =
  "it takes host, net, port, portrange, src, dst, proto, names of protocols, and, or, not, brackets; outer before one asks the tunnel's headers";

/** Fits where it is certainly true; with `outer`, where it is so of one of the flow's observations. */
export function flowExpression(text: string): (flow: FlowBrief) => boolean {
  const { fits, asksOuter } = understoodExpression(text);
  return (flow) => (asksOuter ? fitsSeen(fits, flow) : fits(innerFrame(flow)) === true);
}

function fitsSeen(fits: CaptureExpression, flow: FlowBrief): boolean {
  const inner = innerFrame(flow);
  return flow.whole().observations.some(({ encapsulation, outerSrc, outerDst, udpPort }) => {
    if (outerSrc === null) return fits(inner) === true;
    const protocol = udpPort === null ? (CARRIED_BY[encapsulation] ?? 0) : UDP;
    const outermost = frameOf(outerSrc, outerDst ?? '', protocol, { sourcePort: null, destinationPort: udpPort });
    return fits({ ...inner, outermost }) === true;
  });
}

const UDP = 17;
const CARRIED_BY: Partial<Record<string, number>> = { ipip: 4, gre: 47 };

function innerFrame({ src, dst, srcPort, dstPort, protocol }: FlowBrief): ExpressionFrame {
  return frameOf(src.ip, dst.ip, protocolNumber(protocol), { sourcePort: srcPort, destinationPort: dstPort });
}

function frameOf(
  source: string,
  destination: string,
  protocol: number,
  ports: Pick<ExpressionFrame, 'sourcePort' | 'destinationPort'>,
): ExpressionFrame {
  const version = source.includes(':') ? 6 : 4;
  return { source: parseIp(source), destination: parseIp(destination), version, protocol, ...ports };
}
