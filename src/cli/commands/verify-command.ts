// `overlens verify`: a trace judged as a whole, for scripts and CI.

import { DEFAULT_TOP, type RenderOptions } from '../../render/text/render-options.ts';
import { renderVerifyJson, renderVerifyJunit, renderVerifyMarkdown } from '../../render/verify/verify-files.ts';
import { renderVerify } from '../../render/verify/verify-text.ts';
import type { VerifyContext } from '../../render/verify/verify-words.ts';
import type { Topology } from '../../topology/model.ts';
import { verifyTrace } from '../../verdict/verify/verify.ts';
import { EXPECTATIONS } from '../../verdict/verify/verify-report.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fingerprint } from '../fingerprint.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { hintAtIssues, reportReading, runPipeline, type TraceRun } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { nearest, parseChoice } from '../values.ts';
import { readVersion } from '../version.ts';

const OUTPUTS = ['text', 'json', 'junit', 'markdown'] as const;
type Output = (typeof OUTPUTS)[number];

export interface RawVerifyCommand extends RawTraceOptions {
  output: string;
  expect: string;
  pool?: string[];
  cover?: string;
  strict?: boolean;
}

export async function runVerify(
  operands: readonly string[],
  raw: RawVerifyCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const options = checkTraceOptions(operands, raw);
  const output = parseChoice('-o', raw.output, OUTPUTS);
  const expect = parseChoice('--expect', raw.expect, EXPECTATIONS);
  if (raw.cover !== undefined) parseChoice('--cover', raw.cover, ['node-pairs']);
  const run = await runPipeline(options, commands, io, stages);
  const pools = raw.pool ?? [];
  checkPools(pools, run.topology);
  const asked = { expect, pools, coverNodePairs: raw.cover !== undefined, strict: raw.strict === true };
  const report = verifyTrace(run.trace, { ...asked, topology: run.topology });
  const context: VerifyContext = {
    trace: run.trace,
    report,
    version: readVersion(),
    filterText: options.filterText,
    hasSnapshot: run.topology !== null,
  };
  await writeAll(io.stdout, [await textOf(context, output, options, run, io)]);
  await hintAtIssues(run.topology, options.snapshot, io);
  const reading = await reportReading(run, io);
  return reading === EXIT.ok ? report.exitCode : reading;
}

async function textOf(
  context: VerifyContext,
  output: Output,
  options: CommonOptions,
  run: TraceRun,
  io: Io,
): Promise<string> {
  switch (output) {
    case 'json':
      return renderVerifyJson(context, await fingerprint(options.captures, run.topology?.files ?? []));
    case 'junit':
      return renderVerifyJunit(context);
    case 'markdown':
      return renderVerifyMarkdown(context);
    case 'text':
      return renderVerify(context, lookOf(options, io));
  }
}

function lookOf(options: CommonOptions, io: Io): RenderOptions {
  return {
    width: widthOf(io),
    fit: true,
    color: colorOf(io, options.color),
    all: false,
    top: DEFAULT_TOP,
    sort: 'problem',
  };
}

function checkPools(pools: readonly string[], topology: Topology | null): void {
  const names = topology?.pools.map((pool) => pool.name) ?? [];
  for (const pool of pools) {
    if (names.includes(pool)) continue;
    if (topology === null) throw usageError(`--pool ${pool}: no snapshot to find it in`, 'give the snapshot with -t');
    const near = nearest(pool, names);
    const suggestion = near === null ? '' : `did you mean ${near}? `;
    throw usageError(
      `--pool ${pool}: no such IPPool in the snapshot`,
      `${suggestion}The pools are ${names.join(', ') || '(none)'}.`,
    );
  }
}
