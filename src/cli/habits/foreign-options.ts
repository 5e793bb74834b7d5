// Options of hubble, kubectl and tshark that this program calls otherwise, or that ask for what packets do not tell.
import { usageError } from '../report-error.ts';
import type { Reading } from './reading.ts';
import { liveAnswer, packetsAnswer } from './tcpdump-letters.ts';
import { tsharkAnswer } from './tshark-line.ts';

/** What becomes what: the value goes behind it. */
const SAME: Readonly<Record<string, string>> = {
  '--from-namespace': '--namespace',
  '--to-namespace': '--namespace',
  '--from-label': '--label',
  '--to-label': '--label',
  '--selector': '--label',
  '--from-port': '--port',
  '--to-port': '--port',
  '--dport': '--port',
  '--sport': '--port',
  '--node-name': '--node',
  '--from-node': '--node',
  '--to-node': '--node',
  '--input-file': '--read',
  '--proto': '--protocol',
  '--host': '--ip',
  '--src': '--from-ip',
  '--dst': '--to-ip',
  '--snapshot': '--topology',
  '--format': '--output',
  '--sort-by': '--sort',
};
/** What is so anyway. */
const NOTHING = new Set([
  '--all-namespaces',
  '--print-node-name',
  '--numeric',
  '--no-promiscuous-mode',
  '--line-buffered',
  '--number',
]);
const NO_CLUSTER = new Set([
  '--context',
  '--kubeconfig',
  '--cluster',
  '--server',
  '--tls',
  '--as',
  '--token',
  '--user',
]);
const NOT_IN_PACKETS =
  /^--(type|identity|from-identity|to-identity|fqdn|from-fqdn|to-fqdn|http-[a-z]+|trace-id|field-selector|workload|service|from-service|to-service|drop-reason-desc|reason)$/;

/** False where it is none of them. Throws bad usage that says what to type. */
export function foreignOption(word: string, reading: Reading): boolean {
  const [name = '', ...given] = word.split('=');
  const value = (): string => (given.length > 0 ? given.join('=') : (reading.rest.shift() ?? ''));
  const same = SAME[name];
  if (same !== undefined) reading.words.push(same, value());
  else if (NOTHING.has(name)) return true;
  else if (name === '--watch' || (name === '-f' && isFollowed(reading))) reading.words.push('--follow');
  else if (name === '-4' || name === '--ipv4') reading.tail.push('ip');
  else if (name === '-6' || name === '--ipv6') reading.tail.push('ip6');
  else if (name === '--interface') throw liveAnswer('i', value(), reading);
  else if (name === '--verbose' || name === '--hex' || name === '--count') throw packetsAnswer(name.slice(1), reading);
  else if (name === '--read-filter' || name === '--display-filter' || name === '-f') throw tsharkAnswer(reading);
  else if (NO_CLUSTER.has(name))
    throw usageError(
      `${name}: overlens asks no cluster: it reads a snapshot of it`,
      'overlens snapshot prints the kubectl lines that make one; then overlens CAPTURE... -t SNAPSHOT',
    );
  else if (NOT_IN_PACKETS.test(name)) throw notInPackets(name);
  else return false;
  return true;
}

/** hubble's and kubectl's `-f`; tshark's has an expression behind it. */
function isFollowed({ command, rest: [next] }: Reading): boolean {
  return command.name() === 'trace' && (next === undefined || next === '-' || next.startsWith('-'));
}

/** hubble's verdicts are the kernel's about a packet, this program's are about how it was carried. Throws bad usage for the former. */
export function checkVerdict(value: string): void {
  const outcome = OUTCOMES[value.toLowerCase()];
  if (outcome === undefined) return;
  throw usageError(
    `--verdict ${value}: what became of packets is an outcome here`,
    `--outcome ${outcome}; --verdict is wrong, as configured or undecided`,
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  dropped: 'no-answer',
  denied: 'no-answer',
  forwarded: 'answered',
  allowed: 'answered',
  error: 'unreachable',
  audit: 'no-answer',
};

function notInPackets(name: string): Error {
  const instead = /service/.test(name)
    ? '--ip ADDRESS of the service, or --port PORT'
    : /workload/.test(name)
      ? '--pod [NAMESPACE/]BEGINNING of its pods; rows summed up: --by workload'
      : /reason/.test(name)
        ? '--finding CODE, --outcome no-answer'
        : 'filters are --pod, --namespace, --label, --node, --ip, --port, --protocol, --outcome, --verdict, --finding';
  return usageError(`${name}: packets do not tell it`, instead);
}
