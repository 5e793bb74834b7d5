// Tools that run one command on many machines: what it is. Whose a line of the output is, the output says; who typed the command
// printed none of it.

const SHELLS = /^(?:pdsh|clush|dsh|rdsh|mpssh|pssh|parallel-ssh)$/;
/** Options of these that take a word: `-w`, also behind others (`-bw`). */
const VALUE = /^-\w*[wxltufgRXmhHpo]$/;

/** Programs that run a command for each of what they are given, mostly machines. */
const EACH = /^(?:xargs|parallel)$/;
/** Options of these that take a word. */
const EACH_VALUE =
  /^(?:-[InPLdsEajJ]|--(?:tagstring|jobs|arg-file|colsep|joblog|results|timeout|delay|workdir|sshlogin))$/;

/** Whether what a pipe brings is only what a command is run for. */
export function isForEach(program: string): boolean {
  return EACH.test(program);
}

/** The command that such a tool runs; null for any other program. */
export function commandOfFleet(program: string, rest: readonly string[]): readonly string[] | null {
  if (SHELLS.test(program)) {
    let at = 0;
    while ((rest[at] ?? '').startsWith('-') && rest[at] !== '--') at += VALUE.test(rest[at] ?? '') ? 2 : 1;
    return rest.slice(rest[at] === '--' ? at + 1 : at);
  }
  if (EACH.test(program)) {
    let at = 0;
    while ((rest[at] ?? '').startsWith('-') && rest[at] !== '--') at += EACH_VALUE.test(rest[at] ?? '') ? 2 : 1;
    const behind = rest.slice(rest[at] === '--' ? at + 1 : at);
    const end = behind.findIndex((word) => /^:::/.test(word));
    return end < 0 ? behind : behind.slice(0, end);
  }
  if (program === 'ansible') {
    const at = rest.findIndex((word) => /^(?:-\w*a|--args)$/.test(word));
    return at < 0 ? [] : rest.slice(at + 1, at + 2);
  }
  if (program === 'salt' || program === 'salt-ssh') {
    const at = rest.findIndex((word) => /^cmd\.(?:run|shell)$/.test(word));
    return at < 0 ? [] : rest.slice(at + 1, at + 2);
  }
  return null;
}

/** Whether a command line begins with such a tool. */
export function isOfFleet(typed: string): boolean {
  const [, program = ''] = /^(?:sudo +)?(?:\/(?:\w{1,20}\/){1,3})?([\w-]{1,20})(?: |$)/.exec(typed.trim()) ?? [];
  return commandOfFleet(program, []) !== null;
}
