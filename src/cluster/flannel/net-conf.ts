// net-conf.json, the configuration that flanneld reads from a ConfigMap (kube-flannel-cfg, canal-config, RKE2's; k3s has none):
// flannel's pkg/subnet/config.go and pkg/backend/vxlan. Go reads its keys in any case.
import { parseBoundedJson } from '../../net/bounded-json.ts';
import type { StatedNetwork } from '../profile.ts';

/** The key of the ConfigMap's data. */
export const NET_CONF = 'net-conf.json';

/** What the data of a ConfigMap states; null when it is none of flannel's, a text when it is and cannot be read. */
export function readNetConf(data: Readonly<Record<string, unknown>>): StatedNetwork | string | null {
  const text = data[NET_CONF];
  if (typeof text !== 'string') return null;
  const config = objectOf(parse(text));
  if (config === null) return `${NET_CONF} is no JSON object`;
  const v4 = config.get('enableipv4') === false ? undefined : config.get('network');
  const v6 = config.get('enableipv6') === true ? config.get('ipv6network') : undefined;
  const cidrs = [v4, v6].filter((cidr) => typeof cidr === 'string' && cidr !== '');
  if (cidrs.length === 0) return `${NET_CONF} names no Network`;
  const backend = objectOf(config.get('backend')) ?? new Map();
  const type = backend.get('type');
  return {
    cidrs: cidrs.map(String),
    // flanneld's own default, which nobody wants
    backend: typeof type === 'string' && type !== '' ? type : 'udp',
    direct: backend.get('directrouting') === true,
    vni: numberOf(backend.get('vni')),
    port: numberOf(backend.get('port')),
    place: NET_CONF,
    text: JSON.stringify(withOnly(parse(text), READ)),
  };
}

/** What is read of it, in lower case; of Backend its own. */
const READ = ['enableipv4', 'enableipv6', 'network', 'ipv6network', 'backend'];
const READ_OF_BACKEND = ['type', 'directrouting', 'vni', 'port'];

function withOnly(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => keys.includes(key.toLowerCase()));
  return Object.fromEntries(
    kept.map(([key, member]) => [key, key.toLowerCase() === 'backend' ? withOnly(member, READ_OF_BACKEND) : member]),
  );
}

function parse(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return null;
  }
}

/** Its members by their names in lower case. */
function objectOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return new Map(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}

/** 0 means the default. */
function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}
