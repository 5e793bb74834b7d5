// What programs that know processes and pods write into the comments of a packet: whose its ends are. One file per writer's form; what is
// no form of theirs, or no name that Kubernetes allows, says nothing.

/** The end of a packet's flow. `initiator`, `responder`: of its connection, whichever way this packet goes. */
export type NamedSide = 'source' | 'destination' | 'initiator' | 'responder';

/** A pod, with its node where that is said; or a node alone. */
export interface EndName {
  side: NamedSide;
  namespace: string | null;
  pod: string | null;
  node: string | null;
  /** The address that it is said of; null where that is the packet's own. */
  address: string | null;
  /** `ptcpdump`: for people. */
  writer: string;
}

/** A packet's comments, and which way it went as its block says. */
export interface CommentedPacket {
  comments: readonly string[];
  /** Null where the block does not say. */
  direction: 'inbound' | 'outbound' | null;
}

/** Names of objects (RFC 1123 subdomain, 253 characters) and of namespaces (RFC 1123 label, 63). */
const OBJECT = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The pod by that name; null where it is no name that a pod may have. */
export function podOf(
  namespace: string | undefined,
  name: string | undefined,
): { namespace: string; pod: string } | null {
  if (namespace === undefined || name === undefined) return null;
  return NAMESPACE.test(namespace) && OBJECT.test(name) ? { namespace, pod: name } : null;
}

/** A node's name; null for what can be none. */
export function nodeOf(name: string | undefined): string | null {
  return name !== undefined && OBJECT.test(name) ? name : null;
}

/** `key: value`, a line each; of one key that is there twice nothing is known. */
export function fieldsOf(lines: readonly string[], separator: string): Map<string, string> {
  const fields = new Map<string, string>();
  const twice = new Set<string>();
  for (const line of lines) {
    const at = line.indexOf(separator);
    if (at <= 0) continue;
    const key = line.slice(0, at).trim();
    if (fields.has(key)) twice.add(key);
    fields.set(key, line.slice(at + separator.length).trim());
  }
  for (const key of twice) fields.delete(key);
  return fields;
}
