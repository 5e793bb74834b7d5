// Rows above IP: ports, TCP flags and options, ICMP messages, checksums; and the tunnel's own header.

import { EBPF_NODEPORT_VNI, vniText } from '../../cluster/calico.ts';
import { serviceOnPort } from '../../decode/view/port-service.ts';
import { icmpCodeName } from '../../wire/icmp.ts';
import { icmpv6CodeName } from '../../wire/icmpv6.ts';
import { tcpFlagsText } from '../../wire/tcp.ts';
import type { Cell, ExplainedLayer, Row } from '../explanation.ts';
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
import { tcpAction } from './tcp-words.ts';

/** Linux takes tunnel source ports from net.ipv4.ip_local_port_range (calico-facts 4.5). */
export const SOURCE_PORTS = { first: 32768, last: 60999 } as const;
/** IP and TCP header without options. */
const TCP_IP4 = 40;
const TCP_IP6 = 60;

export function transportRows(scene: Scene, sides: readonly SideLayers[]): Row[] {
  const each = (make: (side: SideLayers) => Cell | null): (Cell | null)[] => sides.map(make);
  return [
    ...row(
      'ports',
      each((side) => portsCell(scene, side)),
    ),
    ...row(
      'TCP flags',
      each(({ upper }) => flagsCell(upper)),
    ),
    ...row(
      'sequence',
      each(({ upper }) => sequenceCell(upper)),
    ),
    ...row(
      'window',
      each(({ upper }) => windowCell(upper)),
    ),
    ...row('TCP MSS', each(mssCell)),
    ...row(
      'ICMP',
      each(({ upper }) => icmpCell(upper)),
    ),
    ...row(
      'id, number',
      each(({ upper }) => echoCell(upper)),
    ),
    ...checksumRows(sides),
  ];
}

function portsCell({ walked, outer }: Scene, { upper, side }: SideLayers): Cell | null {
  if (upper === null || !['udp', 'tcp', 'sctp'].includes(upper.protocol)) return null;
  const [from, to] = [numberIn(upper, `${upper.protocol}.srcport`), numberIn(upper, `${upper.protocol}.dstport`)];
  if (from === null || to === null) return null;
  const isTunnel = side === 'outer' && (walked.encapsulation === 'vxlan' || walked.encapsulation === 'geneve');
  const names = [serviceOnPort(from), serviceOnPort(to)].filter((name) => name !== null);
  const text: CellText = isTunnel
    ? tunnelPorts(from, to, outer.vni)
    : { meaning: names.length === 0 ? null : [...new Set(names)].join(', ') };
  const value = `${from} → ${to}`;
  return fieldCell(upper, `${upper.protocol}.srcport`, { ...text, value });
}

function tunnelPorts(from: number, to: number, vni: number | null): CellText {
  const name = serviceOnPort(to);
  const target = name === null ? '' : `; ${to} is ${name}`;
  if (vni === EBPF_NODEPORT_VNI) return { meaning: `${from} is made from the inner ports (eBPF)${target}` };
  const usual = from >= SOURCE_PORTS.first && from <= SOURCE_PORTS.last;
  const spread = `${from} is a hash of the inner flow, to spread flows over paths${target}`;
  return usual ? { meaning: spread } : { meaning: `${from} is not in Linux's usual range${target}`, look: 'notable' };
}

function flagsCell(tcp: ExplainedLayer | null): Cell | null {
  const flags = numberIn(tcp, 'tcp.flags');
  if (flags === null) return null;
  return fieldCell(tcp, 'tcp.flags', { value: tcpFlagsText(flags), meaning: tcpAction(flags) });
}

function sequenceCell(tcp: ExplainedLayer | null): Cell | null {
  const acknowledges = numberIn(tcp, 'tcp.flags.ack') === 1;
  const acknowledged = textIn(tcp, 'tcp.ack_raw');
  return fieldCell(tcp, 'tcp.seq_raw', {
    meaning: acknowledges ? `acknowledges all before ${acknowledged}` : 'acknowledges nothing yet',
  });
}

function windowCell(tcp: ExplainedLayer | null): Cell | null {
  const shift = numberIn(tcp, 'tcp.options.wscale.shift');
  const isSyn = numberIn(tcp, 'tcp.flags.syn') === 1;
  const scale = shift === null ? null : `later windows count ${2 ** shift} bytes each`;
  return fieldCell(tcp, 'tcp.window_size_value', { meaning: isSyn ? scale : 'times the scale agreed in the SYNs' });
}

function mssCell({ upper, ip }: SideLayers): Cell | null {
  const mss = numberIn(upper, 'tcp.options.mss_val');
  if (mss === null) return null;
  const headers = ip?.protocol === 'ipv6' ? TCP_IP6 : TCP_IP4;
  return fieldCell(upper, 'tcp.options.mss_val', { meaning: `= MTU ${mss + headers} of the sender - ${headers}` });
}

function icmpCell(upper: ExplainedLayer | null): Cell | null {
  const name = upper?.protocol === 'icmpv6' ? 'icmpv6' : 'icmp';
  const [type, code] = [numberIn(upper, `${name}.type`), numberIn(upper, `${name}.code`)];
  if (type === null || code === null) return null;
  const meaning = name === 'icmp' ? icmpCodeName(type, code) : icmpv6CodeName(type, code);
  const mtu = numberIn(upper, `${name}.mtu`);
  const field = fieldOf(upper, `${name}.type`);
  const words = [meaning, mtu === null ? null : `MTU ${mtu}`].filter((word) => word !== null).join(', ');
  return fieldCell(upper, `${name}.type`, {
    value: field?.meaning ?? `type ${type} code ${code}`,
    meaning: words || null,
    look: mtu === null ? 'usual' : 'notable',
  });
}

function echoCell(upper: ExplainedLayer | null): Cell | null {
  const [id, number] =
    upper?.protocol === 'icmpv6'
      ? ['icmpv6.echo.identifier', 'icmpv6.echo.sequence_number']
      : ['icmp.ident', 'icmp.seq'];
  const text = textIn(upper, id);
  if (text === null) return null;
  return fieldCell(upper, id, { value: `${text}, ${textIn(upper, number)}`, meaning: 'the answer has the same' });
}

/** One row per protocol: `UDP checksum` outside, `TCP checksum` inside. */
function checksumRows(sides: readonly SideLayers[]): Row[] {
  const titles = [...new Set(sides.map(({ upper }) => upper?.title))].filter((title) => title !== undefined);
  return titles.flatMap((title) =>
    row(
      `${title} checksum`,
      sides.map(({ upper }) => (upper?.title === title ? upperChecksum(upper) : null)),
    ),
  );
}

function upperChecksum(upper: ExplainedLayer): Cell | null {
  const field = upper.fields.find((one) => one.checksum !== null);
  return field?.name == null ? null : checksumCell(upper, field.name);
}

/** The header that makes the tunnel: VNI, GRE protocol, WireGuard message. */
export function tunnelRows(scene: Scene, sides: readonly SideLayers[]): Row[] {
  const each = (make: (tunnel: ExplainedLayer | null) => Cell | null): (Cell | null)[] =>
    sides.map(({ tunnel }) => make(tunnel));
  return [
    ...row(
      'VNI',
      each((tunnel) => vniCell(scene, tunnel)),
    ),
    ...row(
      'GRE carries',
      each((tunnel) => fieldCell(tunnel, 'gre.proto')),
    ),
    ...row('WireGuard', each(wireguardCell)),
    ...row(
      'counter',
      each((tunnel) => fieldCell(tunnel, 'wg.counter', { meaning: 'of this session; guards against replay' })),
    ),
  ];
}

function vniCell({ settings, sender }: Scene, tunnel: ExplainedLayer | null): Cell | null {
  const name = tunnel?.protocol === 'geneve' ? 'geneve.vni' : 'vxlan.vni';
  const vni = numberIn(tunnel, name);
  if (vni === null) return null;
  if (vni === EBPF_NODEPORT_VNI) {
    return fieldCell(tunnel, name, {
      value: `${vni} (${vniText(vni)})`,
      meaning: "eBPF's NodePort forwarding",
      look: 'notable',
    });
  }
  const wanted = settings.vni(sender);
  if (name === 'geneve.vni') return fieldCell(tunnel, name);
  if (vni !== wanted.value) {
    return fieldCell(tunnel, name, { meaning: `this cluster's is ${wanted.value}`, look: 'notable' });
  }
  const source = wanted.source === 'default' ? settings.profile.defaultWords : `as ${wanted.source} says`;
  return fieldCell(tunnel, name, { meaning: source });
}

function wireguardCell(tunnel: ExplainedLayer | null): Cell | null {
  const field = fieldOf(tunnel, 'wg.type');
  if (tunnel === null || field === null) return null;
  const meaning = field.value === 4 ? 'what is inside is encrypted' : null;
  return { ...plainCell(field.meaning ?? field.text, meaning, 'usual', spanOf(tunnel, field)), field: 'wg.type' };
}
