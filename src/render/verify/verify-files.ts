// `verify` for programs: JSON with the hashes of everything it rests on, JUnit for CI servers, Markdown for pull requests.
import type { TracedCapture } from '../../verdict/trace-types.ts';
import type { PairReport } from '../../verdict/verify/node-pairs.ts';
import { escapeMarkdown, escapeText, escapeXml, stringifyJson } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { captureJson, causeJson } from '../trace/trace-json.ts';
import {
  coverage,
  failureSentence,
  headline,
  howAgain,
  notAskedSentences,
  notProven,
  outsideSentence,
  seenBy,
  type VerifyContext,
  whyUndecided,
} from './verify-words.ts';

export const VERIFY_SCHEMA = 'overlens.verify/1';

/** sha256 of what was read, as hex; null for stdin. */
export interface Fingerprints {
  captures: readonly { path: string; sha256: string | null }[];
  snapshot: readonly { file: string; sha256: string | null }[];
}

/** `verify -o json`: one document. */
export function renderVerifyJson(context: VerifyContext, fingerprints: Fingerprints): string {
  const { trace, report, filterText } = context;
  const { options } = report;
  const document = {
    schema: VERIFY_SCHEMA,
    overlens: context.version,
    result: report.result,
    exitCode: report.exitCode,
    headline: headline(context),
    expect: options.expect,
    pools: options.pools,
    cover: options.coverNodePairs ? 'node-pairs' : null,
    strict: options.strict,
    filter: filterText === '' ? null : filterText,
    scope: {
      flows: report.flows,
      packets: report.packets,
      ok: report.ok,
      violation: report.violation,
      unverifiable: report.unverifiable,
    },
    demands: report.demands,
    failures: report.failures,
    outside: report.outside,
    nodes: report.nodes,
    pairs: report.pairs,
    uncovered: report.uncovered,
    unverified: report.unverified,
    undecided: report.undecided,
    why: whyUndecided(context),
    again: howAgain(context),
    notProven: notProven(context),
    causes: report.causes.map(causeJson),
    window: trace.window,
    captures: trace.captures.map((capture, i) => withHash(capture, fingerprints.captures[i]?.sha256 ?? null)),
    snapshot: fingerprints.snapshot,
  };
  return `${stringifyJson(document, 2)}\n`;
}

function withHash(capture: TracedCapture, sha256: string | null): object {
  return { path: capture.path, sha256, ...captureJson(capture) };
}

/** `verify -o junit`: one suite, a case per pair of nodes and one for the proof as a whole. Undecided is an error, not a skip. */
export function renderVerifyJunit(context: VerifyContext): string {
  const { report } = context;
  const pairs = report.pairs.map((pair) => pairCase(pair));
  const problems = [...report.causes.map((cause) => `${cause.code}: ${cause.title}`), ...failuresOf(context)];
  const whole = wholeCase(context, problems);
  const cases = [whole, ...pairs];
  const failures = cases.filter((text) => text.includes('<failure')).length;
  const errors = cases.filter((text) => text.includes('<error')).length;
  const skipped = cases.filter((text) => text.includes('<skipped')).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="overlens verify" ${counts}>`,
    `<testsuite name="overlens verify --expect ${report.options.expect}" ${counts}>`,
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function wholeCase(context: VerifyContext, problems: readonly string[]): string {
  const { report } = context;
  const open = `<testcase classname="overlens.verify" name="${escapeXml(`everything was ${report.options.expect === 'config' ? 'as configured' : report.options.expect}`)}">`;
  const message = escapeXml(headline(context));
  if (report.result === 'pass') return `${open}<system-out>${message}</system-out></testcase>`;
  const details = report.result === 'fail' ? problems : [...whyUndecided(context), ...howAgain(context)];
  const tag = report.result === 'fail' ? 'failure' : 'error';
  return `${open}<${tag} message="${message}">${escapeXmlLines(details)}</${tag}></testcase>`;
}

function pairCase(pair: PairReport): string {
  const open = `<testcase classname="overlens.verify.pairs" name="${escapeXml(`${pair.from} → ${pair.to}`)}">`;
  if (pair.violation > 0)
    return `${open}<failure message="${pair.violation} of ${formatCount(pair.flows, 'flow')}"/></testcase>`;
  if (pair.ok === 0)
    return `${open}<skipped message="${formatCount(pair.unverifiable, 'flow')} could not be judged"/></testcase>`;
  return `${open}</testcase>`;
}

function failuresOf({ report }: VerifyContext): string[] {
  return report.failures.map((failure) => failureSentence(failure, report.options));
}

function escapeXmlLines(lines: readonly string[]): string {
  return lines.map(escapeXml).join('\n');
}

/** `verify -o markdown`: for a job summary or a comment on a pull request. */
export function renderVerifyMarkdown(context: VerifyContext): string {
  const { report, version } = context;
  const { result, exitCode } = report;
  const items = (title: string, texts: readonly string[]): string[] =>
    texts.length === 0 ? [] : ['', `**${title}**`, '', ...texts.map((text) => `- ${escapeMarkdown(text)}`)];
  const causes = report.causes.map(
    (cause) => `${cause.id}: ${cause.title} (${cause.code}, ${cause.flows} flows, ${cause.packets} packets)`,
  );
  return [
    `## ${result === 'pass' ? '✅ PASS' : result === 'fail' ? '❌ FAIL' : '❓ UNDECIDED'}: ${escapeMarkdown(headline(context))}`,
    ...items('Causes', [...failuresOf(context), ...causes]),
    ...items('Why', report.undecided.length === 0 ? [] : whyUndecided(context)),
    ...codeBlock('Again', report.undecided.length === 0 ? [] : howAgain(context)),
    ...pairTable(report.pairs),
    ...items('Covered', report.flows === 0 ? [] : [coverage(report), seenBy(context)]),
    ...items('Not asked', [...notAskedSentences(report), ...report.outside.map(outsideSentence)]),
    ...items('Not proven', notProven(context)),
    '',
    `overlens ${escapeMarkdown(version)}, exit ${exitCode}`,
    '',
  ].join('\n');
}

/** Indented code: no fence that a text could close. */
function codeBlock(title: string, commands: readonly string[]): string[] {
  return commands.length === 0
    ? []
    : ['', `**${title}**`, '', ...commands.map((command) => `    ${escapeText(command)}`)];
}

function pairTable(pairs: readonly PairReport[]): string[] {
  if (pairs.length === 0) return [];
  const count = (value: number | null): string => (value === null ? '?' : String(value));
  const state = (pair: PairReport): string =>
    pair.violation > 0 ? '❌ wrong' : pair.ok > 0 ? '✅ ok' : '❓ not judged';
  const rows = pairs.map((pair) => {
    const names = `${escapeMarkdown(pair.from)} | ${escapeMarkdown(pair.to)}`;
    return `| ${names} | ${pair.flows} | ${count(pair.sent)} | ${count(pair.arrived)} | ${state(pair)} |`;
  });
  return ['', '| from | to | flows | sent | arrived | |', '|---|---|---:|---:|---:|---|', ...rows];
}
