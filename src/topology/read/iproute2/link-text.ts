// `ip -d link`, `ip addr` and their one-line (`-o`) and brief (`-br`) forms as text: a device's first line, then indented lines
// about it (ip-link(8), ip-address(8); calico-facts 9.2).
import { parseCidrOrIp } from '../../../net/cidr.ts';
import { canonicalIp, formatIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import type { NodeLink, SourceRef } from '../../model.ts';
import { numberAfter, wordAfter, wordsOf } from './words.ts';

/** A link while its lines are read. */
export type OpenLink = { -readonly [Key in keyof NodeLink]: NodeLink[Key] };

export type LinkLine = { link: OpenLink; showsLink: boolean; showsAddress: boolean };

/** Device kinds as `ip -d link` begins their line with. */
const KINDS = new Set(
  'vxlan veth bridge ipip ip6tnl gre gretap ip6gre wireguard bond vlan dummy tun macvlan ipvlan geneve vrf sit netkit ifb team xfrm vti nlmon'.split(
    ' ',
  ),
);

/** Reads a device's first line, the whole of it in one-line form; null when it is none. */
export function readLinkHeader(line: string, ref: SourceRef): LinkLine | null {
  const [head = '', ...rest] = line.split('\\');
  const full = /^(\d{1,10}): ([^\s:@]+(?:@[^\s:]+)?): <([^>]*)>(.*)$/.exec(head);
  if (full !== null) {
    const flags = (full[3] ?? '').split(',');
    const link = linkOf(Number(full[1]), full[2] ?? '', flags.includes('UP'), ref);
    const words = wordsOf(full[4] ?? '');
    link.mtu = numberAfter(words, 'mtu');
    // Both print the group, only `ip link` the link's mode.
    link.addressed = words.includes('group') && !words.includes('mode');
    let showsAddress = false;
    for (const part of rest) if (readLinkDetail(part, link) === 'address') showsAddress = true;
    return { link, showsLink: true, showsAddress };
  }
  const oneAddress = /^(\d{1,10}): (\S+)\s+(inet6? .*)$/.exec(head);
  if (oneAddress === null) return readBrief(line, ref);
  const link = linkOf(Number(oneAddress[1]), (oneAddress[2] ?? '').replace(/:$/, ''), true, ref);
  return readLinkDetail(oneAddress[3] ?? '', link) === 'address'
    ? { link, showsLink: false, showsAddress: true }
    : null;
}

/** `    inet 10.0.1.20/24 brd 10.0.1.255 scope global ens5`, which grep left of `ip addr`: the label at its end names the device. */
export function readLoneAddress(line: string, ref: SourceRef): LinkLine | null {
  const words = wordsOf(line);
  const [first = '', written = ''] = words;
  const [label = ''] = (words.at(-1) ?? '').split(':');
  const scope = words.indexOf('scope');
  if (first !== 'inet' || !written.includes('/') || scope < 2 || words.length < scope + 3) return null;
  const link = emptyLink(0, label, true, ref);
  readLinkDetail(line, link);
  return link.addresses.length === 0 ? null : { link, showsLink: false, showsAddress: false };
}

/** Reads one of the indented lines below a device's first line into it. */
export function readLinkDetail(line: string, link: OpenLink): 'address' | 'link' {
  const words = wordsOf(line);
  const [first = '', second = ''] = words;
  if (first === 'inet' || first === 'inet6') {
    const cidr = parseCidrOrIp(second);
    link.addressed = true;
    if (cidr !== null)
      link.addresses = [...link.addresses, { address: formatIp(cidr), prefixLength: cidr.prefixLength }];
    return 'address';
  }
  if (first.startsWith('link/')) {
    link.mac = canonicalMac(second);
    if (first === 'link/ipip') link.kind = 'ipip';
  } else if (KINDS.has(first)) {
    link.kind = first;
    if (first === 'vxlan') link.vxlan = readVxlan(words);
  }
  return 'link';
}

function readVxlan(words: readonly string[]): NodeLink['vxlan'] {
  return {
    id: numberAfter(words, 'id'),
    local: canonicalIp(wordAfter(words, 'local') ?? ''),
    dev: wordAfter(words, 'dev'),
    dstport: numberAfter(words, 'dstport'),
    external: words.includes('external'),
    learning: !words.includes('nolearning'),
  };
}

/** `ens5  UP  02:79:d5:90:06:0b <BROADCAST,UP>` and `ens5  UP  10.0.1.20/24 fe80::1/64`; `-br` shows no ifindex. */
function readBrief(line: string, ref: SourceRef): LinkLine | null {
  const match = /^(\S+)\s+(UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT|NOTPRESENT)(?:\s+(\S.*))?$/.exec(line.trim());
  if (match === null || match[3] === undefined) return null;
  const link = linkOf(0, match[1] ?? '', match[2] !== 'DOWN', ref);
  const words = wordsOf(match[3]);
  link.mac = canonicalMac(words[0] ?? '');
  const cidrs = words.map((word) => parseCidrOrIp(word)).filter((cidr) => cidr !== null);
  if (link.mac === null && cidrs.length === 0) return null;
  link.addressed = cidrs.length > 0;
  link.addresses = cidrs.map((cidr) => ({ address: formatIp(cidr), prefixLength: cidr.prefixLength }));
  return { link, showsLink: link.mac !== null, showsAddress: cidrs.length > 0 };
}

/** A device by its name as it is written, with the other end behind it (`eth0@if20`). */
function linkOf(ifindex: number, written: string, up: boolean, ref: SourceRef): OpenLink {
  const [name = '', other = ''] = written.split('@', 2);
  const link = emptyLink(ifindex, name, up, ref);
  if (/^if\d+$/.test(other)) link.endsOutside = true;
  return link;
}

/** A device of which only the first words are known. */
export function emptyLink(ifindex: number, name: string, up: boolean, ref: SourceRef): OpenLink {
  return { ifindex, name, mac: null, mtu: null, kind: null, up, vxlan: null, addresses: [], addressed: false, ref };
}
