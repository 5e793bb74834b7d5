// The answer in one sentence: how many conversations are wrong, right, undecided, and how many lose packets.
import { FAILURES, UNDELIVERED } from '../../../verdict/codes.ts';
import { VERDICT_WORDS } from '../../../verdict/filter/verdict-words.ts';
import type { Trace } from '../../../verdict/trace-types.ts';
import { formatCount, formatNumber } from '../../text/format.ts';
import { createPaint } from '../../text/paint.ts';
import type { RenderOptions } from '../../text/render-options.ts';
import { textWidth } from '../../text/text-width.ts';
import type { FoldedRows } from './row-folder.ts';

/**
 * `11 conversations: 2 wrong (1 cause), 9 as configured, 0 undecided.` Where packets did not get through that is said first, and apart:
 * `2 of 4 conversations lose packets (1 cause); 0 wrong, 4 as configured, 0 undecided.`; they `fail` where a DNS server is silent or says no.
 */
export function closingLine(trace: Trace, set: Pick<FoldedRows, 'states' | 'broken'>, options: RenderOptions): string {
  const { wrong, undecided, ok } = set.states;
  const total = wrong + undecided + ok;
  if (total === 0) return 'No flows.';
  const violations = trace.causes.filter((cause) => cause.severity === 'violation').length;
  const failures = set.broken === 0 ? [] : trace.causes.filter(({ code }) => FAILURES.has(code));
  const warnings = trace.causes.length - violations - failures.length;
  const paint = createPaint(options.color);
  const causes = violations === 0 ? '' : ` (${formatCount(violations, 'cause')})`;
  const parts = [
    paint(wrong > 0 ? 'bad' : 'dim', `${formatNumber(wrong)} ${VERDICT_WORDS.violation}${causes}`),
    paint(ok > 0 ? 'good' : 'dim', `${formatNumber(ok)} ${VERDICT_WORDS.ok}`),
    paint(undecided > 0 ? 'warn' : 'dim', `${formatNumber(undecided)} ${VERDICT_WORDS.unverifiable}`),
  ];
  const warned = warnings === 0 ? '' : ` ${formatCount(warnings, 'warning')}.`;
  if (set.broken === 0) return `${formatCount(total, 'conversation')}: ${parts.join(', ')}.${warned}`;
  const failureCauses = failures.length === 0 ? '' : ` (${formatCount(failures.length, 'cause')})`;
  // an answer that says no is no lost packet
  const verb = failures.every(({ code }) => UNDELIVERED.has(code))
    ? `${set.broken === 1 ? 'loses' : 'lose'} packets`
    : set.broken === 1
      ? 'fails'
      : 'fail';
  const lose = paint(
    'warn',
    `${formatNumber(set.broken)} of ${formatCount(total, 'conversation')} ${verb}${failureCauses}`,
  );
  const rest = `${parts.join(', ')}.${warned}`;
  const line = `${lose}; ${rest}`;
  return textWidth(line) <= options.width ? line : `${lose};\n${rest}`;
}
