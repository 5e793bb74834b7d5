// What a trace found as an exit code, for scripts.
import { flowBriefs } from '../verdict/flow-briefs.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Of the flows shown that `verify` would judge: 1 where one is wrong, 3 where one could not be judged or none is there, else 0. */
export function verdictCode(trace: Trace): ExitCode {
  if (trace.summary.violation > 0) return EXIT.violation;
  let isJudged = false;
  for (const { inScope, verdict } of flowBriefs(trace)) {
    if (!inScope) continue;
    if (verdict !== 'ok') return EXIT.undecided;
    isJudged = true;
  }
  return isJudged ? EXIT.ok : EXIT.undecided;
}
