// Places that packets may have passed unseen: past a filter, inside WireGuard, or where the snaplen left nothing that tells whose they are.

import type { OutermostPacket } from '../../attribution/filter/capture-shape.ts';
import type { KeptOut } from '../../attribution/filter/kept-out.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { WireguardWays } from '../../attribution/wireguard-ways.ts';
import { DEFAULT_WIREGUARD_PORT } from '../../cluster/calico.ts';
import { tunnelKindOfDevice } from '../../cluster/profiles.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Settings } from '../flow/overlay-in-use.ts';

/** A flow between two known nodes, one of which may have let it out in a tunnel. */
export interface Passing {
  flow: number;
  src: Who;
  dst: Who;
  expected: Expected;
}

/**
 * Whether packets of a flow may have passed a place of which the capture does not show them.
 * @param isInTunnel whether they can only have passed in the tunnel that is asked for: they came to its device. What the snaplen cut off
 *   there is asked of the NIC by itself, each family of addresses apart (telling-nics.ts)
 */
export type MayHide = (place: Point, passing: Passing, isInTunnel?: boolean) => boolean;

export interface HidingInput {
  table: FlowTable;
  keptOut: KeptOut;
  /** Nodes, by index, on whose NICs the snaplen hid whose packets they were. */
  cutShort: ReadonlySet<number>;
  encrypts: WireguardWays;
  settings: Settings;
}

export function hidingPlaces({ table, keptOut, cutShort, encrypts, settings }: HidingInput): MayHide {
  return ({ role, topologyNode, capture }, passing, isInTunnel = false) => {
    const isNic = role === 'underlay';
    const isCut = topologyNode !== null && cutShort.has(topologyNode.index);
    if (isNic && isCut && !isInTunnel) return true;
    if (isNic && encrypts(passing.src.node, passing.dst.node)) return true;
    const plain = isInTunnel ? [] : [asSent(table, passing.flow)];
    const forms = [...plain, ...(isNic ? tunnelled(passing, settings) : [])];
    return forms.some((packet) => keptOut.mayLack(capture, packet));
  };
}

/** Whether a tunnel device is one that packets in such a tunnel pass: by its name, else VXLAN's alone has link addresses. */
export function isDeviceOf({ interface: device }: Point, hasMacs: boolean, encapsulation: string | null): boolean {
  const kind = device === null ? null : tunnelKindOfDevice(device);
  return kind === null ? hasMacs === (encapsulation === 'vxlan') : kind.split('-')[0] === encapsulation;
}

/** The pod's own packet. */
function asSent(table: FlowTable, flow: number): OutermostPacket {
  const ports = [table.sourcePortOf(flow), table.destinationPortOf(flow)].filter((port) => port !== null);
  return { protocol: table.protocolOf(flow), ends: [table.sourceOf(flow), table.destinationOf(flow)], ports };
}

const [IPIP, UDP] = [4, 17] as const;

/** In the tunnel that is asked for; nothing where there is none. */
function tunnelled({ src, dst, expected }: Passing, settings: Settings): OutermostPacket[] {
  const ends = [src.node, dst.node].flatMap((node) => node?.addresses.map(({ address }) => address) ?? []);
  switch (expected.encapsulation) {
    case 'vxlan':
      return [{ protocol: UDP, ends, ports: [settings.port(src.node).value] }];
    case 'ipip':
      return [{ protocol: IPIP, ends, ports: [] }];
    case 'wireguard':
      return [{ protocol: UDP, ends, ports: [DEFAULT_WIREGUARD_PORT] }];
    default:
      return [];
  }
}
