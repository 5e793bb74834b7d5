// Names of filters that nobody knows: neither the snapshot nor what was captured. An empty answer would pass for "it sent nothing".

import type { OverlensError } from '../../errors.ts';
import { joinErrors } from '../../errors.ts';
import type { Topology } from '../../topology/model.ts';
import { snapshotsOf } from '../../topology/time/timeline.ts';
import { podLabels } from '../../verdict/filter/pod-labels.ts';
import { type FilteredEnd, type FilterKinds, FilterTerms, type FlowFilter } from '../../verdict/flow-filter.ts';
import { usageError } from '../report-error.ts';
import type { PlaceOption } from '../values.ts';
import { nearest } from '../values.ts';

const KINDS = ['pod', 'fromPod', 'toPod', 'namespace', 'label', 'node'] as const;
type Kind = (typeof KINDS)[number];

const OPTIONS: Readonly<Record<Kind, string>> = {
  pod: '--pod',
  fromPod: '--from-pod',
  toPod: '--to-pod',
  namespace: '--namespace',
  label: '--label',
  node: '--node',
};

/** A name that the snapshot has not. */
export interface DoubtfulName {
  kind: Kind;
  value: string;
  negated: boolean;
  /** Whether an end that was captured has it. */
  isOf(end: FilteredEnd): boolean;
}

/**
 * The names of filters, also of negated ones, that the snapshot does not have.
 * @param places nodes that the command line names
 */
export function doubtfulNames(
  filter: FlowFilter,
  topology: Topology | null,
  places: readonly PlaceOption[] = [],
): DoubtfulName[] {
  const asked = [...namesIn(filter, false), ...namesIn(filter.not ?? {}, true)];
  if (asked.length === 0) return [];
  const topologies = topology === null ? [] : snapshotsOf(topology);
  const known = [...topologies.flatMap((one) => [...endsOf(one)]), ...places.map(({ node }) => ({ ...NOBODY, node }))];
  const labels = topologies.map(podLabels);
  const labelsOf = (namespace: string, pod: string) =>
    labels.map((one) => one(namespace, pod)).find((one) => one !== null) ?? null;
  return asked.flatMap(({ kind, value, negated }) => {
    const terms = new FilterTerms({ [kind]: [value] }, labelsOf);
    const isOf = (end: FilteredEnd): boolean => terms.bitsOf(end) !== 0;
    return known.some(isOf) ? [] : [{ kind, value, negated, isOf }];
  });
}

function namesIn(kinds: FilterKinds, negated: boolean): { kind: Kind; value: string; negated: boolean }[] {
  return KINDS.flatMap((kind) => (kinds[kind] ?? []).map((value) => ({ kind, value, negated })));
}

const NOBODY: FilteredEnd = { ip: '', namespace: null, pod: null, candidates: [], node: null };

function* endsOf({ pods, services, namespaces, nodes }: Topology): Generator<FilteredEnd> {
  for (const { namespace, name } of pods) yield { ...NOBODY, namespace, pod: name };
  for (const { namespace } of services) yield { ...NOBODY, namespace };
  for (const { name } of namespaces) yield { ...NOBODY, namespace: name };
  for (const { name } of nodes) yield { ...NOBODY, node: name };
}

/** Bad usage, with the nearest name for each. */
export function nobodyKnows(names: readonly DoubtfulName[], topology: Topology | null): OverlensError {
  const errors = names.map(({ kind, value, negated }) =>
    usageError(`${negated ? '--not ' : ''}${OPTIONS[kind]} ${value}: ${UNKNOWN[kind]}`, hintFor(kind, value, topology)),
  );
  return joinErrors(errors as [OverlensError, ...OverlensError[]]);
}

const NO_POD = 'no pod of that name, neither in the snapshot nor in the captures';
const UNKNOWN: Readonly<Record<Kind, string>> = {
  pod: NO_POD,
  fromPod: NO_POD,
  toPod: NO_POD,
  namespace: 'no such namespace, neither in the snapshot nor in the captures',
  label: 'no pod of the snapshot has these labels',
  node: 'no such node, neither in the snapshot nor in the captures',
};

function hintFor(kind: Kind, value: string, topology: Topology | null): string {
  if (topology === null) return 'names need a snapshot: -t SNAPSHOT';
  if (kind === 'label') return labelHint(value, topology);
  if (kind === 'node') {
    const names = topology.nodes.map(({ name }) => name);
    return suggestion(value, [...names, ...names.map((name) => name.split('.')[0] ?? name)], 'nodes', names);
  }
  if (kind === 'namespace') {
    const names = new Set([...endsOf(topology)].flatMap(({ namespace }) => namespace ?? []));
    return suggestion(value, [...names], 'namespaces', [...names].sort());
  }
  const prefixes = new Set(topology.pods.flatMap(({ namespace, name }) => prefixesOf(value, namespace, name)));
  const names = [...new Set(topology.pods.map(({ namespace, name }) => `${namespace}/${name}`))];
  return suggestion(value, prefixes, 'pods', names);
}

/** Names of pods are long and end in letters that nobody types: what the user meant is the beginning of one. */
function prefixesOf(value: string, namespace: string, name: string): string[] {
  const parts = name.split('-');
  const beginnings = parts.map((_, i) => parts.slice(0, i + 1).join('-'));
  return value.includes('/') ? beginnings.map((text) => `${namespace}/${text}`) : beginnings;
}

const NAMED = 8;

function suggestion(value: string, choices: Iterable<string>, what: string, all: readonly string[]): string {
  const near = nearest(value, choices);
  if (all.length === 0) return `the snapshot has no ${what}: overlens snapshot prints how to add them`;
  if (near !== null && all.length > NAMED) return `did you mean ${near}? overlens topology lists the ${what}`;
  const more = all.length > NAMED ? `, and ${all.length - NAMED} more: overlens topology lists them` : '';
  const listed = `The ${what} are ${all.slice(0, NAMED).join(', ')}${more}`;
  return near === null ? listed : `did you mean ${near}? ${listed}`;
}

function labelHint(value: string, { pods }: Topology): string {
  const labels = new Set(
    pods.flatMap((pod) => Object.entries(pod.labels ?? {}).map(([key, text]) => `${key}=${text}`)),
  );
  if (labels.size === 0) return 'the snapshot has no labels: kubectl get pods -A -o yaml has them';
  return suggestion(value, labels, 'labels', [...labels].sort());
}
