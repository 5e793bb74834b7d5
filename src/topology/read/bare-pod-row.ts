// A row of `kubectl get pods -o wide` without its header (`--no-headers`, or what grep left of the table): told by what its cells look
// like, READY and STATUS side by side, AGE before the address.
import { canonicalIp } from '../../net/ip.ts';
import type { SourceRef } from '../model.ts';
import { canonicalAddresses } from './kubernetes/pod.ts';
import { type Facts, UNKNOWN_NAMESPACE } from './stated-facts.ts';
import { computedVeth, isFinished } from './wide-table.ts';

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Reads one row; false when the line is none. @param asked the namespace of the command */
export function readBarePodRow(line: string, ref: SourceRef, facts: Facts, asked: string | null): boolean {
  if (line.length > 1000 || !/^\S+ +\S/.test(line)) return false;
  const words = line.trim().split(/ +/);
  const ready = words.findIndex((word) => /^\d{1,4}\/\d{1,4}$/.test(word));
  if (ready !== 1 && ready !== 2) return false;
  const [name = '', status = '', restarts = ''] = [words[ready - 1], words[ready + 1], words[ready + 2]];
  // `3 (5d20h ago)`
  const age = ready + (words[ready + 3]?.startsWith('(') ? 5 : 3);
  const [address = '', node = ''] = [words[age + 1], words[age + 2]];
  const isPod =
    /^\d{1,9}$/.test(restarts) && /^\d+[smhdy](?:\d+[smhd])?$/.test(words[age] ?? '') && /^[A-Z]/.test(status);
  if (!isPod || !NAME.test(name) || (canonicalIp(address) === null && address !== '<none>')) return false;
  const namespace = ready === 2 ? (words[0] ?? '') : (asked ?? UNKNOWN_NAMESPACE);
  if (ready === 2 && !NAME.test(namespace)) return false;
  facts.pods.push({
    ...{ source: 'pod table', namespace, name, ref, hostIP: null, created: null, hostNetwork: false },
    nodeName: NAME.test(node) ? node : null,
    addresses: canonicalAddresses([address]),
    finished: isFinished(status),
    hostInterface: computedVeth(namespace, name),
  });
  return true;
}
