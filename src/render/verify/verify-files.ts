// `verify` for programs: JSON with the hashes of everything it rests on, JUnit for CI servers, Markdown for pull requests.
import type { TracedCapture } from '../../verdict/trace-types.ts';
import { type PairReport, resizing } from '../../verdict/verify/node-pairs.ts';
import type { WaiverUse } from '../../verdict/verify/waivers.ts';
import { escapeMarkdown, escapeText, escapeXml, stringifyJson } from '../text/escape.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { inputJson } from '../text/given-input.ts';
import { captureJson, causeJson } from '../trace/trace-json.ts';
import type { FileHash, VerifyContext } from './evidence.ts';
import {
  assumedSentences,
  canarySentences,
  commandLine,
  cutOffSentences,
  deliverySentences,
  hashLines,
  shortCommandLine,
  timeSentences,
  waiverSentence,
} from './evidence.ts';
import { coverage, notAskedSentences, notProven, outsideSentence, seenBy } from './scope-words.ts';
import { failureSentence, headline, howAgain, kindName, unprovenSentences, whyUndecided } from './verify-words.ts';

export const VERIFY_SCHEMA = 'overlens.verify/1';

/** `verify -o json`: one document. */
export function renderVerifyJson(context: VerifyContext): string {
  const { trace, report, filterText, evidence } = context;
  const { options } = report;
  const document = {
    schema: VERIFY_SCHEMA,
    overlens: context.version,
    date: evidence.date,
    command: evidence.command,
    result: report.result,
    exitCode: report.exitCode,
    headline: headline(context),
    expect: options.expect,
    pools: options.pools,
    cover: options.cover?.of ?? null,
    coverPercent: options.cover?.percent ?? null,
    strict: options.strict,
    filter: filterText === '' ? null : filterText,
    scope: {
      flows: report.flows,
      packets: report.packets,
      ok: report.ok,
      violation: report.violation,
      unverifiable: report.unverifiable,
      waived: report.waived,
    },
    demands: report.demands,
    failures: report.failures,
    outside: report.outside,
    nodes: report.nodes,
    pairs: report.pairs,
    coverage: { nodes: report.coverage.nodes, pairs: report.coverage.pairs, unproven: report.coverage.unproven },
    uncovered: report.coverage.uncovered,
    unverified: report.unverified,
    doubts: report.doubts,
    undecided: report.undecided,
    why: whyUndecided(context),
    again: howAgain(context),
    notProven: notProven(context),
    causes: report.causes.map(causeJson),
    delivery: { ...report.delivery, causes: report.delivery.causes.map(causeJson) },
    waivers: report.waivers.map(waiverJson),
    canary: report.canary,
    time: report.time,
    window: trace.window,
    clocks: trace.clocks,
    cutOff: cutOffSentences(trace.captures),
    assumed: assumedSentences(context),
    captures: trace.captures.map((capture, i) => withHash(capture, evidence.captures[i])),
    snapshot: evidence.snapshot.map(({ path, sha256, bundle }) => ({ file: path, sha256, ...inBundle(bundle) })),
    waiverFiles: evidence.waivers.map(({ path, sha256 }) => ({ file: path, sha256 })),
    bundles: evidence.bundles.map(({ path, sha256, members }) => ({ file: path, sha256, members })),
    digest: evidence.digest,
    inputs: context.inputs.map(inputJson),
  };
  return `${stringifyJson(document, 2)}\n`;
}

function withHash(capture: TracedCapture, file: FileHash | undefined): object {
  const { sha256 = null, bundle } = file ?? {};
  return { path: capture.path, sha256, ...inBundle(bundle), ...captureJson(capture) };
}

/** Of what is in an archive, that has the hash. */
function inBundle(bundle: string | undefined): object {
  return bundle === undefined ? {} : { bundle };
}

function waiverJson({ waiver, state, flows, packets }: WaiverUse): object {
  const { until, ref, ...rest } = waiver;
  return { ...rest, until: until?.text ?? null, file: ref.file, line: ref.line, state, flows, packets };
}

/** Everything that a proof carries beside its result, by name. */
function evidenceLists(context: VerifyContext): [string, readonly string[]][] {
  const { report, trace } = context;
  return [
    ['not delivered', deliverySentences(report)],
    ['waivers', report.waivers.map(waiverSentence)],
    ['only', context.filterText === '' ? [] : [context.filterText]],
    ['unproven', report.pairs.length === 0 ? [] : unprovenSentences(report)],
    ['canary', canarySentences(report)],
    ['time', timeSentences(report.time)],
    ['cut off', cutOffSentences(trace.captures)],
    ['not asked', [...notAskedSentences(report), ...report.outside.map(outsideSentence)]],
    ['assumed', assumedSentences(context)],
    ['not proven', notProven(context)],
  ];
}

/** `verify -o junit`: one suite, a case per pair of nodes and one for the proof as a whole. Undecided is an error, not a skip. */
export function renderVerifyJunit(context: VerifyContext): string {
  const { report, evidence } = context;
  const pairs = report.pairs.length > PAIR_CASES ? nodeCases(report.pairs) : report.pairs.map((pair) => pairCase(pair));
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
    `<testsuite name="overlens verify --expect ${report.options.expect}" ${counts} timestamp="${evidence.date.slice(0, 19)}">`,
    ...properties(context),
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** More pairs of nodes than this are one case per sending node. */
const PAIR_CASES = 1000;

function properties(context: VerifyContext): string[] {
  const { evidence, version } = context;
  const named: [string, string][] = [
    ['overlens', version],
    ['date', evidence.date],
    ['command', commandLine(evidence)],
    ...evidenceLists(context).flatMap(([name, texts]) => texts.map((text): [string, string] => [name, text])),
    ...hashLines(evidence).map((line): [string, string] => ['sha256', line]),
    ['sha256 of all', evidence.digest],
  ];
  const lines = named.map(([name, value]) => `<property name="${escapeXml(name)}" value="${escapeXml(value)}"/>`);
  return ['<properties>', ...lines, '</properties>'];
}

/** Pairs by their sender, as one pair each. */
function nodeCases(pairs: readonly PairReport[]): string[] {
  const bySender = new Map<string, PairReport>();
  for (const pair of pairs) {
    const sum = bySender.get(pair.from);
    if (sum === undefined) bySender.set(pair.from, { ...pair, to: 'all others' });
    else for (const key of ['flows', 'ok', 'violation', 'unverifiable', 'waived'] as const) sum[key] += pair[key];
  }
  return [...bySender.values()].map(pairCase);
}

function wholeCase(context: VerifyContext, problems: readonly string[]): string {
  const { report } = context;
  const open = `<testcase classname="overlens.verify" name="${escapeXml(`everything was ${report.options.expect === 'config' ? 'as configured' : kindName(report.options.expect)}`)}">`;
  const message = escapeXml(headline(context));
  const lost = deliverySentences(report);
  const beside = escapeXmlLines(lost.map((text) => `not delivered: ${text}`));
  if (report.result === 'pass')
    return `${open}<system-out>${[message, ...(beside === '' ? [] : [beside])].join('\n')}</system-out></testcase>`;
  const failures = report.delivery.required ? [...problems, ...lost] : problems;
  const details = report.result === 'fail' ? failures : [...whyUndecided(context), ...howAgain(context)];
  const tag = report.result === 'fail' ? 'failure' : 'error';
  return `${open}<${tag} message="${message}">${escapeXmlLines(details)}</${tag}></testcase>`;
}

function pairCase(pair: PairReport): string {
  const open = `<testcase classname="overlens.verify.pairs" name="${escapeXml(`${pair.from} → ${pair.to}`)}">`;
  if (pair.violation > 0)
    return `${open}<failure message="${pair.violation} of ${formatCount(pair.flows, 'flow')}"/></testcase>`;
  if (pair.ok + pair.waived === 0)
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
  const { report, version, evidence } = context;
  const { result, exitCode } = report;
  const items = (title: string, texts: readonly string[]): string[] =>
    texts.length === 0 ? [] : ['', `**${title}**`, '', ...texts.map((text) => `- ${escapeMarkdown(text)}`)];
  const causes = report.causes.map(
    ({ id, title, code, flows, packets }) =>
      `${id}: ${title} (${code}, ${formatCount(flows, 'flow')}, ${formatCount(packets, 'packet')})`,
  );
  return [
    `## ${result === 'pass' ? '✅ PASS' : result === 'fail' ? '❌ FAIL' : '❓ UNDECIDED'}: ${escapeMarkdown(headline(context))}`,
    ...items('Causes', [...failuresOf(context), ...causes]),
    ...items('Why', report.undecided.length === 0 ? [] : whyUndecided(context)),
    ...codeBlock('Again', report.undecided.length === 0 ? [] : howAgain(context)),
    ...pairTable(report.pairs),
    ...items('Covered', report.flows === 0 ? [] : [coverage(report), seenBy(context)]),
    ...evidenceLists(context).flatMap(([name, texts]) =>
      items(`${name[0]?.toUpperCase()}${name.slice(1)}`, bounded(texts)),
    ),
    ...['', '**Evidence**', '', `overlens ${escapeMarkdown(version)}, exit ${exitCode}, ${evidence.date}`, ''],
    `    ${escapeText(shortCommandLine(evidence))}`,
    '',
    ...bounded(hashLines(evidence)).map((line) => `    ${escapeText(line)}`),
    '',
    `sha256 of these lines: ${evidence.digest}`,
    '',
  ].join('\n');
}

/** Lists in a summary that people read; servers refuse very long ones. */
const ITEMS_SHOWN = 40;

function bounded(texts: readonly string[]): string[] {
  const more = texts.length - ITEMS_SHOWN;
  return more <= 0 ? [...texts] : [...texts.slice(0, ITEMS_SHOWN), `and ${formatNumber(more)} more, in -o json`];
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
    pair.violation > 0 ? '❌ wrong' : pair.ok > 0 ? '✅ ok' : pair.waived > 0 ? '⚠️ waived' : '❓ not judged';
  const shown = [...pairs].sort((a, b) => b.violation - a.violation || a.ok - b.ok).slice(0, ITEMS_SHOWN);
  const more = pairs.length - shown.length;
  const rows = (more === 0 ? pairs : shown).map((pair) => {
    const names = `${escapeMarkdown(pair.from)} | ${escapeMarkdown(pair.to)}`;
    return `| ${names} | ${pair.flows} | ${count(pair.sent)} | ${[count(pair.arrived), resizing(pair) ?? ''].join(' ').trim()} | ${state(pair)} |`;
  });
  return [
    '',
    '| from | to | flows | sent | arrived | |',
    '|---|---|---:|---:|---:|---|',
    ...rows,
    ...(more === 0 ? [] : ['', `and ${formatCount(more, 'more pair')}, in -o json`]),
  ];
}
