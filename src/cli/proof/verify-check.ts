// `overlens verify --check PROOF`: a proof repeated from the same files with the same options, and what is not as it was.

import { readFileSync } from 'node:fs';
import { OverlensError } from '../../errors.ts';
import { parseBoundedJson } from '../../net/bounded-json.ts';
import { renderCheck, renderCheckJson } from '../../render/verify/check-answer.ts';
import { type FileHash, filesOf } from '../../render/verify/evidence.ts';
import { renderVerifyJson, VERIFY_SCHEMA } from '../../render/verify/verify-files.ts';
import type { TracedCapture } from '../../verdict/trace-types.ts';
import { unreadCaptures } from '../../verdict/verify/undecided-flows.ts';
import { parseVerify } from '../declare/verify-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fingerprint } from '../inputs/fingerprint.ts';
import { type Io, writeAll } from '../io.ts';
import { openOutputs, parseOutputs } from '../outputs.ts';
import { printProblem, usageError } from '../report-error.ts';
import { reportReading } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { widthOf } from '../terminal.ts';
import { readVersion } from '../version.ts';
import { compareProofs, type Difference, type Proof } from './compare-proofs.ts';
import { checkVerify, type GivenLine, prove, type RawVerifyCommand } from './prove.ts';

/** Options that may stand beside `--check`; all others are the proof's. */
const OWN: ReadonlySet<string> = new Set(['check', 'output', 'color', 'all']);

interface World {
  line: Omit<GivenLine, 'proofFile'>;
  io: Io;
  stages: Stages;
}

/** @returns what verify returns if all is as it was, 1 if something is not, 2 if the proof cannot be repeated */
export async function runCheck(
  file: string,
  operands: readonly string[],
  raw: RawVerifyCommand,
  { line, io, stages }: World,
): Promise<ExitCode> {
  refuseOthers(operands, raw);
  const outputs = parseOutputs(raw.output ?? [], ['text', 'json'], 'text');
  const proof = readProof(file);
  const written = openOutputs(outputs, [file, ...proof.files.map(({ path }) => path)]);
  const given = parseVerify(proof.command.slice(1));
  const differences = [...versionDifference(proof), ...(await fileDifferences(proof.files))];
  const finish = async (code: ExitCode, now: Proof | null): Promise<ExitCode> => {
    const result = { file, proof, now, differences, exitCode: code };
    const text = (format: 'text' | 'json'): string =>
      format === 'json' ? renderCheckJson(result) : renderCheck(result, widthOf(io));
    await writeAll(io.stdout, [text(outputs.stdout)]);
    for (const one of written) one.write(text(one.format));
    return code;
  };
  try {
    if ([...given.operands, ...(given.raw.read ?? []), ...(given.raw.topology ?? [])].includes('-'))
      throw usageError('the proof was made of stdin, which cannot be read again');
    // repeating is reading again
    const { index: _index, ...raw } = given.raw;
    const request = checkVerify(given.operands, raw, new Date(proof.date));
    const { run, context } = await prove(request, { ...line, argv: proof.command, proofFile: null }, io, stages);
    const lost = lostCaptures(run.trace.captures, proof.files);
    if (lost.length > 0) {
      const unusable = lost.map((text): Difference => ({ what: 'unusable', text, counts: true }));
      differences.push(...unusable);
      await reportReading(run, io);
      return await finish(EXIT.error, null);
    }
    const now = proofOf(JSON.parse(renderVerifyJson(context)), file);
    const known = new Set(proof.files.map(({ path }) => path));
    for (const { path } of filesOf(context.evidence))
      if (!known.has(path)) differences.push({ what: 'new', text: `${path}: was not there`, counts: true });
    differences.push(...compareProofs(proof, now));
    const reading = await reportReading(run, io);
    const answer = differences.some(({ counts }) => counts) ? EXIT.violation : now.exitCode;
    return await finish(reading === EXIT.ok ? answer : reading, now);
  } catch (error) {
    if (!(error instanceof OverlensError)) throw error;
    differences.push({ what: 'unusable', text: error.message, counts: true });
    await printProblem(
      io,
      'the proof cannot be repeated',
      'run it where the proof was made: its paths are as they were given there',
    );
    return finish(EXIT.error, null);
  }
}

function refuseOthers(operands: readonly string[], raw: RawVerifyCommand): void {
  const usual = parseVerify([]).raw;
  const given = Object.entries(raw).find(
    ([name, value]) =>
      !OWN.has(name) && JSON.stringify(value) !== JSON.stringify(usual[name as keyof RawVerifyCommand]),
  );
  const extra = operands[0] ?? given?.[0];
  if (extra !== undefined)
    throw usageError(
      `--check: ${extra} is given too`,
      'a proof is repeated with its own files and options; beside --check only -o, --all and --color',
    );
}

function readProof(file: string): Proof {
  let document: unknown;
  try {
    document = parseBoundedJson(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageError(
      `--check ${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : 'is no JSON'}`,
    );
  }
  return proofOf(document, file);
}

/** The parts of the document that a repetition is held to. */
function proofOf(document: unknown, file: string): Proof {
  const proof = document as Proof & {
    schema?: unknown;
    captures: { path: string; sha256: string | null; bundle?: string; format?: unknown }[];
    snapshot: { file: string; sha256: string | null; bundle?: string }[];
    bundles?: { file: string; sha256: string | null }[];
    waiverFiles: { file: string; sha256: string | null }[];
  };
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isFile = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const usable =
    proof?.schema === VERIFY_SCHEMA &&
    [proof.date, proof.overlens, proof.result, proof.headline].every(isText) &&
    !Number.isNaN(Date.parse(proof.date)) &&
    [proof.command, proof.captures, proof.snapshot, proof.waiverFiles, proof.pairs, proof.causes].every(
      Array.isArray,
    ) &&
    proof.command.every(isText) &&
    proof.command[0] === 'verify' &&
    [...proof.captures, ...proof.snapshot, ...proof.waiverFiles, ...proof.pairs, ...proof.causes, proof.scope].every(
      isFile,
    );
  if (!usable) throw usageError(`--check ${file}: is no proof`, 'a proof is what overlens verify -o json writes');
  const files: FileHash[] = [
    ...proof.captures
      .filter(isAlone)
      .map(({ path, sha256, format }) => ({ path, sha256, ...(format === null ? { unread: true } : {}) })),
    ...[...proof.snapshot.filter(isAlone), ...(proof.bundles ?? []), ...proof.waiverFiles].map((one) => ({
      path: one.file,
      sha256: one.sha256,
    })),
  ];
  const { overlens, date, command, result, exitCode, headline, scope, pairs, causes } = proof;
  return { overlens, date, command, result, exitCode, headline, scope, pairs, causes, files };
}

/** Of what is in an archive, that has the hash. */
function isAlone({ bundle }: { bundle?: string }): boolean {
  return bundle === undefined;
}

/** Captures that the proof was made of, and that cannot be read now, each by what is wrong with it. */
function lostCaptures(captures: readonly TracedCapture[], files: readonly FileHash[]): string[] {
  const proven = new Set(files.filter(({ unread }) => unread !== true).map(({ path }) => path));
  return unreadCaptures(captures).flatMap(({ path, error }) => (proven.has(path) ? [error?.message ?? path] : []));
}

/** Another program may word and judge otherwise: said, but no difference if the answer is the same. */
function versionDifference({ overlens }: Proof): Difference[] {
  const version = readVersion();
  if (overlens === version) return [];
  return [{ what: 'program', text: `the proof is overlens ${overlens}'s, this is ${version}`, counts: false }];
}

async function fileDifferences(files: readonly FileHash[]): Promise<Difference[]> {
  const now = await fingerprint(files.map(({ path }) => path));
  return files.flatMap(({ path, sha256, unread }, i): Difference[] => {
    const hash = now[i]?.sha256 ?? null;
    if (sha256 === hash && (hash !== null || unread === true)) return [];
    if (sha256 === null)
      return [{ what: 'unknown', text: `${path}: was read once only, without a hash`, counts: true }];
    if (hash === null) return [{ what: 'missing', text: `${path}: is not there`, counts: true }];
    return [{ what: 'changed', text: `${path}: sha256 was ${sha256}, is ${hash}`, counts: true }];
  });
}
