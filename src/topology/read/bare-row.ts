// A row of `kubectl get pods -o wide` or `kubectl get nodes -o wide` without its header (`--no-headers`, or what grep left of the
// table): told by what its cells look like.
import { canonicalIp } from '../../net/ip.ts';
import type { SourceRef } from '../model.ts';
import { nodeAddress } from './kubernetes/node.ts';
import { canonicalAddresses } from './kubernetes/pod.ts';
import { emptyNodeFact, type Facts, UNKNOWN_NAMESPACE } from './stated-facts.ts';
import { computedVeth, isFinished } from './wide-table.ts';

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const AGE = /^\d+[smhdy](?:\d+[smhd])?$/;

/** Reads one row; false when the line is none. @param asked the namespace of the command */
export function readBareRow(line: string, ref: SourceRef, facts: Facts, asked: string | null): boolean {
  if (line.length > 1000 || !/^\S+ +\S/.test(line)) return false;
  const words = line.trim().split(/ +/);
  return readPodRow(words, { ref, facts, asked }) || readNodeRow(words, ref, facts);
}

/** NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP, and what runs on it. */
function readNodeRow(words: readonly string[], ref: SourceRef, facts: Facts): boolean {
  const [name = '', status = '', , age = '', version = '', internal = '', external = ''] = words;
  const isNode = /^(?:Not)?Ready(?:,[A-Za-z]+)*$/.test(status) && AGE.test(age) && /^v\d+\.\d/.test(version);
  if (!isNode || words.length < 8 || !NAME.test(name)) return false;
  const addresses = [nodeAddress(internal, 'InternalIP', ref), nodeAddress(external, 'ExternalIP', ref)];
  if (addresses[0] === null && internal !== '<none>') return false;
  facts.nodes.push({ ...emptyNodeFact(name, 'table', ref), addresses: addresses.filter((one) => one !== null) });
  return true;
}

/** READY and STATUS side by side, AGE before the address. */
function readPodRow(
  words: readonly string[],
  { ref, facts, asked }: { ref: SourceRef; facts: Facts; asked: string | null },
): boolean {
  const ready = words.findIndex((word) => /^\d{1,4}\/\d{1,4}$/.test(word));
  if (ready !== 1 && ready !== 2) return false;
  const [name = '', status = '', restarts = ''] = [words[ready - 1], words[ready + 1], words[ready + 2]];
  // `3 (5d20h ago)`
  const age = ready + (words[ready + 3]?.startsWith('(') ? 5 : 3);
  const [address = '', node = ''] = [words[age + 1], words[age + 2]];
  const isPod = /^\d{1,9}$/.test(restarts) && AGE.test(words[age] ?? '') && /^[A-Z]/.test(status);
  // a line that ends with the address or the node may be cut within it
  if (!isPod || node === '' || !NAME.test(name) || (canonicalIp(address) === null && address !== '<none>'))
    return false;
  const namespace = ready === 2 ? (words[0] ?? '') : (asked ?? UNKNOWN_NAMESPACE);
  if (ready === 2 && !NAME.test(namespace)) return false;
  facts.pods.push({
    ...{ source: 'pod table', namespace, name, ref, hostIP: null, created: null, hostNetwork: false },
    nodeName: NAME.test(node) && words.length > age + 3 ? node : null,
    addresses: canonicalAddresses([address]),
    finished: isFinished(status),
    hostInterface: computedVeth(namespace, name),
  });
  return true;
}
