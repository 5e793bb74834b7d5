// What `kubectl get nodes -o yaml | grep -B1 -i vxlan` prints (and wider greps, and `kubectl describe nodes`): annotation lines,
// groups split by `--`, usually without the node's name, which is then known by its address only.

import { PROFILES } from '../../cluster/profiles.ts';
import { canonicalNetwork } from '../../net/cidr.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { SourceRef } from '../model.ts';
import { type CniField, nodeAddress, setNodeField } from './kubernetes/node.ts';
import { emptyNodeFact, type Facts, type NodeFact } from './stated-facts.ts';

const NAME = /^\s*["']?(?:Name|name|kubernetes\.io\/hostname)["']?\s*[:=]\s*["']?([A-Za-z0-9][\w.-]*)["']?,?\s*$/;
/** Every field of every CNI, by its annotation. */
const FIELDS = new Map<string, CniField[]>();
for (const { name: cni, nodeFields } of PROFILES) {
  for (const field of nodeFields) addUnder(FIELDS, field.annotation, { cni, field });
}
const GROUPS = new Set([...FIELDS.keys()].map((annotation) => annotation.split('/')[0]));
/** An annotation as a line of YAML, JSON or `kubectl describe`: its name, and its value (in YAML's or JSON's quotes: without). */
const ANNOTATION_LINE =
  /([a-z][a-z.-]{0,80})(\/[\w-]{1,80})["']?\s{0,80}[:=]\s*(?:(\{.*\})|'(\{.*\})'|"(\{.*\})"|["']?([^\s"',]*))/y;
const POD_CIDR = /^\s*["']?[pP]odCIDR["']?:\s+["']?([0-9A-Fa-f.:]{2,45}\/\d{1,3})["']?,?\s*$/;
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
        return (
          readAnnotation(line, ref, state) ||
          readName(line, ref, state) ||
          readAddress(line, ref, state) ||
          readPodCIDR(line, ref, state)
        );
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
  const start = annotationStart(line);
  if (start < 0) return false;
  ANNOTATION_LINE.lastIndex = start;
  const [, group = '', key = '', bare, single, double, word = ''] = ANNOTATION_LINE.exec(line) ?? [];
  if (!GROUPS.has(group)) return false;
  const node = nodeFor(group + key, ref, state);
  const value = bare ?? single ?? double?.replaceAll('\\"', '"') ?? word;
  for (const field of FIELDS.get(group + key) ?? []) setNodeField(node, field, value, { ref, facts: state.facts });
  return true;
}

/** Where the name of an annotation begins; -1 where there is none. Looked for by its group, so that a long line costs one pass. */
function annotationStart(line: string): number {
  for (const group of GROUPS) {
    const at = line.indexOf(`${group}/`);
    if (at === 0 || (at > 0 && !/[a-z.-]/.test(line.charAt(at - 1)))) return at;
  }
  return -1;
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

/** The node's part of the pod network, as greps show it behind the annotations. */
function readPodCIDR(line: string, ref: SourceRef, state: State): boolean {
  const cidr = canonicalNetwork(POD_CIDR.exec(line)?.[1] ?? '');
  if (cidr === null || state.current === null) return /^\s*podCIDRs:\s*$/.test(line);
  const node = nodeFor(`podCIDR ${cidr.includes(':')}`, ref, state);
  node.podCIDRs = [...node.podCIDRs, { value: cidr, ref }];
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
