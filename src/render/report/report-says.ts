// What a report of `trace` or of `verify` says first, and the evidence at its end: the same sentences as on a terminal.
import type { Trace } from '../../verdict/trace-types.ts';
import { formatList } from '../text/format.ts';
import { DEFAULT_TOP, type RenderOptions } from '../text/render-options.ts';
import { closingLine } from '../trace/rows/closing-line.ts';
import { foldRows } from '../trace/rows/row-folder.ts';
import { commandLine, type Evidence, filesOf, hashText, type VerifyContext } from '../verify/evidence.ts';
import { headline, whyUndecided } from '../verify/verify-words.ts';
import { captureNames } from './capture-names.ts';
import type { ReportSays } from './report-page.ts';

const WIDE: RenderOptions = {
  ...{ width: Number.POSITIVE_INFINITY, color: false, all: true, top: DEFAULT_TOP, sort: 'problem', fit: false },
};

export function traceSays(trace: Trace, hasSnapshot: boolean, evidence: Evidence | null): ReportSays {
  const folded = foldRows(trace, 'problem');
  const { wrong, undecided } = folded.states;
  const isFaulty = wrong > 0 || folded.broken > 0;
  const unread = unreadCaptures(trace);
  return {
    sentence: closingLine(trace, folded, WIDE),
    tone: isFaulty ? 'wrong' : undecided > 0 || trace.causes.length > 0 || unread.length > 0 ? 'notable' : 'good',
    more: [
      ...(unread.length === 0 ? [] : [`Not read to the end: ${formatList(unread)}. Evidence says why.`]),
      ...(hasSnapshot
        ? []
        : ['No snapshot of the cluster was given: whose addresses these are, and what was to be, is not known.']),
    ],
    evidence: evidence === null ? [] : evidenceRows(evidence),
  };
}

function unreadCaptures({ captures }: Trace): string[] {
  const names = captureNames(captures.map(({ path }) => path));
  const damaged = captures.filter(({ error, complete }) => error !== null || !complete);
  return damaged.map(({ path }) => names.get(path) ?? path);
}

export function verifySays(context: VerifyContext): ReportSays {
  const { report, evidence } = context;
  const why = report.result === 'undecided' ? whyUndecided(context) : [];
  return {
    sentence: `${report.result.toUpperCase()}: ${headline(context)}`,
    tone: report.result === 'pass' ? 'good' : report.result === 'fail' ? 'wrong' : 'notable',
    more: [...why],
    evidence: evidenceRows(evidence),
  };
}

function evidenceRows(evidence: Evidence): ReportSays['evidence'] {
  return [
    { head: 'made by', value: commandLine(evidence) },
    { head: 'on', value: evidence.date },
    ...filesOf(evidence).map((file) => ({ head: file.path, value: `sha256 ${hashText(file)}` })),
  ];
}
