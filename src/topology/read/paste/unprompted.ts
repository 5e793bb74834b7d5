// A command without a prompt, as texts have it in a fence of its own or above its output: only what is surely one, since lines of
// prose begin with the same words.
import { AGENT_CONTAINER, CALICO_CLIENT } from '../../../cluster/calico/annotations.ts';
import { featuresAsked } from '../iproute2/ethtool-text.ts';
import { type Command, parseCommand } from './command-line.ts';
import { asksOneRoute, isObjectClient, tableOf } from './command-output.ts';

/** The longest line that is looked at. */
const LONGEST = 2000;
const PROGRAMS = [
  'ip',
  'bridge',
  'ethtool',
  'conntrack',
  'kubectl',
  'oc',
  'k',
  'ssh',
  'exit',
  'logout',
  'docker',
  'podman',
  'wg',
  'route',
  'netstat',
  'arp',
  'ifconfig',
  'cat',
  CALICO_CLIENT,
  AGENT_CONTAINER,
];
const BEGINS = new RegExp(
  `^(?:sudo +|time +|watch +|while +|for +)*(?:/(?:usr/)?(?:local/)?s?bin/)?(?:${PROGRAMS.join('|')})(?: |$)`,
);
const ORDER = /^(get|describe|edit|exec|debug|ipam|node|apply)$/;

/** The command that a line is, strictly; null for everything else. */
export function commandIn(line: string): Command | null {
  if (line.length > LONGEST || !BEGINS.test(line) || /[.:?!]$/.test(line)) return null;
  const command = parseCommand(line);
  return command.runs.length > 0 && (command.loop !== null || command.runs.every(isSure)) ? command : null;
}

function isSure(run: Command['runs'][number]): boolean {
  const [program = '', ...rest] = run.words;
  // A login: `ssh control1` and nothing else.
  if (program === '') return run.hints.length === 1;
  if (program === 'exit' || program === 'logout') return rest.length === 0;
  if (program === 'wg') return rest.length === 0 || (rest[0] === 'show' && rest.length <= 2);
  if (/^(route|arp)$/.test(program)) return rest.length <= 2 && rest.every((word) => /^-[an46]/.test(word));
  if (program === 'netstat') return rest.length === 1 && /^-\w*r/.test(rest[0] ?? '');
  if (program === 'ifconfig') return rest.length === 0 || (rest.length === 1 && /[-\d.]/.test(rest[0] ?? ''));
  if (program === 'echo') return true;
  if (program === 'conntrack') return rest.some((word) => /^(-L|-E|--dump|--event)/.test(word));
  if (program === 'ethtool') return featuresAsked(run.words) !== null && rest.length <= 3;
  if (program === 'cat') return rest.length > 0 && rest.every((word) => /[./-]/.test(word));
  if (program === AGENT_CONTAINER) return rest.some((word) => word.startsWith('-'));
  if (asksOneRoute(run)) return rest.length <= 6;
  if (program === 'ip' || program === 'bridge') {
    const shown = tableOf({ ...run, isFiltered: false });
    return shown !== null && isPlain(rest);
  }
  return isObjectClient(program) && rest.some((word) => ORDER.test(word)) && rest.length <= 40;
}

/** The words that the tables of ip and bridge are asked with; an address or a device may stand alone. */
const WORDS =
  /^(-.*|a|addr|address|l|li|link|n|nei|neigh|neighbor|neighbour|r|ro|rou|route|s|sh|show|ls|list|lst|fdb|table|main|all|local|dev|br|nud|permanent|reachable|stale|to|root|match|exact|proto|bird|kernel|scope|type|vxlan|veth|up|via|master|default)$/;

function isPlain(words: readonly string[]): boolean {
  return words.every((word) => WORDS.test(word) || /[\d.:/@-]/.test(word));
}
