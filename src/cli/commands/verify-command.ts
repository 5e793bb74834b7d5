// `overlens verify`: a trace judged as a whole, for scripts and CI.

import { renderReport } from '../../render/report/report-page.ts';
import { verifySays } from '../../render/report/report-says.ts';
import { DEFAULT_TOP, type RenderOptions } from '../../render/text/render-options.ts';
import type { VerifyContext } from '../../render/verify/evidence.ts';
import { renderVerifyJson, renderVerifyJunit, renderVerifyMarkdown } from '../../render/verify/verify-files.ts';
import { renderVerify } from '../../render/verify/verify-text.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, writeAll } from '../io.ts';
import { openOutputs, parseOutputs } from '../outputs.ts';
import { checkVerify, type GivenLine, prove, type RawVerifyCommand } from '../proof/prove.ts';
import { runCheck } from '../proof/verify-check.ts';
import { hintAtIssues, reportReading } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, screenOf } from '../terminal.ts';

const OUTPUTS = ['text', 'json', 'junit', 'markdown', 'html'] as const;
type Output = (typeof OUTPUTS)[number];

export async function runVerify(
  operands: readonly string[],
  raw: RawVerifyCommand,
  line: Omit<GivenLine, 'proofFile'>,
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  if (raw.check !== undefined) return runCheck(raw.check, operands, raw, { line, io, stages });
  const outputs = parseOutputs(raw.output ?? [], OUTPUTS, 'text');
  const request = checkVerify(operands, raw, io.now());
  const { captures, snapshot } = request.options;
  const files = openOutputs(outputs, [...captures, ...snapshot, ...request.waiverFiles]);
  const proofFile = outputs.files.find(({ format }) => format === 'json')?.path ?? null;
  const { run, context } = await prove(request, { ...line, proofFile }, io, stages);
  const text = (output: Output): Iterable<string> => piecesOf(context, output, lookOf(request.options, raw, io));
  await writeAll(io.stdout, text(outputs.stdout));
  for (const file of files) file.write(text(file.format));
  await hintAtIssues(run.topology, run.options, io);
  const reading = await reportReading(run, io);
  return reading === EXIT.ok ? context.report.exitCode : reading;
}

function piecesOf(context: VerifyContext, output: Output, look: RenderOptions): Iterable<string> {
  switch (output) {
    case 'json':
      return [renderVerifyJson(context)];
    case 'junit':
      return [renderVerifyJunit(context)];
    case 'markdown':
      return [renderVerifyMarkdown(context)];
    case 'html':
      return renderReport(context.trace, verifySays(context));
    case 'text':
      return [renderVerify(context, look)];
  }
}

function lookOf({ color }: CommonOptions, raw: RawVerifyCommand, io: Io): RenderOptions {
  return {
    ...screenOf(io),
    color: colorOf(io, color),
    all: raw.all === true,
    top: DEFAULT_TOP,
    sort: 'problem',
  };
}
