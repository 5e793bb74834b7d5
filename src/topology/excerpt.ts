// What `kubectl get nodes -o yaml | grep -B1 -i vxlan` prints (and wider greps, and `kubectl describe nodes`): annotation lines,
// groups split by `--`, usually without the node's name, which is then known by its address only.
import { emptyNodeFact, type Facts, type NodeFact } from './facts.ts';
import { NODE_FIELDS, nodeAddress, setNodeField } from './kubernetes/node.ts';
import type { SourceRef } from './model.ts';

const ANNOTATION = /projectcalico\.org\/(\w+)["']?\s*[:=]\s*["']?([^\s"',]*)/;
const NAME = /^\s*["']?(?:Name|name|kubernetes\.io\/hostname)["']?\s*[:=]\s*["']?([A-Za-z0-9][\w.-]*)["']?,?\s*$/;
const INTERNAL_IP = /^\s*InternalIP:\s+(\S+)\s*$/;

export interface ExcerptReader {
  /** True when the line belongs to an excerpt (also `--` between groups). */
  read(line: string, ref: SourceRef): boolean;
  /** Hands the last group over. */
  finish(): void;
}

/** Reads annotation lines, in order, into `facts.nodes`. */
export function createExcerptReader(facts: Facts): ExcerptReader {
  let current: NodeFact | null = null;
  let seen = new Set<string>();
  const finish = (): void => {
    // A group of one or two lines may hold nothing but a cluster ID or a label.
    if (current !== null && (current.addresses.length > 0 || Object.keys(current.tunnels).length > 0)) {
      facts.nodes.push(current);
    }
    current = null;
    seen = new Set();
  };
  /** The node the line belongs to: a key seen before starts the next one. */
  const nodeFor = (key: string, ref: SourceRef): NodeFact => {
    if (seen.has(key)) finish();
    seen.add(key);
    current ??= emptyNodeFact(null, 'excerpt', ref);
    return current;
  };
  const read = (line: string, ref: SourceRef): boolean => {
    if (line.trim() === '--') {
      finish();
      return true;
    }
    const annotation = ANNOTATION.exec(line);
    if (annotation !== null) {
      const field = NODE_FIELDS.find((candidate) => candidate.annotation === annotation[1]);
      const node = nodeFor(annotation[1] ?? '', ref);
      if (field !== undefined) setNodeField(node, field, annotation[2] ?? '', { ref, facts });
      return true;
    }
    const name = NAME.exec(line)?.[1];
    if (name !== undefined && (current !== null || /^Name:/.test(line))) {
      // `describe` names the node first, YAML after its annotations.
      const node = nodeFor(/^Name:/.test(line) ? 'Name' : 'name', ref);
      node.name ??= name;
      return true;
    }
    const internal = INTERNAL_IP.exec(line)?.[1];
    const address = internal === undefined ? null : nodeAddress(internal, 'InternalIP', ref);
    if (address === null) return false;
    const node = nodeFor(`InternalIP ${address.address}`, ref);
    node.addresses = [...node.addresses, address];
    return true;
  };
  return { read, finish };
}
