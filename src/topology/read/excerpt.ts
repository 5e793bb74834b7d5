// What `kubectl get nodes -o yaml | grep -B1 -i vxlan` prints (and wider greps, and `kubectl describe nodes`): annotation lines,
// groups split by `--`, usually without the node's name, which is then known by its address only.

import { NODE_ANNOTATION_LINE } from '../../cluster/annotations.ts';
import type { SourceRef } from '../model.ts';
import { NODE_FIELDS, nodeAddress, setNodeField } from './kubernetes/node.ts';
import { emptyNodeFact, type Facts, type NodeFact } from './stated-facts.ts';

const NAME = /^\s*["']?(?:Name|name|kubernetes\.io\/hostname)["']?\s*[:=]\s*["']?([A-Za-z0-9][\w.-]*)["']?,?\s*$/;
const INTERNAL_IP = /^\s*InternalIP:\s+(\S+)\s*$/;

export interface ExcerptReader {
  /** True when the line belongs to an excerpt (also `--` between groups). */
  read(line: string, ref: SourceRef): boolean;
  /** Hands the last group over. */
  finish(): void;
}

interface State {
  facts: Facts;
  current: NodeFact | null;
  /** Keys of the current node: one that comes again begins the next node. */
  seen: Set<string>;
}

/** Reads annotation lines, in order, into `facts.nodes`. */
export function createExcerptReader(facts: Facts): ExcerptReader {
  const state: State = { facts, current: null, seen: new Set() };
  return {
    read: (line, ref) => {
      if (line.trim() !== '--')
        return readAnnotation(line, ref, state) || readName(line, ref, state) || readAddress(line, ref, state);
      finishNode(state);
      return true;
    },
    finish: () => finishNode(state),
  };
}

function finishNode(state: State): void {
  const { current } = state;
  // A group of one or two lines may hold nothing but a cluster ID or a label.
  if (current !== null && (current.addresses.length > 0 || Object.keys(current.tunnels).length > 0)) {
    state.facts.nodes.push(current);
  }
  state.current = null;
  state.seen = new Set();
}

function nodeFor(key: string, ref: SourceRef, state: State): NodeFact {
  if (state.seen.has(key)) finishNode(state);
  state.seen.add(key);
  state.current ??= emptyNodeFact(null, 'excerpt', ref);
  return state.current;
}

function readAnnotation(line: string, ref: SourceRef, state: State): boolean {
  const annotation = NODE_ANNOTATION_LINE.exec(line);
  if (annotation === null) return false;
  const field = NODE_FIELDS.find((candidate) => candidate.annotation === annotation[1]);
  const node = nodeFor(annotation[1] ?? '', ref, state);
  if (field !== undefined) setNodeField(node, field, annotation[2] ?? '', { ref, facts: state.facts });
  return true;
}

/** `describe` names the node first, YAML after its annotations. */
function readName(line: string, ref: SourceRef, state: State): boolean {
  const name = NAME.exec(line)?.[1];
  const first = /^Name:/.test(line);
  if (name === undefined || (state.current === null && !first)) return false;
  const node = nodeFor(first ? 'Name' : 'name', ref, state);
  node.name ??= name;
  return true;
}

function readAddress(line: string, ref: SourceRef, state: State): boolean {
  const internal = INTERNAL_IP.exec(line)?.[1];
  const address = internal === undefined ? null : nodeAddress(internal, 'InternalIP', ref);
  if (address === null) return false;
  const node = nodeFor(`InternalIP ${address.address}`, ref, state);
  node.addresses = [...node.addresses, address];
  return true;
}
