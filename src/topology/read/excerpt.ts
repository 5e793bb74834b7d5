// What `kubectl get nodes -o yaml | grep -B1 -i vxlan` prints (and wider greps, and `kubectl describe nodes`): annotation lines,
// groups split by `--`, usually without the node's name, which is then known by its address only.

import { PROFILES } from '../../cluster/profiles.ts';
import type { SourceRef } from '../model.ts';
import { type CniField, nodeAddress, setNodeField } from './kubernetes/node.ts';
import { emptyNodeFact, type Facts, type NodeFact } from './stated-facts.ts';

const NAME = /^\s*["']?(?:Name|name|kubernetes\.io\/hostname)["']?\s*[:=]\s*["']?([A-Za-z0-9][\w.-]*)["']?,?\s*$/;
/** Every field of every CNI, by its annotation. */
const FIELDS = new Map<string, CniField[]>();
for (const { name: cni, nodeFields } of PROFILES) {
  for (const field of nodeFields)
    FIELDS.set(field.annotation, [...(FIELDS.get(field.annotation) ?? []), { cni, field }]);
}
const GROUPS = new Set([...FIELDS.keys()].map((annotation) => annotation.split('/')[0]));
/** An annotation as a line of YAML, JSON or `kubectl describe`: its name, and its value (in YAML's or JSON's quotes: without). */
const ANNOTATION_LINE = /([a-z][a-z.-]*)(\/[\w-]+)["']?\s*[:=]\s*(?:(\{.*\})|'(\{.*\})'|"(\{.*\})"|["']?([^\s"',]*))/;
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
  const tells = Object.values(current?.stated ?? {}).some((one) => Object.keys(one.tunnels).length > 0);
  if (current !== null && (current.addresses.length > 0 || tells)) {
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
  const [, group = '', key = '', bare, single, double, word = ''] = ANNOTATION_LINE.exec(line) ?? [];
  if (!GROUPS.has(group)) return false;
  const node = nodeFor(group + key, ref, state);
  const value = bare ?? single ?? double?.replaceAll('\\"', '"') ?? word;
  for (const field of FIELDS.get(group + key) ?? []) setNodeField(node, field, value, { ref, facts: state.facts });
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
