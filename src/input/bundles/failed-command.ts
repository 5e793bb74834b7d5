// A file that holds the error of a command instead of its output: diagnosis tools write both into the same place.

/** What shells, kubectl and iproute2 say when a command did not run, or found nothing to show. */
const FAILURES = [
  /: (command )?not found$/i,
  /^(error|fatal): /i,
  /^Error from server/,
  /^(Unable to connect to the server|The connection to the server .* was refused)/,
  /^command terminated with (non-zero )?exit code/i,
  /executable file not found/,
  /: (Permission denied|Operation not permitted|No such file or directory)\.?$/,
  /^(RTNETLINK answers|Cannot open netlink socket|Cannot send dump request|Dump terminated)\b/,
  /^Object "\S+" is unknown, try /,
  /^Command line is not complete/,
  /\btimed out\b|^timeout: /,
];

/** What ip says where the kernel has no IPv6: there is nothing, and nothing failed. */
const NO_TABLE = /^Error: ipv\d: FIB table does not exist\.?$/m;

/** Whether a command says that there is no such table at all. */
export function hasNoTable(text: string): boolean {
  return text.length < LONGEST && NO_TABLE.test(text);
}

/** A longer text is an output, whatever its first line says. */
const LONGEST = 2000;

/** The line that says why the command failed; null for an output. */
export function failureIn(text: string): string | null {
  if (text.length > LONGEST) return null;
  const lines = text.split('\n').map((line) => line.trim());
  const told = lines.filter((line) => line !== '');
  const [first] = told;
  if (first === undefined || told.length > 4) return null;
  return told.some((line) => FAILURES.some((failure) => failure.test(line))) ? first : null;
}

/** Whether a list holds an error, or no entry: newer releases refuse options together that older ones took (`conntrack -LSC`). */
export function printsNothing(text: string): boolean {
  if (text.trim() === '' || failureIn(text) !== null) return true;
  return text.length < LONGEST && !/\d[.:]/.test(text.replaceAll(/^conntrack v.*$/gm, ''));
}

/** The command that a file is named after, as people know it: `ip-neigh.txt`, `ipv4_route`, `ip_-s_-d_link`. */
export function commandOf(path: string): string {
  const name = (path.split(/[/\\!]/).at(-1) ?? path).replace(/\.\w{1,5}$/, '');
  const table = /(neigh|route|rule|addr(?:ess)?|link|fdb)/.exec(name)?.[1];
  if (table === undefined) return name;
  return table === 'fdb' ? 'bridge fdb' : `ip ${table.replace('address', 'addr')}`;
}
