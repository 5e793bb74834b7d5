// What a TTL or hop limit tells: who made the packet and how many routers have seen it since (calico-facts 4.5, 5.1, 6).

import { nameOfEnd } from '../../attribution/who/end-name.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { Look, Side } from '../explanation.ts';
import type { Scene } from '../packet-facts.ts';

export interface Meant {
  meaning: string | null;
  look: Look;
}

/** TTLs that systems start with. */
const STARTS = [64, 128, 255];
/** What the kernel gives packets that a VXLAN device makes (net.ipv4.ip_default_ttl). */
const TUNNEL_TTL = 64;

export function ttlMeaning(scene: Scene, side: Side, ttl: number, innerTtl: number | null): Meant {
  if (side === 'outer') return outerTtl(scene, ttl, innerTtl);
  const start = STARTS.find((value) => value >= ttl) ?? 255;
  const routers = start - ttl;
  const source = scene.flow?.src;
  if (source === undefined || source.kind !== 'pod' || scene.sender === null) return plainTtl(start, routers);
  return podTtl(scene, start, routers);
}

function outerTtl({ walked, outer, sender }: Scene, ttl: number, innerTtl: number | null): Meant {
  if (walked.encapsulation === 'ipip' && ttl === innerTtl) {
    return { meaning: 'copied from the inner header, as IP-in-IP does', look: 'usual' };
  }
  if (outer.vni === EBPF_NODEPORT_VNI) {
    return { meaning: 'copied from the inner header before it was lowered (eBPF NodePort)', look: 'usual' };
  }
  const who = outer.srcNode?.name ?? sender?.name ?? 'the sending node';
  if (ttl === TUNNEL_TTL) return { meaning: `${who} made this packet`, look: 'usual' };
  const routers = (STARTS.find((value) => value >= ttl) ?? 255) - ttl;
  return {
    meaning: `${who} made it with ${ttl + routers}; ${count(routers)} of the underlay lowered it`,
    look: routers === 0 ? 'usual' : 'notable',
  };
}

function plainTtl(start: number, routers: number): Meant {
  if (routers === 0) return { meaning: 'as its sender made it: no router yet', look: 'usual' };
  return { meaning: `${start} lowered by ${count(routers)}`, look: routers > 8 ? 'notable' : 'usual' };
}

function podTtl({ flow, place, sender, receiver, walked }: Scene, start: number, routers: number): Meant {
  const pod = flow === null ? 'the pod' : nameOfEnd(flow.src, 'sentence');
  const node = sender?.name ?? 'its node';
  const onVeth = place.role === 'workload';
  if (routers === 0) {
    const early = onVeth || place.role === 'unknown';
    if (early) return { meaning: `as ${pod} sent it`, look: 'usual' };
    return { meaning: `${pod} sent ${start}: no router lowered it, as eBPF's fast path does`, look: 'notable' };
  }
  if (routers === 1) return { meaning: `${pod} sent ${start}, ${node} routed it`, look: 'usual' };
  const arrived = routers === 2 && onVeth && receiver !== null && receiver !== sender;
  if (arrived) return { meaning: `${pod} sent ${start}; ${node} and ${receiver.name} routed it`, look: 'usual' };
  const crossed = walked.encapsulation === 'none' && place.role === 'underlay';
  const where = crossed ? `${node} and ${count(routers - 1)} of the underlay` : count(routers);
  return { meaning: `${pod} sent ${start}; ${where} lowered it`, look: 'notable' };
}

function count(routers: number): string {
  return routers === 1 ? '1 router' : `${routers} routers`;
}
