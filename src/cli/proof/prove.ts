// A proof, from a command line to its evidence: what `verify` makes and `verify --check` makes again.

import { readFileSync } from 'node:fs';
import type { VerifyContext } from '../../render/verify/evidence.ts';
import { type Evidence, filesOf } from '../../render/verify/evidence.ts';
import type { Topology } from '../../topology/model.ts';
import { type Canary, parseCanary } from '../../verdict/verify/canary.ts';
import { COVERS, type Cover, EXPECTATIONS, REQUIREMENTS, type Requirement } from '../../verdict/verify/questions.ts';
import { readWaivers } from '../../verdict/verify/read-waivers.ts';
import { verifyTrace } from '../../verdict/verify/verify.ts';
import type { Waiver } from '../../verdict/verify/waivers.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions, toldOptions } from '../declare/trace-options.ts';
import { digestOf, fingerprint, fingerprintBundles } from '../inputs/fingerprint.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import type { Io } from '../io.ts';
import { usageError } from '../report-error.ts';
import { runPipeline, type TraceRun } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { nearest, parseChoice } from '../values.ts';
import { readVersion } from '../version.ts';

export interface RawVerifyCommand extends RawTraceOptions {
  output?: string[];
  expect: string;
  pool?: string[];
  cover?: string;
  require?: string[];
  strict?: boolean;
  waive?: string[];
  canary?: string;
  check?: string;
  all?: boolean;
  follow?: boolean;
}

/** A command line as it was given, and the names of all commands. */
export interface GivenLine {
  argv: readonly string[];
  commands: readonly string[];
  /** Where the JSON of the run goes, if into a file. */
  proofFile: string | null;
}

/** What `verify` is asked, checked as far as that goes without a capture. */
export interface VerifyRequest {
  options: CommonOptions;
  expect: (typeof EXPECTATIONS)[number];
  pools: readonly string[];
  cover: Cover | null;
  require: readonly Requirement[];
  strict: boolean;
  waivers: readonly Waiver[];
  canary: Canary | null;
  waiverFiles: readonly string[];
  told: readonly string[];
  /** The moment the proof is of: waivers that ended before it cover nothing. */
  date: Date;
}

/** Throws bad usage; reads the files of waivers. */
export function checkVerify(operands: readonly string[], raw: RawVerifyCommand, date: Date): VerifyRequest {
  if (raw.follow === true)
    throw usageError(
      'verify --follow: a proof is of captures that are whole',
      'overlens trace --follow shows what is wrong meanwhile',
    );
  const options = checkTraceOptions(operands, raw);
  if (options.filter.expression !== undefined)
    throw usageError(
      `${options.filter.expression}: a proof over packets picked by an expression would be none`,
      'verify takes --pod, --namespace, --node, --ip, --port, --protocol; overlens trace takes expressions',
    );
  const expect = parseChoice('--expect', raw.expect === 'plain' ? 'none' : raw.expect, EXPECTATIONS);
  const waiverFiles = raw.waive ?? [];
  return {
    options,
    expect,
    pools: raw.pool ?? [],
    cover: raw.cover === undefined ? null : parseCover(raw.cover),
    require: (raw.require ?? []).map((one) => parseChoice('--require', one, REQUIREMENTS)),
    strict: raw.strict === true,
    waivers: waiverFiles.flatMap((file) => readWaivers(readText(file), file)),
    canary: raw.canary === undefined ? null : canaryOf(raw.canary),
    waiverFiles,
    told: toldOptions(raw),
    date,
  };
}

function canaryOf(text: string): Canary {
  const canary = parseCanary(text);
  if (canary !== null) return canary;
  throw usageError(
    `--canary ${text}: not an expression that is understood`,
    "for example --canary 'udp and dst host 10.48.0.250 and port 9'",
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw usageError(`--waive ${file}: ${missing ? 'no such file' : (error as Error).message}`);
  }
}

/** `nodes`, `node-pairs`, `node-pairs=95%`. */
function parseCover(text: string): Cover {
  const [name = '', share] = text.split('=', 2);
  const of = parseChoice('--cover', name, COVERS);
  const percent = share === undefined ? 100 : /^\d{1,3}(\.\d+)?%?$/.test(share) ? Number.parseFloat(share) : Number.NaN;
  if (percent > 0 && percent <= 100) return { of, percent };
  throw usageError(`--cover ${text}: expected per cent above 0, up to 100`, `for example --cover ${of}=95%`);
}

/** Reads, judges and collects the evidence. */
export async function prove(
  request: VerifyRequest,
  { argv, commands, proofFile }: GivenLine,
  io: Io,
  stages: Stages,
): Promise<{ run: TraceRun; context: VerifyContext }> {
  const { pools, expect, cover, require, strict, waivers, canary, date } = request;
  const options = await sortInputs(request.options, commands, io);
  const run = await runPipeline(options, io, stages);
  checkPools(pools, run.topology);
  const asked = { expect, pools, cover, require, strict, waivers, canary, now: date.getTime() };
  const report = verifyTrace(run.trace, { ...asked, topology: run.topology });
  const context: VerifyContext = {
    trace: run.trace,
    report,
    version: readVersion(),
    filterText: options.filterText,
    hasSnapshot: run.topology !== null,
    hasSettings: knowsSettings(run.topology) || options.pipeline.vxlanVNI !== null,
    evidence: { ...(await evidenceOf({ ...request, options }, run.topology, argv)), proofFile },
    inputs: options.taken,
  };
  return { run, context };
}

function knowsSettings(topology: Topology | null): boolean {
  if (topology === null) return false;
  const { vxlanVNI, vxlanPort } = topology.felix(null);
  const written = [vxlanVNI ?? topology.deviceVNI, vxlanPort ?? topology.devicePort];
  return written.every((value) => value !== null);
}

/** Hashes of all that an answer hangs on. */
export async function evidenceOf(
  { options, waiverFiles, told, date }: Pick<VerifyRequest, 'options' | 'waiverFiles' | 'told' | 'date'>,
  topology: Topology | null,
  command: readonly string[],
): Promise<Omit<Evidence, 'proofFile'>> {
  const captures = await fingerprint(options.captures);
  const snapshot = await fingerprint(topology?.files ?? []);
  const bundles = await fingerprintBundles([...captures, ...snapshot]);
  const files = { captures, snapshot, bundles, waivers: await fingerprint(waiverFiles) };
  const evidence = { date: date.toISOString().replace(/\.\d+Z$/, 'Z'), command, ...files, told, digest: '' };
  return { ...evidence, digest: digestOf(filesOf(evidence)) };
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
