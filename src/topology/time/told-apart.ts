// Whether two parts of what was given are of one snapshot or of two: of two where both state the same object otherwise, or where one has
// all of a kind and misses some. A table and an object state different columns: they are not compared.
import type { Facts } from '../read/stated-facts.ts';

/** What one part states, to be held against another's. */
interface Stated {
  /** By what it is of (`IPPool default`): its fields; null where a field is not stated. */
  things: Map<string, readonly (string | null)[]>;
  /** Kinds, and namespaces of pods, of which it has all: the names of what there is. */
  whole: Map<string, Set<string>>;
}

/** What both state otherwise, each once: `IPPool default`, `pod shop/web`; empty where they may be of one snapshot. */
export function differences(one: Facts, other: Facts): string[] {
  const [mine, theirs] = [statedBy(one), statedBy(other)];
  const found = new Set<string>();
  for (const [thing, fields] of mine.things) {
    const again = theirs.things.get(thing);
    if (again?.some((field, i) => field !== null && fields[i] != null && field !== fields[i])) found.add(thing);
  }
  for (const [kind, names] of mine.whole) {
    const others = theirs.whole.get(kind);
    if (others === undefined) continue;
    for (const name of names) if (!others.has(name)) found.add(name);
    for (const name of others) if (!names.has(name)) found.add(name);
  }
  return [...found].map((thing) => thing.replace(/^\w+: /, ''));
}

/** Keys begin with how it is stated, where that decides what is comparable. */
function statedBy(facts: Facts): Stated {
  const things: Stated['things'] = new Map();
  const whole: Stated['whole'] = new Map();
  const add = (kind: string | null, thing: string, fields: readonly (string | null)[]): void => {
    if (!things.has(thing)) things.set(thing, fields);
    if (kind === null) return;
    const names = whole.get(kind) ?? new Set();
    whole.set(kind, names.add(thing));
  };
  for (const { name, cidr, blockSize, ipipMode, vxlanMode, disabled, source } of facts.pools) {
    if (source === 'installation') continue;
    const isObject = source === 'object';
    const modes = [ipipMode, vxlanMode].map((mode) => mode?.value ?? (isObject ? 'Never' : null));
    // what an object does not state is the default
    const byDefault = isObject ? (cidr.value.includes(':') ? 122 : 26) : null;
    const size = blockSize?.value ?? byDefault;
    add(facts.poolsComplete ? 'pools' : null, `IPPool ${name ?? cidr.value}`, [
      ...[cidr.value, size === null ? null : String(size), ...modes],
      ...(isObject ? [String(disabled ?? false)] : [null]),
    ]);
  }
  for (const { name, addresses, stated, source } of facts.nodes) {
    if (name === null || source === 'mention') continue;
    const fields = [addresses.map(({ address }) => address).toSorted(), Object.entries(stated).map(statementText)];
    add(facts.nodesComplete ? 'nodes' : null, `${source}: Node ${name}`, [JSON.stringify(fields)]);
  }
  for (const { namespace, name, nodeName, addresses, finished, source } of facts.pods) {
    const isListed = source === 'Pod' || source === 'pod table';
    add(isListed ? `pods ${namespace} ${source}` : null, `${source.replace(' ', '_')}: pod ${namespace}/${name}`, [
      nodeName,
      addresses.length === 0 ? null : addresses.toSorted().join(),
      String(finished),
    ]);
  }
  for (const { cidr, node, source } of facts.blocks) add(null, `${source}: block ${cidr}`, [node]);
  for (const { name, scope, values } of facts.felix)
    add(null, `FelixConfiguration ${name || scope}`, [JSON.stringify(plainValues(values))]);
  for (const { cni, cidrs, backend, direct, vni, port } of facts.networks)
    add(null, `${cni}'s network`, [JSON.stringify([cidrs, backend, direct, vni, port])]);
  return { things, whole };
}

function plainValues(values: object): [string, unknown][] {
  return Object.entries(values).map(([name, one]) => [name, (one as { value: unknown } | null)?.value ?? null]);
}

function statementText([cni, stated]: [string, NonNullable<Facts['nodes'][number]['stated']['calico']>]): unknown {
  const { bgpIPv4, bgpIPv6, tunnels, vtepMac, vtepMacV6, wireguardKey, wireguardKeyV6 } = stated;
  return [
    cni,
    [bgpIPv4, bgpIPv6].map((one) => (one === null ? null : `${one.address}/${one.prefixLength}`)),
    Object.entries(tunnels).map(([kind, one]) => `${kind} ${one.value}`),
    [vtepMac, vtepMacV6, wireguardKey, wireguardKeyV6].map((one) => one?.value ?? null),
  ];
}
