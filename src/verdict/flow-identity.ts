// What makes a flow the same one in another reading or another trace: the inner five-tuple, as text.
import type { FlowTable } from '../flow/flow-table.ts';
import { protocolName } from '../net/protocol-name.ts';
import type { TracedFlow } from './trace-types.ts';

type Side = Pick<TracedFlow['src'], 'ip' | 'port'>;

/** Equal for equal five-tuples only. */
export function flowIdentity({ protocol, src, dst }: { protocol: string; src: Side; dst: Side }): string {
  return `${protocol} ${src.ip} ${src.port} ${dst.ip} ${dst.port}`;
}

/** The same for a flow of a table that is not judged yet. */
export function identityInTable(table: FlowTable, flow: number): string {
  return flowIdentity({
    protocol: protocolName(table.protocolOf(flow)),
    src: { ip: table.sourceOf(flow), port: table.sourcePortOf(flow) },
    dst: { ip: table.destinationOf(flow), port: table.destinationPortOf(flow) },
  });
}
