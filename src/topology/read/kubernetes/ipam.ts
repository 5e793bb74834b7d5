// Calico's IPAM objects: IPAMBlock (blocks, their affinity and every assigned address) and BlockAffinity. What the fields
// mean, and which to trust: calico-facts 7.1-7.3.
import { tunnelOfAllocation, tunnelOfHandle } from '../../../cluster/calico/annotations.ts';
import { bitsOf, formatCidr, networkOf, parseCidr } from '../../../net/cidr.ts';
import { formatIp } from '../../../net/ip.ts';
import { flagAt, type Located, listAt, textAt, valueAt } from '../located.ts';
import { type AllocationFact, addIssue, type Facts } from '../stated-facts.ts';

/** Reads one BlockAffinity into `facts.blocks`: only confirmed ones of hosts, not deleted. Its name is never parsed. */
export function readBlockAffinity(object: Located, facts: Facts): void {
  const cidr = readCidr(object, facts);
  const node = textAt(object.value, 'spec', 'node');
  if (cidr === null || node === null || flagAt(object.value, 'spec', 'deleted') === true) return;
  if (
    textAt(object.value, 'spec', 'state') !== 'confirmed' ||
    (textAt(object.value, 'spec', 'type') ?? 'host') !== 'host'
  )
    return;
  facts.blocks.push({ cidr, node, source: 'BlockAffinity', content: node, ref: object.ref(['spec', 'cidr']) });
}

/** Reads one IPAMBlock into `facts.blocks` and its assigned addresses into `facts.allocations`. */
export function readIPAMBlock(object: Located, facts: Facts): void {
  const cidr = readCidr(object, facts);
  if (cidr === null || flagAt(object.value, 'spec', 'deleted') === true) return;
  const affinity = textAt(object.value, 'spec', 'affinity') ?? textAt(object.value, 'spec', 'hostAffinity');
  const host = affinity === null || affinity === '' ? null : affinity.startsWith('host:') ? affinity.slice(5) : null;
  // `hostAffinity` of very old versions is a bare node name; `virtual:` blocks belong to no node.
  const node = host ?? (affinity !== null && affinity !== '' && !affinity.includes(':') ? affinity : null);
  const allocations = listAt(object.value, 'spec', 'allocations');
  const content = JSON.stringify([affinity, allocations]);
  facts.blocks.push({ cidr, node, source: 'IPAMBlock', content, ref: object.ref(['spec', 'cidr']) });
  readAllocations(object, { cidr, node }, facts);
}

function readAllocations(object: Located, block: { cidr: string; node: string | null }, facts: Facts): void {
  const range = parseCidr(block.cidr);
  if (range === null) return;
  const size = 2n ** BigInt(bitsOf(range.family) - range.prefixLength);
  const places = object.elementRefs(['spec', 'attributes']);
  for (const [ordinal, index] of listAt(object.value, 'spec', 'allocations').entries()) {
    if (typeof index !== 'number' || BigInt(ordinal) >= size) continue;
    const attributes = valueAt(object.value, 'spec', 'attributes', index);
    // In its cooldown an address is still listed, but is nobody's.
    if (attributes === undefined || valueAt(attributes, 'releasedAt') != null) continue;
    const address = formatIp({ family: range.family, value: range.value + BigInt(ordinal) });
    const ref = places[index] ?? object.ref();
    facts.allocations.push({ ...readAttributes(attributes), address, block: block.cidr, affinity: block.node, ref });
  }
}

function readAttributes(attributes: unknown): Pick<AllocationFact, 'node' | 'namespace' | 'pod' | 'tunnelKind'> {
  const secondary = (field: string): string | null => textAt(attributes, 'secondary', field);
  const fromHandle = tunnelOfHandle(textAt(attributes, 'handle_id') ?? '');
  return {
    node: secondary('node') ?? fromHandle?.node ?? null,
    namespace: secondary('namespace'),
    pod: secondary('pod'),
    tunnelKind: tunnelOfAllocation(secondary('type') ?? '') ?? fromHandle?.kind ?? null,
  };
}

function readCidr(object: Located, facts: Facts): string | null {
  const written = textAt(object.value, 'spec', 'cidr');
  const cidr = written === null ? null : parseCidr(written);
  if (cidr !== null) return formatCidr(networkOf(cidr));
  const ref = object.ref(['spec', 'cidr']);
  const kind = textAt(object.value, 'kind') ?? 'block';
  if (written === null)
    addIssue(facts, 'incomplete-object', 'warning', `this ${kind} has no spec.cidr: not used`, { refs: [ref] });
  else
    facts.problems.push({ ref, message: `cidr of this ${kind} is "${written}", expected a block like 10.48.0.128/26` });
  return null;
}
