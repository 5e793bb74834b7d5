// What a flow is judged from, made by hand: observations as rule-input.ts makes them, at places of any role.
import type { SeenObservation } from '../../src/attribution/observe.ts';
import { judge } from '../../src/verdict/flow/judge-flow.ts';
import type { JudgeInput } from '../../src/verdict/flow/judgement.ts';
import { type Case, rule } from './rule-input.ts';

export type Role = SeenObservation['pointInfo']['role'];

export interface Place {
  role: Role;
  seen: Partial<SeenObservation>;
}

export interface Given extends Case {
  /** Observations beside the one of `seen`. */
  more?: Place[];
  role?: Role;
  judged?: Partial<JudgeInput>;
}

export const at = (role: Role, seen: Partial<SeenObservation> = {}): Place => ({ role, seen });

/** Of pod-a to pod-b in VXLAN at one underlay place, as it should be; and what is other than that. */
export function input({ more = [], role = 'underlay', judged, ...given }: Given = {}): JudgeInput {
  const all = [at(role, given.seen), ...more].map((place) => {
    const { seen } = rule({ ...given, seen: place.seen });
    return { ...seen, pointInfo: { ...seen.pointInfo, role: place.role } };
  });
  const { topology, settings, src, dst, expected, learned } = rule(given);
  return {
    ...{ topology, settings, src, dst, expected, learned, presumed: null, modeChange: null },
    observations: all,
    framesOf: () => ({ sender: null, mayGoOut: false, mayBeNodes: false, isNotFrom: () => false }),
    ...{ mayHaveSwitched: () => false, cutOff: false, inCircle: false, paths: ['a-eth0.pcap'] },
    ...judged,
  };
}

/** `ok`, `violation wrong-vni`, `unverifiable no-underlay`. */
export function told(given: Given = {}): string {
  const { verdict, unverified, findings } = judge(input(given));
  const codes = verdict === 'violation' ? findings.map(({ code }) => code) : [unverified?.reason ?? ''];
  return [verdict, ...codes].join(' ').trim();
}

export const NEVER = { encapsulation: 'none', reason: 'pool-never' } as const;
export const SAME = { encapsulation: 'none', reason: 'crosssubnet-same' } as const;
export const WIREGUARD = { encapsulation: 'wireguard', reason: 'wireguard-keys' } as const;
export const LOCAL = { encapsulation: 'local', reason: 'same-node' } as const;
export const OPEN = { encapsulation: null, reason: 'receiver-unknown' } as const;
