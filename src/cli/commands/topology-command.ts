// `overlens topology`: the snapshot as understood and judged by itself, before any packet.
import { DEFAULT_TOP } from '../../render/text/render-options.ts';
import { renderTopologyJson } from '../../render/topology/topology-json.ts';
import { renderTopology } from '../../render/topology/topology-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { parseChoice } from '../values.ts';

export interface RawTopologyCommand {
  topology?: string[];
  output: string;
  color: string;
  all?: boolean;
  strict?: boolean;
}

export async function runTopology(
  operands: readonly string[],
  raw: RawTopologyCommand,
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const paths = [...operands, ...(raw.topology ?? [])];
  if (paths.length === 0)
    throw usageError('no snapshot given', 'overlens topology SNAPSHOT...; overlens snapshot prints how to make one');
  const output = parseChoice('-o', raw.output, ['text', 'json']);
  const color = colorOf(io, parseChoice('--color', raw.color, ['auto', 'always', 'never']));
  const topology = await stages.loadTopology(paths);
  const look = {
    width: widthOf(io),
    fit: true,
    color,
    all: raw.all === true,
    top: DEFAULT_TOP,
    sort: 'problem' as const,
  };
  await writeAll(io.stdout, output === 'json' ? [renderTopologyJson(topology)] : renderTopology(topology, look));
  const serious = topology.issues.some((issue) => issue.severity !== 'warning');
  return raw.strict === true && serious ? EXIT.violation : EXIT.ok;
}
