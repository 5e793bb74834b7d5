// The Ethernet headers of a prediction: VTEP to VTEP inside, NIC to NIC or gateway outside.
import type { Node } from '../../topology/model.ts';
import { nextHop } from '../decision.ts';
import type { Side } from '../explanation.ts';
import { type Device, nicDevice, tunnelOf } from './node-devices.ts';
import { direct, type Journey } from './predicted-flow.ts';
import { ethernetHeader, type Frame } from './predicted-headers.ts';
import type { Hop, PredictedHeader } from './prediction.ts';

export function innerEthernet(journey: Journey, side: Side): PredictedHeader {
  const isV6 = journey.from.owner.address.includes(':');
  const [own, other] = [journey.sender, journey.receiver].map((node) =>
    node === null ? null : tunnelOf(node, 'vxlan', isV6, journey.settings.profile),
  );
  const words = (node: Node | null, device: Device | null | undefined): string =>
    node === null || device == null
      ? 'the node is not known'
      : `${node.name} ${device.name}${device.mac === null ? ': not in the snapshot' : ''}`;
  return ethernetHeader(side, {
    srcMac: own?.mac ?? null,
    srcWords: words(journey.sender, own),
    dstMac: other?.mac ?? null,
    dstWords: words(journey.receiver, other),
  });
}

/** The frame on the wire: from NIC to NIC on one link, else from and to gateways. */
export function wireFrame(journey: Journey, side: Hop['side'], towards: string): Frame {
  const { sender, receiver } = journey;
  const own = sender === null ? null : nicDevice(sender).mac;
  const other = receiver === null ? null : nicDevice(receiver).mac;
  const hop = sender === null ? null : nextHop(sender, towards);
  const isDirect = direct(journey);
  if (isDirect !== false && receiver !== null) {
    const dst = hop?.mac ?? other;
    return {
      srcMac: own,
      srcWords:
        own === null
          ? 'not in the snapshot'
          : `${sender?.name} ${sender === null ? '' : (nicDevice(sender).name ?? '')}`.trim(),
      dstMac: dst,
      dstWords:
        dst === null
          ? `not in the snapshot: ${receiver.name}'s NIC, if both are on one link`
          : `${receiver.name} ${nicDevice(receiver).name ?? 'NIC'}`,
    };
  }
  if (side === 'leaving') {
    return {
      srcMac: own,
      srcWords: sender === null ? null : `${sender.name} ${nicDevice(sender).name ?? 'NIC'}`,
      dstMac: hop?.mac ?? null,
      dstWords: hop === null ? "the gateway's, which is not in the snapshot" : `the gateway ${hop.address}`,
    };
  }
  return {
    srcMac: null,
    srcWords: "the last router's",
    dstMac: other,
    dstWords: receiver === null ? null : `${receiver.name} ${nicDevice(receiver).name ?? 'NIC'}`,
  };
}
