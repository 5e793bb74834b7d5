// A flow, or one packet of it, as a line of Hubble: the JSON form (protojson) of GetFlowsResponse around a Flow, with the names and enums of
// cilium/cilium api/v1/flow/flow.proto. `hubble observe --input-file -` filters and prints such lines. What is not known is left out.
import type { CapturePoint, Endpoint, Observation } from '../../attribution/vocabulary.ts';
import { sha1OfText } from '../../net/sha1.ts';
import type { PodLabels } from '../../verdict/filter/label-selector.ts';
import { echoTypes } from '../../verdict/flow-community-id.ts';
import { flowIdentity } from '../../verdict/flow-identity.ts';
import type { TracedCapture, TracedFlow } from '../../verdict/trace-types.ts';
import { stringifyJson } from '../text/escape.ts';

/** What lines hold beside their flows. */
export interface HubbleLook {
  /** Of overlens itself: Hubble has it as the emitter's. */
  version: string;
  captures: readonly TracedCapture[];
  labels: PodLabels;
}

/** What of one packet takes the place of what is known of its flow. */
export interface HubblePacket {
  capture: number;
  number: number;
  /** RFC 3339 UTC. */
  time: string | null;
  flags: TcpFlags | null;
  icmp: { type: number; code: number } | null;
  observation: Observation | null;
  outerSourcePort: number | null;
}

/** Names of flow.proto's TCPFlags, those that are set. */
export type TcpFlags = Partial<Record<'FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG' | 'ECE' | 'CWR' | 'NS', true>>;

/** Bytes that a line may have: what reads lines has a buffer of 64 KiB. */
const MOST_BYTES = 64 * 1024 - 1;

/** One line with its line feed, shorter than 64 KiB. */
export function hubbleLine(flow: TracedFlow, look: HubbleLook, packet: HubblePacket | null = null): string {
  const seen = packet === null ? startOf(flow) : packet.observation;
  const point = seen === null ? null : (look.captures[seen.capture]?.points[seen.point] ?? null);
  const time = packet === null ? flow.first : packet.time;
  const nodeName = point?.node ?? flow.src.node ?? flow.dst.node;
  const said = {
    ...optional('time', time),
    uuid: uuidOf(flow, packet),
    verdict: verdictOf(flow, look.captures),
    ...(flow.policy?.denied ? { drop_reason_desc: 'POLICY_DENIED' } : {}),
    ...ethernetOf(seen),
    IP: {
      ...ipOf(flow.src.ip, flow.dst.ip),
      ...(seen?.encapsulation === 'wireguard' ? { encrypted: true } : {}),
    },
    ...layer4Of(flow, packet),
    source: endOf(flow.src, look.labels),
    destination: endOf(flow.dst, look.labels),
    Type: 'L3_L4',
    ...optional('node_name', nodeName),
    ...namesOf('source_names', flow.src),
    ...namesOf('destination_names', flow.dst),
    event_type: { type: TRACE_EVENT },
    ...serviceOf('source_service', flow.src.service),
    ...serviceOf('destination_service', flow.dst.service),
    ...directionOf(flow, point),
    ...replyOf(flow),
    ...interfaceOf(point),
    ...tunnelOf(seen ?? tunnelled(flow), packet?.outerSourcePort ?? null),
    emitter: { name: 'overlens', version: look.version },
  };
  const around = { ...optional('node_name', nodeName), ...optional('time', time) };
  const line = `${stringifyJson({ flow: said, ...around })}\n`;
  return new TextEncoder().encode(line).length <= MOST_BYTES ? line : withoutLabels(said, around);
}

/** MessageTypeTrace of pkg/monitor/api. */
const TRACE_EVENT = 4;

function withoutLabels(flow: { source: object; destination: object }, around: object): string {
  const [source, destination] = [flow.source, flow.destination].map((end) => ({ ...end, labels: [] }));
  return `${stringifyJson({ flow: { ...flow, source, destination }, ...around })}\n`;
}

/** Where a flow is told to have been seen: where its first packet was. */
function startOf({ observations }: TracedFlow): Observation | null {
  return observations.find(({ encapsulation }) => encapsulation !== 'none') ?? observations[0] ?? null;
}

function tunnelled({ observations }: TracedFlow): Observation | null {
  return observations.find(({ encapsulation }) => encapsulation !== 'none') ?? null;
}

/**
 * DROPPED where a policy denied it or nothing arrived of what was sent; FORWARDED where something shows that it got there: an answer, or a
 * place on the receiver's node; else TRACED: seen, and nothing tells more.
 */
function verdictOf(flow: TracedFlow, captures: readonly TracedCapture[]): 'DROPPED' | 'FORWARDED' | 'TRACED' {
  if (flow.policy?.denied || flow.outcome === 'sent-never-arrived') return 'DROPPED';
  if (flow.arrival !== null && flow.arrival.sent > 0) return flow.arrival.arrived > 0 ? 'FORWARDED' : 'DROPPED';
  if (flow.outcome !== null && GOT_THERE.has(flow.outcome)) return 'FORWARDED';
  const { node } = flow.dst;
  const atReceiver =
    node !== null &&
    node !== flow.src.node &&
    flow.observations.some(({ capture, point }) => captures[capture]?.points[point]?.node === node);
  return atReceiver ? 'FORWARDED' : 'TRACED';
}

const GOT_THERE: ReadonlySet<string> = new Set(['answered', 'partly-answered', 'refused', 'reset', 'half-open']);

/** The same for the same flow or packet in every run: a name-based UUID (RFC 9562 section 5.5). */
function uuidOf(flow: TracedFlow, packet: HubblePacket | null): string {
  const name = `${flowIdentity(flow)} ${packet === null ? flow.first : `${packet.capture} ${packet.number}`}`;
  const bytes = sha1OfText(name).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function ethernetOf(seen: Observation | null): object {
  if (seen === null || seen.innerSrcMac === null || seen.innerDstMac === null) return {};
  return { ethernet: { source: seen.innerSrcMac, destination: seen.innerDstMac } };
}

function ipOf(source: string, destination: string): object {
  return { source, destination, ipVersion: source.includes(':') ? 'IPv6' : 'IPv4' };
}

/** Flags of a flow are those that its packets had; message types of ICMP those of an echo. */
function layer4Of(flow: TracedFlow, packet: HubblePacket | null): object {
  const { protocol, src, dst } = flow;
  const ports = { ...optional('source_port', src.port), ...optional('destination_port', dst.port) };
  if (protocol === 'tcp') return { l4: { TCP: { ...ports, flags: packet === null ? flagsOf(flow) : packet.flags } } };
  if (protocol === 'udp') return { l4: { UDP: ports } };
  if (protocol === 'sctp') return { l4: { SCTP: ports } };
  const name = { icmp: 'ICMPv4', icmpv6: 'ICMPv6' }[protocol];
  if (name === undefined) return {};
  const message = packet === null ? echoOf(flow) : packet.icmp;
  return message === null ? {} : { l4: { [name]: message } };
}

function flagsOf({ tcp }: TracedFlow): TcpFlags {
  if (tcp === null) return {};
  return {
    ...(tcp.fin > 0 ? { FIN: true as const } : {}),
    ...(tcp.syn > 0 || tcp.synAck > 0 ? { SYN: true as const } : {}),
    ...(tcp.rst > 0 ? { RST: true as const } : {}),
    ...(tcp.synAck > 0 || tcp.data > 0 || tcp.fin > 0 ? { ACK: true as const } : {}),
  };
}

function echoOf(flow: TracedFlow): { type: number; code: number } | null {
  const types = echoTypes(flow);
  return types === null ? null : { type: types[0], code: 0 };
}

function endOf({ namespace, pod }: Endpoint, labels: PodLabels): object {
  if (namespace === null || pod === null) return {};
  const known = Object.entries(labels(namespace, pod) ?? {}).map(([key, value]) => `k8s:${key}=${value}`);
  return { namespace, pod_name: pod, ...(known.length === 0 ? {} : { labels: known }) };
}

function namesOf(key: string, { hostName }: Endpoint): object {
  return hostName === undefined ? {} : { [key]: [hostName] };
}

function serviceOf(key: string, service: string | undefined): object {
  const [namespace, name] = service?.split('/') ?? [];
  return name === undefined ? {} : { [key]: { name, namespace } };
}

/** As its node sees it: out of the sender's, into the receiver's. */
function directionOf({ src, dst }: TracedFlow, point: CapturePoint | null): object {
  if (point?.node == null || src.node === dst.node) return {};
  if (point.node === src.node)
    return { traffic_direction: 'EGRESS', ...optional('trace_observation_point', OUT[point.role]) };
  if (point.node === dst.node)
    return { traffic_direction: 'INGRESS', ...optional('trace_observation_point', IN[point.role]) };
  return {};
}

/** TraceObservationPoint by where it was captured, on the sender's node and on the receiver's. */
const OUT: Readonly<Record<CapturePoint['role'], string | null>> = {
  ...{ underlay: 'TO_NETWORK', tunnel: 'TO_OVERLAY', workload: 'FROM_ENDPOINT', unknown: null },
};
const IN: Readonly<Record<CapturePoint['role'], string | null>> = {
  ...{ underlay: 'FROM_NETWORK', tunnel: 'FROM_OVERLAY', workload: 'TO_ENDPOINT', unknown: null },
};

/** Of the flow, from what began or asked: null in flow.proto's sense (absent) where that was not seen. */
function replyOf({ tcp, echo, exchange }: TracedFlow): object {
  if (tcp !== null && tcp.syn > 0 !== tcp.synAck > 0) return { is_reply: tcp.synAck > 0 };
  if (echo !== null && echo.requests > 0 !== echo.replies > 0) return { is_reply: echo.replies > 0 };
  return tcp === null && echo === null && exchange?.asked != null ? { is_reply: false } : { is_reply: null };
}

function interfaceOf(point: CapturePoint | null): object {
  if (point === null || (point.interface === null && point.index === null)) return {};
  return { interface: { ...optional('index', point.index), ...optional('name', point.interface) } };
}

/** Tunnel has VXLAN and GENEVE; others go where flow.proto has room for what it does not know. */
function tunnelOf(seen: Observation | null, sourcePort: number | null): object {
  if (seen === null || seen.encapsulation === 'none' || seen.outerSrc === null || seen.outerDst === null) return {};
  const { encapsulation, outerSrc, outerDst, udpPort, vni } = seen;
  const IP = ipOf(outerSrc, outerDst);
  const ports = { ...optional('source_port', sourcePort), ...optional('destination_port', udpPort) };
  const l4 = udpPort === null ? {} : { l4: { UDP: ports } };
  if (encapsulation === 'vxlan' || encapsulation === 'geneve')
    return { tunnel: { protocol: encapsulation.toUpperCase(), IP, ...l4, ...optional('vni', vni) } };
  const tunnel = { protocol: encapsulation.toUpperCase(), IP, ...l4 };
  return { extensions: { '@type': 'type.googleapis.com/google.protobuf.Struct', value: { tunnel } } };
}

function optional(key: string, value: string | number | null | undefined): object {
  return value == null ? {} : { [key]: value };
}
