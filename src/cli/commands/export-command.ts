// `overlens export`: results in the forms of other tools.
import { existsSync } from 'node:fs';
import { EXPORTS } from '../declare/export-kinds.ts';
import { checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { spoolCaptures } from '../inputs/spool.ts';
import type { Io } from '../io.ts';
import { wouldChange } from '../outputs.ts';
import { usageError } from '../report-error.ts';
import type { Stages } from '../stages.ts';
import { parseChoice } from '../values.ts';
import { writeKit } from '../writing/write-kit.ts';

export interface RawExportCommand extends RawTraceOptions {
  write?: string;
}

interface ExportArguments {
  kind: string;
  operands: readonly string[];
  raw: RawExportCommand;
}

export async function runExport(
  { kind, operands, raw }: ExportArguments,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  if (existsSync(kind))
    throw usageError(`export ${kind}: for which program?`, `overlens export wireshark ${kind} ... -w DIR`);
  parseChoice('export', kind, EXPORTS);
  const given = checkTraceOptions(operands, raw);
  const folder = raw.write;
  if (folder === undefined || folder === '-')
    throw usageError('export wireshark: no folder to write to', 'for example -w kit/');
  const input = wouldChange(folder, [...given.captures, ...given.snapshot]);
  if (input !== null) throw usageError(`-w ${folder}: ${input} is read, and would be changed by it`);
  const options = await sortInputs(given, commands, io);
  const spooled = await spoolCaptures(options.captures, io.signal);
  try {
    return await writeKit({ options, paths: spooled.paths, folder }, io, stages);
  } finally {
    await spooled.remove();
  }
}
