// IPPool objects: v3 of the API, v1 of what is stored, the client's old v1 ipPool, and the pools of an operator
// Installation. Rules and defaults: calico-facts 2.1. A wrong CIDR, blockSize or mode is an error of the snapshot.
import { formatCidr, hasHostBits, networkOf, parseCidr } from '../../../net/cidr.ts';
import type { PoolMode, Sourced } from '../../model.ts';
import { flagAt, type Located, locatedAt, type Path, textAt, textsAt, valueAt, writtenText } from '../located.ts';
import { addIssue, type Facts, type PoolFact } from '../stated-facts.ts';

const MODES: readonly PoolMode[] = ['Never', 'Always', 'CrossSubnet'];
const USES = ['Workload', 'Tunnel', 'LoadBalancer'] as const;
/** `ipip.mode` of the old v1 (calico-facts 2.1, legacy). */
const V1_MODES: Readonly<Record<string, PoolMode>> = { always: 'Always', 'cross-subnet': 'CrossSubnet' };
/** Operator API: encapsulation to (ipipMode, vxlanMode). */
const ENCAPSULATIONS: Readonly<Record<string, readonly [PoolMode, PoolMode]>> = {
  IPIP: ['Always', 'Never'],
  IPIPCrossSubnet: ['CrossSubnet', 'Never'],
  VXLAN: ['Never', 'Always'],
  VXLANCrossSubnet: ['Never', 'CrossSubnet'],
  None: ['Never', 'Never'],
};

/** Reads one IPPool object into `facts.pools`; what is wrong with it into `facts.problems`. */
export function readIPPool(object: Located, facts: Facts): void {
  const name = textAt(object.value, 'metadata', 'name');
  const cidr = readCidr(
    object,
    [
      ['spec', 'cidr'],
      ['metadata', 'cidr'],
    ],
    name,
    facts,
  );
  // Everything is read before a wrong CIDR ends it, so that all problems of the pool are told at once.
  const rest = {
    blockSize: readBlockSize(object, ['spec', 'blockSize'], cidr?.value ?? null, facts),
    ipipMode: readMode(object, 'ipipMode', facts) ?? readV1Mode(object),
    vxlanMode: readMode(object, 'vxlanMode', facts),
    natOutgoing: flagAt(object.value, 'spec', 'natOutgoing') ?? flagAt(object.value, 'spec', 'nat-outgoing'),
    disabled: flagAt(object.value, 'spec', 'disabled'),
    nodeSelector: textAt(object.value, 'spec', 'nodeSelector'),
    allowedUses: readUses(object, ['spec', 'allowedUses'], facts),
  };
  if (cidr !== null) facts.pools.push({ name, cidr, ...rest, source: 'object', ref: object.ref() });
}

/** Reads `spec.calicoNetwork.ipPools` of an operator Installation (or what it computed): what is asked for, not what is. */
export function readInstallation(object: Located, facts: Facts): void {
  const places: Path[] = [
    ['spec', 'calicoNetwork', 'ipPools'],
    ['status', 'computed', 'calicoNetwork', 'ipPools'],
  ];
  const place = places.find((path) => Array.isArray(valueAt(object.value, ...path)));
  if (place === undefined) return;
  const count = (valueAt(object.value, ...place) as unknown[]).length;
  for (let i = 0; i < count; i++) readOperatorPool(locatedAt(object, ...place, i), facts);
}

function readOperatorPool(pool: Located, facts: Facts): void {
  const name = textAt(pool.value, 'name');
  const cidr = readCidr(pool, [['cidr']], name, facts);
  const written = textAt(pool.value, 'encapsulation');
  const ref = pool.ref(['encapsulation']);
  const modes = written !== null && Object.hasOwn(ENCAPSULATIONS, written) ? ENCAPSULATIONS[written] : undefined;
  if (written !== null && modes === undefined) {
    const expected = Object.keys(ENCAPSULATIONS).join(', ');
    facts.problems.push({ ref, message: `encapsulation is "${written}", expected one of ${expected}` });
  }
  const nat = textAt(pool.value, 'natOutgoing');
  const rest = {
    blockSize: readBlockSize(pool, ['blockSize'], cidr?.value ?? null, facts),
    ipipMode: modes === undefined ? null : { value: modes[0], ref },
    vxlanMode: modes === undefined ? null : { value: modes[1], ref },
    natOutgoing: nat === null ? null : nat === 'Enabled' || nat === 'true',
    disabled: null,
    nodeSelector: textAt(pool.value, 'nodeSelector'),
    allowedUses: readUses(pool, ['allowedUses'], facts),
  };
  if (cidr !== null) facts.pools.push({ name, cidr, ...rest, source: 'installation', ref: pool.ref() });
}

function readCidr(object: Located, paths: readonly Path[], name: string | null, facts: Facts): Sourced<string> | null {
  const path = paths.find((candidate) => valueAt(object.value, ...candidate) !== undefined) ?? paths[0] ?? [];
  const ref = object.ref(path);
  const written = textAt(object.value, ...path);
  const pool = name === null ? 'this pool' : `IPPool ${name}`;
  const cidr = written === null ? null : parseCidr(written);
  if (cidr === null || hasHostBits(cidr)) {
    const what = written === null ? `${pool} has no cidr` : `cidr of ${pool} is "${written}"`;
    const expected = cidr === null ? 'a network like 10.48.0.0/16' : `${formatCidr(networkOf(cidr))} (no host bits)`;
    facts.problems.push({ ref, message: `${what}, expected ${expected}` });
    return null;
  }
  return { value: formatCidr(cidr), ref };
}

function readBlockSize(object: Located, path: Path, cidr: string | null, facts: Facts): Sourced<number> | null {
  const written = valueAt(object.value, ...path);
  // 0 and absent mean the default.
  if (written === undefined || written === null || written === 0) return null;
  const ref = object.ref(path);
  const size = typeof written === 'string' && /^\d{1,3}$/.test(written) ? Number(written) : written;
  // Where the CIDR is wrong, the size tells the family.
  const v6 = cidr === null ? typeof size === 'number' && size > 32 : cidr.includes(':');
  const [low, high] = v6 ? [116, 128] : [20, 32];
  if (typeof size !== 'number' || !Number.isInteger(size) || size < low || size > high) {
    facts.problems.push({
      ref,
      message: `blockSize is ${writtenText(written)}, expected a number from ${low} to ${high}`,
    });
    return null;
  }
  const prefixLength = parseCidr(cidr ?? '')?.prefixLength ?? 0;
  if (cidr !== null && size < prefixLength) {
    // Calico gives no addresses from such a pool, but it still decides encapsulation (calico-facts 2.1).
    const message = `blockSize ${size} is larger than the pool ${cidr}: no address comes from it`;
    addIssue(facts, 'pool-smaller-than-block', 'warning', message, { refs: [ref], subjects: [cidr] });
    return { value: prefixLength, ref };
  }
  return { value: size, ref };
}

function readMode(object: Located, field: 'ipipMode' | 'vxlanMode', facts: Facts): Sourced<PoolMode> | null {
  const written = valueAt(object.value, 'spec', field);
  if (written === undefined || written === null) return null;
  const ref = object.ref(['spec', field]);
  const mode = poolMode(written);
  if (mode !== null) return { value: mode, ref };
  const shown = typeof written === 'string' ? written : writtenText(written);
  facts.problems.push({ ref, message: modeProblem(field, shown) });
  return null;
}

/** A mode as Calico writes it; the empty text is Never. Null when it is none: the enum is case-sensitive. */
export function poolMode(written: unknown): PoolMode | null {
  return written === '' ? 'Never' : (MODES.find((mode) => mode === written) ?? null);
}

/** What to say about a mode that is none. */
export function modeProblem(field: string, written: string): string {
  const meant = MODES.find((mode) => mode.toLowerCase() === written.toLowerCase().replaceAll(/[-_ ]/g, ''));
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return `${field} is "${written}", expected Never, Always or CrossSubnet${hint}`;
}

function readV1Mode(object: Located): Sourced<PoolMode> | null {
  if (flagAt(object.value, 'spec', 'ipip', 'enabled') !== true) return null;
  const mode = V1_MODES[textAt(object.value, 'spec', 'ipip', 'mode') ?? 'always'] ?? 'Always';
  return { value: mode, ref: object.ref(['spec', 'ipip']) };
}

function readUses(object: Located, path: Path, facts: Facts): PoolFact['allowedUses'] {
  const written = textsAt(object.value, ...path);
  const known = USES.filter((use) => written.includes(use));
  const unknown = written.filter((use) => !USES.some((known) => known === use));
  if (unknown.length > 0) {
    const message = `allowedUses names ${unknown.join(', ')}, which is not Workload, Tunnel or LoadBalancer: ignored`;
    addIssue(facts, 'unknown-value', 'warning', message, { refs: [object.ref(path)] });
  }
  return known.length === 0 ? null : known;
}
