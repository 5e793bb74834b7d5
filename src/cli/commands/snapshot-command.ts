// `overlens snapshot`: the commands that make a snapshot of a cluster, to paste; of named nodes a script that also captures there.
// Nothing is run: overlens never talks to a cluster.
import { SNAPSHOT_VIA, type SnapshotScript } from '../../cluster/snapshot-script.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import type { Stages } from '../stages.ts';
import { parseChoice, parseInteger } from '../values.ts';

export interface RawSnapshotCommand {
  nodes?: string[];
  via?: string;
  seconds?: string;
}

export async function runSnapshot(raw: RawSnapshotCommand, io: Io, stages: Stages): Promise<ExitCode> {
  const text = await stages.snapshotCommands(scriptOf(raw));
  await writeAll(io.stdout, [text.endsWith('\n') ? text : `${text}\n`]);
  return EXIT.ok;
}

/** Null without nodes. Throws bad usage. */
function scriptOf({ nodes = [], via, seconds }: RawSnapshotCommand): SnapshotScript | null {
  const names = [...new Set(nodes.flatMap((text) => text.split(',')).map((name) => name.trim()))];
  if (nodes.length === 0) {
    if (via !== undefined || seconds !== undefined)
      throw usageError('--via and --seconds are for --nodes', 'overlens snapshot --nodes NODE,NODE > collect.sh');
    return null;
  }
  for (const name of names) checkName(name);
  return {
    nodes: names,
    via: parseChoice('--via', via ?? 'ssh', SNAPSHOT_VIA),
    seconds: seconds === undefined ? DEFAULT_SECONDS : parseInteger('--seconds', seconds, 1, 86_400),
  };
}

const DEFAULT_SECONDS = 30;

/** Each name becomes a folder, and a word of a command line: it must be neither a path nor an option. */
function checkName(name: string): void {
  if (/^[^-./\s][^/\s]*$/.test(name) && !/[\0-\x1f\x7f]/.test(name)) return;
  throw usageError(
    `--nodes ${name}: not the name of a node`,
    'names as ssh or kubectl takes them, with commas between',
  );
}
