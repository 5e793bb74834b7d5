// Logic that knows "cannot be told": what is not known decides nothing unless the rest does not decide either.
import type { Truth } from './policy-model.ts';

export function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

export function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

export function any(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(null) ? null : false;
}
