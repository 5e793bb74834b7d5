// What outlasts a part of a text: who is logged in where, the heading above, a command that stands alone above its output.
import type { TextHint } from '../stated-facts.ts';
import type { Command } from './command-line.ts';
import { isOpenedShell } from './container-run.ts';

/** A line where something else begins, and what it says of what follows. */
export interface Boundary {
  /** Lines that it takes, its first one included. */
  lines: number;
  typed: string | null;
  command: Command | null;
  hints: readonly TextHint[];
  /** In prose an empty line stands between it and what follows: that may be more of its output, or prose again. */
  isApart?: true;
  /** The machine of its prompt. */
  host?: string | null;
  /** `turn` is a line that a loop printed before the output of one machine. */
  kind: 'prompt' | 'bare command' | 'heading' | 'turn';
}

/** What holds where a part begins. */
export interface Standing {
  login: readonly TextHint[];
  /** The machine whose prompt the login was typed at: where it is back, nobody is logged in any more. */
  from: string | null;
  heading: readonly TextHint[];
  /** A word somebody wrote above it. */
  label: readonly TextHint[];
  pending: Boundary | null;
}

/** Nothing holds at the beginning. */
export function newStanding(): Standing {
  return { login: [], from: null, heading: [], label: [], pending: null };
}

/** Follows logins and headings. */
export function enter({ kind, command, hints, host = null }: Boundary, standing: Standing): void {
  if (kind === 'turn') return;
  if (kind === 'heading') {
    // a command in a heading is of the machine above it
    if (hints.length === 0) return;
    const isLabel = hints.some(({ from }) => from === 'label');
    standing.label = isLabel ? hints : [];
    if (!isLabel) standing.heading = hints;
    return;
  }
  if (host !== null && host === standing.from) leave(standing);
  const run = command?.runs.length === 1 ? command.runs[0] : undefined;
  if (/^(exit|logout)$/.test(run?.words[0] ?? '')) leave(standing);
  // Whom a login leads to has not printed what stands behind the login.
  else if (run !== undefined && run.hints.length > 0 && isOpenedShell(run.words)) {
    standing.login = run.hints;
    standing.from = host;
  }
}

function leave(standing: Standing): void {
  standing.login = [];
  standing.from = null;
}

/** `hostname` in a shell whose prompt names no machine tells which one it is, until somebody leaves it. In a pod it may be the pod's name. */
export function learnName(output: string, boundary: Boundary | null, standing: Standing): boolean {
  if (boundary?.kind !== 'prompt' || boundary.host != null || boundary.command === null) return false;
  const [run, ...others] = boundary.command.runs;
  if (run === undefined || others.length > 0 || run.hints.length > 0 || !isHostname(run.words)) return false;
  const name = output.trim();
  if (!/^[a-z0-9][a-z0-9.-]{0,252}$/i.test(name)) return false;
  const isOfPod = standing.login.some(({ from }) => from === 'pod' || from === 'container');
  standing.login = [{ name, from: isOfPod ? 'label' : 'prompt' }, ...standing.login];
  return true;
}

/** What prints the machine's name alone. */
export function isHostname(words: readonly string[]): boolean {
  return /^(?:hostname(?: -[sf])?|uname -n|cat \/etc\/hostname)$/.test(words.join(' '));
}
