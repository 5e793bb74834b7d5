// What `kubectl describe pod` prints of a pod: keys at the margin, of which those are read that a table of pods has too.
import { canonicalIp } from '../../../net/ip.ts';
import type { SourceRef } from '../../model.ts';
import type { Facts } from '../stated-facts.ts';
import { computedVeth, isFinished } from '../wide-table.ts';

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const LINE = /^(Name|Namespace|Node|Status|IP| {2}IP):\s{1,60}(\S{1,300})\s*$/;

interface Described {
  name: string;
  ref: SourceRef;
  namespace: string | null;
  node: string | null;
  status: string;
  addresses: string[];
}

export interface DescribedPodReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
  /** Hands the last one over. */
  finish(): void;
}

/** Reads such pods; a Node or a Service, described alike, has no line `Node:` with an address behind a name. */
export function createDescribedPodReader(facts: Facts): DescribedPodReader {
  let pod: Described | null = null;
  const finish = (): void => {
    if (pod !== null) add(pod, facts);
    pod = null;
  };
  return {
    finish,
    read(line, ref) {
      const [, key = '', value = ''] = LINE.exec(line) ?? [];
      if (key === 'Name') {
        finish();
        pod = NAME.test(value) ? { name: value, ref, namespace: null, node: null, status: '', addresses: [] } : null;
        // others are described by their names too
        return false;
      }
      if (pod === null || key === '') return false;
      if (key === 'Namespace') pod.namespace ??= value;
      else if (key === 'Node') pod.node ??= value;
      else if (key === 'Status') pod.status = value;
      else pod.addresses.push(value);
      return true;
    },
  };
}

function add({ name, ref, namespace, node, status, addresses }: Described, facts: Facts): void {
  const [nodeName = '', written = ''] = node?.split('/') ?? [];
  const hostIP = canonicalIp(written);
  const own = [...new Set(addresses.map(canonicalIp))].filter((address) => address !== null);
  if (namespace === null || !NAME.test(namespace) || !NAME.test(nodeName) || hostIP === null) return;
  facts.pods.push({
    ...{ source: 'pod table', namespace, name, nodeName, addresses: own, created: null, hostIP, ref },
    hostNetwork: own.includes(hostIP),
    finished: isFinished(status),
    hostInterface: computedVeth(namespace, name),
  });
}
