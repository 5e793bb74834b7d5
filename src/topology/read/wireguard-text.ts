// `wg show` as text (wg(8)): an interface with its own key, and its peers with theirs, each behind the address of its node.
import { PROFILES, tunnelKindOfDevice } from '../../cluster/profiles.ts';
import { canonicalIp } from '../../net/ip.ts';
import type { Sourced, SourceRef } from '../model.ts';
import { emptyNodeFact, type Facts, statementOf, type TextFact } from './stated-facts.ts';

export interface WireguardReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
}

const LINE =
  /^( {0,4})(interface|peer|public key|private key|preshared key|listening port|fwmark|endpoint|allowed ips|latest handshake|transfer|persistent keepalive): (.*)$/;
/** A Curve25519 public key: 32 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;

/** Reads it into the text of the node it was taken on, and into the nodes behind its peers. Devices of no CNI's are known, and used for nothing. */
export function createWireguardReader(text: TextFact, facts: Facts): WireguardReader {
  let device: string | null = null;
  let peer: Sourced<string> | null = null;
  return {
    read(line, ref) {
      const [, , name, value = ''] = LINE.exec(line) ?? [];
      if (name === undefined || (device === null && name !== 'interface')) return false;
      const kind = tunnelKindOfDevice(name === 'interface' ? value : (device ?? ''));
      const isOurs = kind === 'wireguard' || kind === 'wireguard-v6';
      if (name === 'interface') [device, peer] = [value, null];
      else if (name === 'peer') peer = isOurs && KEY.test(value) ? { value, ref } : null;
      else if (name === 'public key' && peer === null && isOurs && KEY.test(value))
        text.wireguard = { kind, key: { value, ref } };
      else if (name === 'endpoint' && peer !== null && isOurs) addPeer(peer, value, kind, facts);
      return true;
    },
  };
}

function addPeer(key: Sourced<string>, endpoint: string, kind: string, facts: Facts): void {
  const address = canonicalIp(endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, ''));
  if (address === null) return;
  const fact = emptyNodeFact(null, 'mention', key.ref);
  fact.addresses = [{ address, prefixLength: null, source: 'WireGuard endpoint', ref: key.ref }];
  for (const { name, nodeFields } of PROFILES) {
    if (!nodeFields.some(({ states }) => states === 'key')) continue;
    statementOf(fact, name)[kind === 'wireguard' ? 'wireguardKey' : 'wireguardKeyV6'] = key;
  }
  facts.nodes.push(fact);
}
