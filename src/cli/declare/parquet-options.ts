// The options of `trace` that write Parquet: declared here, and whether a command line asks for it.
import type { Command } from 'commander';
import type { RawTraceOptions } from './trace-options.ts';

/** As commander hands them over. */
export interface RawParquetOptions extends RawTraceOptions {
  output?: string[];
  write?: string;
  cluster?: string;
  resume?: boolean;
  name?: string;
  by?: string;
  follow?: boolean;
}

export const DEFAULT_CLUSTER = 'default';

export function declareParquetOptions(command: Command): Command {
  return command
    .optionsGroup('Parquet, for SQL (overlens query):')
    .option('-w, --write <folder>', 'where -o parquet writes its files')
    .option('--cluster <name>', `the cluster's name in their paths (${DEFAULT_CLUSTER})`)
    .option('--resume', 'each capture by itself, and only those that the folder does not have; implies -o parquet')
    .option('--name <name>', "of what comes on stdin: a file's name, which may say where it was taken");
}

/** Whether files are to be written; also where an option of theirs is given without them, which is bad usage. */
export function asksParquet({ output = [], write, cluster, resume, name }: RawParquetOptions): boolean {
  const isNamed = output.some((one) => one === 'parquet' || one.startsWith('parquet='));
  return isNamed || resume === true || [write, cluster, name].some((one) => one !== undefined);
}
