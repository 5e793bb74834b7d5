// `overlens snapshot`: the commands that make a snapshot of a cluster, to paste. Nothing is run: overlens never talks to a cluster.
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, writeAll } from '../io.ts';
import type { Stages } from '../stages.ts';

export async function runSnapshot(io: Io, stages: Stages): Promise<ExitCode> {
  const text = await stages.snapshotCommands();
  await writeAll(io.stdout, [text.endsWith('\n') ? text : `${text}\n`]);
  return EXIT.ok;
}
