// HOT: per packet. No allocation (but for addresses met for the first time).
// Which packets fit the filters of `trace`, decided packet by packet, so that streams need no second reading: a packet
// fits when its flow would, as far as the packet shows it. Memory is bounded.
import { FLOW_BIT } from '../decode/fact-layout.ts';
import type { LayerStack } from '../decode/layer-stack.ts';
import type { Packet } from '../decode/packet.ts';
import { PacketLocator } from '../flow/packet-locator.ts';
import type { NodeAddresses } from '../flow/paths/node-addresses.ts';
import { outerNetwork } from '../flow/paths/tunnels.ts';
import { protocolName } from '../net/protocol-name.ts';
import { END_FITS, type FilterKinds, type FilterTerms } from '../verdict/flow-filter.ts';
import { ADDRESS_FITS, type AddressFilter } from './address-filter.ts';
import type { PacketTest } from './read-packets.ts';

const OF_HEADER = ~(ADDRESS_FITS.open | ADDRESS_FITS.nodeAddress);

export class PacketFilter implements PacketTest {
  readonly #terms: FilterTerms;
  readonly #addresses: AddressFilter;
  readonly #locator: PacketLocator;
  readonly #protocols = new Uint8Array(256);
  /** Only the tunnel is asked for: then what is no flow may fit too. */
  readonly #asksTunnelOnly: boolean;

  constructor(filter: FilterKinds, terms: FilterTerms, addresses: AddressFilter, nodes: NodeAddresses | null) {
    const { encapsulation = [], port = [], protocol = [] } = filter;
    this.#terms = terms;
    this.#addresses = addresses;
    this.#locator = new PacketLocator(nodes);
    for (let number = 0; number < 256; number++)
      this.#protocols[number] = terms.fitsProtocol(protocolName(number)) ? 1 : 0;
    this.#asksTunnelOnly = encapsulation.length > 0 && port.length + protocol.length === 0 && !terms.asksEnds;
  }

  /** Whether the packet fits. Call it for every packet: later fragments fit when their first one did. */
  fits({ bytes, stack, capture, interface: device }: Packet): boolean {
    const locator = this.#locator;
    locator.locate(bytes, stack, capture, device?.index ?? -1);
    if (!locator.isFlow) return this.#asksTunnelOnly && stack.tunnels > 0 && this.#fitsTunnel();
    if (locator.first >= 0) return locator.first === 1;
    const fits = this.#fitsFlow(bytes, stack);
    if (stack.firstFragment >= 0) locator.remember(bytes, stack, capture, fits ? 1 : 0);
    return fits;
  }

  #fitsFlow(bytes: Uint8Array, stack: LayerStack): boolean {
    const { ports, protocol } = this.#locator;
    if (this.#protocols[protocol & 0xff] === 0 || !this.#fitsTunnel()) return false;
    const isCut = (protocol & FLOW_BIT.portsCut) !== 0;
    if (!this.#terms.fitsPorts(isCut ? null : ports >>> 16, isCut ? null : ports & 0xffff)) return false;
    return !this.#terms.asksEnds || this.#fitsAddresses(bytes, stack);
  }

  #fitsTunnel(): boolean {
    return this.#terms.fitsEncapsulation(this.#locator.encapsulation);
  }

  #fitsAddresses(bytes: Uint8Array, stack: LayerStack): boolean {
    const { network, tunnelLayer } = this.#locator;
    const outer = tunnelLayer >= 0 && tunnelLayer <= network ? outerNetwork(stack, tunnelLayer) : -1;
    const source = this.#endBits(bytes, stack, outer, false);
    const destination = this.#endBits(bytes, stack, outer, true);
    return this.#terms.fitsEnds(source, destination);
  }

  /** END_FITS bits of the sender or receiver; where its node is not known, the outer header names it. */
  #endBits(bytes: Uint8Array, stack: LayerStack, outer: number, destination: boolean): number {
    const { network } = this.#locator;
    const bits = this.#addresses.fits(stack.protocol[network]!, bytes, stack.start[network]!, destination);
    if (outer < 0 || !(bits & ADDRESS_FITS.open)) return bits & OF_HEADER;
    const around = this.#addresses.fits(stack.protocol[outer]!, bytes, stack.start[outer]!, destination);
    return (bits & OF_HEADER) | (around & ADDRESS_FITS.nodeAddress ? END_FITS.node : 0);
  }
}
