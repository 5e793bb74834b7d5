// Which CNI carries the pods' packets: decided once for the whole snapshot, from what states it, else from the nodes' routes. Under
// canal Calico's pools exist and decide nothing; after a migration annotations of the old CNI stay behind and mean nothing.
import type { CniName, Profile } from '../../cluster/profile.ts';
import { DEFAULT_PROFILE, PROFILES } from '../../cluster/profiles.ts';
import { cidrContains, parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { Sourced } from '../model.ts';
import { formatRef, listNames } from '../read/located.ts';
import { addIssue, type Facts } from '../read/stated-facts.ts';

export interface Carrier {
  /** With the VNI that the cluster uses. */
  profile: Profile;
  /** Several CNIs claim it and no route decides: what is to be expected is not known. */
  disputed: string | null;
  /** Calico's plugin makes the pods' links, whoever carries (canal): their names can be computed. */
  namesVeths: boolean;
  /** A CNI that is not read here carries. */
  other: Sourced<string> | null;
}

/** Decides, and says where it cannot be told. */
export function carrierOf(facts: Facts): Carrier {
  const stating = PROFILES.filter((profile) => states(profile, facts));
  const routing = PROFILES.filter((profile) => routes(profile, facts));
  const [one] = stating.length === 1 ? stating : routing.length === 1 ? routing : [];
  const profile = one ?? DEFAULT_PROFILE;
  const others = othersIn(facts);
  const claims = others.filter(({ carries }) => carries === true);
  const isOther = stating.length + routing.length === 0 && others.length > 0;
  const several =
    stating.length + (isOther ? 0 : claims.length) > 1 &&
    (one === undefined || (claims.length > 0 && routing.length !== 1));
  const disputed = several ? 'statements of several CNIs about the packets' : null;
  if (disputed !== null) {
    const names = listNames([...stating, ...claims].map(({ title }) => title));
    const message = `${names} both state how pods' packets are sent, and the routes given do not tell which of them carries`;
    const refs = [facts.pools[0]?.ref, ...stating.map(({ name }) => backends(facts, name)[0]?.ref)].filter(
      (ref) => ref !== undefined,
    );
    addIssue(facts, 'several-carriers', 'conflict', message, { refs });
  }
  const namesVeths = profile === DEFAULT_PROFILE || isPresent(DEFAULT_PROFILE, facts);
  const other = isOther ? sayOther(facts) : null;
  return { profile: profile.withVni(vniOf(profile, facts)), disputed, namesVeths, other };
}

/** CNIs without a profile that may carry: one that only adds to another one is none. */
function othersIn({ otherCnis }: Facts): Facts['otherCnis'] {
  const adding = new Set(otherCnis.filter(({ carries }) => carries === false).map(({ title }) => title));
  return otherCnis.filter(({ title }) => !adding.has(title));
}

function sayOther(facts: Facts): Sourced<string> | null {
  const all = othersIn(facts);
  const told = all.find(({ carries }) => carries === true) ?? all[0];
  if (told === undefined) return null;
  const message = `${told.title} carries the pods' packets (${formatRef(told.ref)}), and its rules are not read here: names are told, encapsulation is not judged`;
  addIssue(facts, 'other-carrier', 'warning', message, { refs: [told.ref] });
  return { value: told.title, ref: told.ref };
}

/** Whether objects or annotations say that it carries. */
function states(profile: Profile, facts: Facts): boolean {
  if (profile.rangesFrom === 'networks')
    return facts.networks.some(({ cni }) => cni === profile.name) || backends(facts, profile.name).length > 0;
  const asks = facts.pools.some(({ vxlanMode, ipipMode }) =>
    [vxlanMode, ipipMode].some((mode) => mode !== null && mode.value !== 'Never'),
  );
  // a CNI whose ranges are objects gives addresses out in blocks; the others by the nodes' parts of the network
  return (
    asks ||
    facts.blocks.length > 0 ||
    facts.allocations.length > 0 ||
    (facts.pools.length > 0 && hasPodOutsidePart(facts))
  );
}

/** Whether anything in the snapshot is its: pools, annotations, pods' links. */
function isPresent({ name, workloads }: Profile, facts: Facts): boolean {
  const hasLink = facts.texts.some(({ routes, links }) =>
    [...routes.map(({ dev }) => dev ?? ''), ...links.map((link) => link.name)].some((dev) =>
      workloads.pattern.test(dev),
    ),
  );
  return facts.pools.length > 0 || hasLink || facts.nodes.some(({ stated }) => stated[name] !== undefined);
}

/** What the nodes state as their backend. */
export function backends(facts: Facts, cni: CniName): { value: string; ref: Facts['nodes'][number]['ref'] }[] {
  return facts.nodes.map((node) => node.stated[cni]?.backend ?? null).filter((backend) => backend !== null);
}

/** A pod whose address is not in its own node's part of the pod network got it otherwise. */
function hasPodOutsidePart(facts: Facts): boolean {
  const parts = new Map(facts.nodes.map((node) => [node.name, node.podCIDRs.map(({ value }) => parseCidr(value))]));
  return facts.pods.some((pod) => {
    const own = parts.get(pod.nodeName) ?? [];
    if (pod.source !== 'Pod' || pod.hostNetwork || pod.finished || own.length === 0) return false;
    return pod.addresses.some((address) => {
      const ip = parseIp(address);
      const ofFamily = own.filter((cidr) => cidr !== null && cidr.family === ip?.family);
      return ip !== null && ofFamily.length > 0 && !ofFamily.some((cidr) => cidr !== null && cidrContains(cidr, ip));
    });
  });
}

/** Whether nodes have routes that it made: through its tunnel devices, or by its protocol. */
function routes(profile: Profile, facts: Facts): boolean {
  return facts.texts.some((text) =>
    text.routes.some(
      ({ dev, via, protocol }) =>
        profile.isOwnRoute(protocol) || (via !== null && profile.tunnelKindOf(dev ?? '') !== null),
    ),
  );
}

/** As its network, its nodes or its devices have it. */
function vniOf(profile: Profile, facts: Facts): number {
  const network = facts.networks.find(({ cni }) => cni === profile.name);
  const annotated = facts.nodes.map((node) => node.stated[profile.name]?.vni?.value).find((vni) => vni !== undefined);
  const devices = facts.texts.flatMap((text) => [
    ...text.routes.map(({ dev }) => dev ?? ''),
    ...text.links.map(({ name }) => name),
  ]);
  const named = devices.map((name) => profile.vniOfDevice?.(name) ?? null).find((vni) => vni !== null);
  return network?.vni ?? annotated ?? named ?? profile.vni;
}
