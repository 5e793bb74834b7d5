// Rows of the IP headers: addresses and owners, TTL, length, fragments, DSCP and ECN, identification, header checksum.

import { knownName } from '../../attribution/who/end-name.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { Cell, Row } from '../explanation.ts';
import type { Scene, SideLayers } from '../packet-facts.ts';
import {
  type CellText,
  checksumCell,
  fieldCell,
  fieldOf,
  numberIn,
  plainCell,
  row,
  spanOf,
  textIn,
} from './field-cells.ts';
import { addressMeaning } from './link-rows.ts';
import { ttlMeaning } from './ttl-meaning.ts';

const IPV6_HEADER = 40;

export function networkRows(scene: Scene, sides: readonly SideLayers[]): Row[] {
  const inner = sides.find(({ side }) => side === 'inner');
  const each = (make: (side: SideLayers) => Cell | null): (Cell | null)[] => sides.map(make);
  return [
    ...row(
      'from IP',
      each((side) => addressCell(scene, side, 'src')),
    ),
    ...row(
      'to IP',
      each((side) => addressCell(scene, side, 'dst')),
    ),
    ...row(
      'TTL',
      each((side) => ttlCell(scene, side, inner)),
    ),
    ...row(
      'IP length',
      each((side) => lengthCell(side, inner)),
    ),
    ...row('MTU', mtuCells(scene, sides)),
    ...row(
      "don't fragment",
      each((side) => fragmentFlagCell(scene, side, inner)),
    ),
    ...row('fragment', each(fragmentCell)),
    ...row(
      'DSCP, ECN',
      each((side) => classCell(scene, side, inner)),
    ),
    ...row(
      'flow label',
      each(({ ip }) => fieldCell(ip, 'ipv6.flow', { meaning: null })),
    ),
    ...row(
      'IP id',
      each((side) => identificationCell(scene, side)),
    ),
    ...row(
      'IP checksum',
      each(({ ip }) => checksumCell(ip, 'ip.checksum')),
    ),
  ];
}

function prefixOf({ ip }: SideLayers): 'ip' | 'ipv6' {
  return ip?.protocol === 'ipv6' ? 'ipv6' : 'ip';
}

function addressCell(scene: Scene, side: SideLayers, end: 'src' | 'dst'): Cell | null {
  const name = `${prefixOf(side)}.${end}`;
  const address = textIn(side.ip, name);
  if (address === null) return null;
  if (side.side === 'outer') return outerAddressCell(scene, side, end, name, address);
  const known = scene.flow?.[end];
  const meaning = known?.ip === address ? knownName(known, 'meaning') : addressMeaning(scene, address);
  return fieldCell(side.ip, name, { meaning });
}

/** Of an outer address it matters whether it is the node that it should be. */
function outerAddressCell(
  { topology, outer, sender, receiver }: Scene,
  side: SideLayers,
  end: 'src' | 'dst',
  name: string,
  address: string,
): Cell | null {
  const node = end === 'src' ? outer.srcNode : outer.dstNode;
  const wanted = end === 'src' ? sender : receiver;
  if (topology === null) return fieldCell(side.ip, name, { meaning: null });
  if (node === null)
    return fieldCell(side.ip, name, {
      meaning: addressMeaning({ topology }, address) ?? "no node's address",
      look: 'notable',
    });
  const wrong = wanted !== null && wanted !== node && outer.vni !== EBPF_NODEPORT_VNI;
  const meaning = wrong ? `${node.name}, not ${wanted.name}` : node.name;
  return fieldCell(side.ip, name, { meaning, look: wrong ? 'wrong' : 'usual' });
}

function ttlCell(scene: Scene, side: SideLayers, inner: SideLayers | undefined): Cell | null {
  const name = prefixOf(side) === 'ipv6' ? 'ipv6.hlim' : 'ip.ttl';
  const ttl = numberIn(side.ip, name);
  if (ttl === null) return null;
  const innerTtl = inner === undefined ? null : (numberIn(inner.ip, 'ip.ttl') ?? numberIn(inner.ip, 'ipv6.hlim'));
  return fieldCell(side.ip, name, ttlMeaning(scene, side.side, ttl, innerTtl));
}

/** Length of the whole IP packet, header included, as its header says; null without one. */
export function ipLength({ ip }: Pick<SideLayers, 'ip'>): number | null {
  const plen = numberIn(ip, 'ipv6.plen');
  return plen === null ? numberIn(ip, 'ip.len') : plen + IPV6_HEADER;
}

function lengthCell(side: SideLayers, inner: SideLayers | undefined): Cell | null {
  const length = ipLength(side);
  if (length === null) return null;
  const name = prefixOf(side) === 'ipv6' ? 'ipv6.plen' : 'ip.len';
  const inside = inner === undefined || side.side !== 'outer' ? null : ipLength(inner);
  const fragmented = (numberIn(side.ip, 'ip.flags.mf') ?? 0) === 1 || (numberIn(side.ip, 'ip.frag_offset') ?? 0) > 0;
  const sum = inside === null || length <= inside ? null : `= ${inside} + ${length - inside}`;
  return fieldCell(side.ip, name, { value: String(length), meaning: fragmented ? 'of this fragment' : sum });
}

/** MTU of the devices this side passes on its sender, if the snapshot has them. */
function mtuCells(scene: Scene, sides: readonly SideLayers[]): (Cell | null)[] {
  const node = scene.outer.srcNode ?? scene.sender;
  const tunnel = node?.links.find((link) => link.vxlan !== null);
  const under = node?.links.find((link) => link.name === tunnel?.vxlan?.dev);
  const isVxlan = scene.walked.encapsulation === 'vxlan';
  return sides.map(({ side, ip }) => {
    if (ip === null) return null;
    if (side === 'only') return deviceMtu(scene);
    if (!isVxlan || tunnel?.mtu == null || under?.mtu == null) return null;
    if (side === 'outer') return plainCell(String(under.mtu), `${under.name} of ${node?.name}`);
    const less = under.mtu - tunnel.mtu;
    return plainCell(String(tunnel.mtu), `${tunnel.name}: ${less} less than ${under.name}`);
  });
}

function deviceMtu({ place, topology, trace }: Scene): Cell | null {
  if (place.interface === null || place.node === null || trace.captures.length === 0) return null;
  const mtu = topology?.nodeByName(place.node)?.links.find((link) => link.name === place.interface)?.mtu;
  return mtu == null ? null : plainCell(String(mtu), `of ${place.interface}`);
}

function fragmentFlagCell({ walked, outer }: Scene, { ip, side }: SideLayers, inner?: SideLayers): Cell | null {
  const set = numberIn(ip, 'ip.flags.df');
  if (set === null) return null;
  return fieldCell(ip, 'ip.flags.df', dontFragment(set === 1, side, walked.encapsulation, outer.vni, inner));
}

function dontFragment(set: boolean, side: string, tunnel: string, vni: number | null, inner?: SideLayers): CellText {
  if (side !== 'outer')
    return { meaning: set ? 'routers must not cut it: they answer with ICMP' : 'routers may cut it' };
  if (vni === EBPF_NODEPORT_VNI) return { meaning: 'copied from inside (eBPF NodePort)' };
  if (tunnel === 'ipip') return { meaning: 'follows the inner one, as IP-in-IP does' };
  if (tunnel === 'vxlan' && set) return { meaning: "unusual: Calico's VXLAN device does not set it", look: 'notable' };
  const innerSet = numberIn(inner?.ip ?? null, 'ip.flags.df') === 1;
  return {
    meaning: set ? null : innerSet ? 'not copied from inside: the underlay may cut it' : 'the underlay may cut it',
  };
}

function fragmentCell({ ip, fragment }: SideLayers): Cell | null {
  const layer = fragment ?? ip;
  const [offsetName, moreName] =
    fragment === null ? ['ip.frag_offset', 'ip.flags.mf'] : ['ipv6.fraghdr.offset', 'ipv6.fraghdr.more'];
  const offset = (numberIn(layer, offsetName) ?? 0) * 8;
  const more = numberIn(layer, moreName) === 1;
  const field = fieldOf(layer, offsetName);
  if (layer === null || field === null || (offset === 0 && !more)) return null;
  const value = offset === 0 ? 'the first' : `from byte ${offset}`;
  return {
    ...plainCell(value, more ? 'more follow' : 'the last one', 'notable', spanOf(layer, field)),
    field: offsetName,
  };
}

function classCell({ walked }: Scene, side: SideLayers, inner: SideLayers | undefined): Cell | null {
  const isV6 = prefixOf(side) === 'ipv6';
  const [dscpName, ecnName, whole] = isV6
    ? ['ipv6.tclass.dscp', 'ipv6.tclass.ecn', 'ipv6.tclass']
    : ['ip.dsfield.dscp', 'ip.dsfield.ecn', 'ip.dsfield'];
  const [dscp, ecn] = [fieldOf(side.ip, dscpName), fieldOf(side.ip, ecnName)];
  if (dscp === null || ecn === null) return null;
  const words = `${dscp.meaning ?? 'no name'}, ${ecn.meaning ?? ''}`;
  const congested = ecn.value === 3;
  const base: CellText = { value: `${dscp.text}, ${ecn.text}`, meaning: words, look: congested ? 'notable' : 'usual' };
  const innerDscp = numberIn(inner?.ip ?? null, 'ip.dsfield.dscp') ?? 0;
  const differs = side.side === 'outer' && walked.encapsulation === 'vxlan' && innerDscp !== 0 && dscp.value === 0;
  return fieldCell(
    side.ip,
    whole,
    differs ? { ...base, meaning: `${words}: DSCP is not copied, ECN is`, look: 'notable' } : base,
  );
}

function identificationCell({ walked, outer }: Scene, { ip, side }: SideLayers): Cell | null {
  const id = numberIn(ip, 'ip.id');
  if (id === null) return null;
  if (side === 'outer' && outer.vni === EBPF_NODEPORT_VNI)
    return fieldCell(ip, 'ip.id', { meaning: 'copied from inside (eBPF NodePort)' });
  if (side === 'outer' && walked.encapsulation === 'vxlan')
    return fieldCell(ip, 'ip.id', { meaning: 'has nothing to do with the inner one' });
  const free = id === 0 && numberIn(ip, 'ip.flags.df') === 1;
  return fieldCell(ip, 'ip.id', { meaning: free ? 'not needed: it is never cut' : null });
}
