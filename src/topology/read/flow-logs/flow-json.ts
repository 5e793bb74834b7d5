// Records of flows in JSON: what the log's server answers, and the longer records that are shipped to a log store.
import type { PolicyHit } from '../../policies/policy-verdict.ts';
import { type Located, listAt, textAt, textsAt, valueAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';
import {
  actionOf,
  addRecord,
  endOf,
  hitOf,
  namespaceOf,
  portOf,
  protocolOf,
  reporterOf,
  secondsOf,
} from './logged-values.ts';

/** No other object of a snapshot has even two of these. */
const KEYS = ['source_name', 'dest_name', 'source_namespace', 'dest_namespace', 'reporter', 'action'];
const ENOUGH = 3;
/** Triggers of triggers are not followed further. */
const DEEPEST = 4;

/** Reads one object; false when it is no record of a flow. */
export function readFlowRecord(object: Located, facts: Facts): boolean {
  const { value } = object;
  if (KEYS.filter((key) => valueAt(value, key) !== undefined).length < ENOUGH) return false;
  addRecord(
    {
      start: secondsOf(textAt(value, 'start_time')),
      end: secondsOf(textAt(value, 'end_time')),
      action: actionOf(textAt(value, 'action')),
      reporter: reporterOf(textAt(value, 'reporter')),
      src: endAt(value, 'source'),
      dst: endAt(value, 'dest'),
      service: serviceAt(value),
      protocol: protocolOf(textAt(value, 'protocol') ?? textAt(value, 'proto')),
      port: portOf(textAt(value, 'dest_port')),
      enforced: hitsAt(value),
      ref: object.ref(),
    },
    facts,
  );
  return true;
}

/** Where pods were added up their own name is `-`, and the name that they share stands beside it. */
function endAt(value: unknown, side: 'source' | 'dest'): ReturnType<typeof endOf> {
  const name = namespaceOf(textAt(value, `${side}_name`)) ?? textAt(value, `${side}_name_aggr`);
  return endOf(textAt(value, `${side}_type`), textAt(value, `${side}_namespace`), name);
}

function serviceAt(value: unknown): { namespace: string; name: string; port: number | null } | null {
  const namespace = namespaceOf(textAt(value, 'dest_service_namespace'));
  const name = namespaceOf(textAt(value, 'dest_service_name'));
  if (namespace === null || name === null) return null;
  return {
    namespace,
    name,
    port: portOf(textAt(value, 'dest_service_port_num') ?? textAt(value, 'dest_service_port')),
  };
}

function hitsAt(value: unknown): PolicyHit[] {
  const objects = listAt(value, 'policies', 'enforced').map((hit) => hitFrom(hit, 0));
  const texts = [...textsAt(value, 'policies', 'enforced_policies'), ...textsAt(value, 'policies', 'all_policies')];
  return [...objects, ...texts.map(hitOfText)].filter((hit) => hit !== null);
}

function hitFrom(hit: unknown, depth: number): PolicyHit | null {
  if (typeof hit !== 'object' || hit === null || depth > DEEPEST) return null;
  return hitOf((name) => textAt(hit, name), hitFrom(valueAt(hit, 'trigger'), depth + 1));
}

/** `0|default|shop/default.deny-all|deny|0`: place, tier, policy, action, rule. */
function hitOfText(text: string): PolicyHit | null {
  const [, tier = '', policy = '', action = ''] = text.split('|');
  if (policy === '') return null;
  const [, namespace = null, written = policy] = /^([^/]+)\/(.+)$/.exec(policy) ?? [];
  const staged = written.includes('staged:');
  const kubernetes = /knp\./.test(written);
  const plain = written.replace('staged:', '').replace(/^knp\./, '');
  const name = plain.startsWith(`${tier}.`) ? plain.slice(tier.length + 1) : plain;
  const kind = kubernetes ? 'NetworkPolicy' : namespace === null ? 'GlobalNetworkPolicy' : 'CalicoNetworkPolicy';
  const fields = { kind: policy.startsWith('__PROFILE__') ? 'Profile' : kind, namespace, name, tier, action };
  return hitOf((field) => (field === 'kind' && staged ? `Staged${kind}` : fields[field]), null);
}
