// `trace -o csv` (docs/output.md): one flow a row, RFC 4180 quoting, a header that only ever grows on the right.
import type { Endpoint } from '../../attribution/vocabulary.ts';
import { communityIdOf } from '../../verdict/flow-community-id.ts';
import type { Trace, TracedCapture, TracedFlow } from '../../verdict/trace-types.ts';
import { escapeCsv } from '../text/escape.ts';

type Cell = string | number | boolean | null;

const ENDPOINT_COLUMNS = ['ip', 'port', 'kind', 'namespace', 'pod', 'node', 'pool'] as const;

export const CSV_HEADER = [
  ...['id', 'conversation', 'protocol'],
  ...ENDPOINT_COLUMNS.map((name) => `src_${name}`),
  ...ENDPOINT_COLUMNS.map((name) => `dst_${name}`),
  ...['encapsulation', 'vni', 'outer_src', 'outer_dst', 'udp_port', 'expected', 'expected_pool', 'expected_reason'],
  ...[
    'verdict',
    'findings',
    'unverified',
    'in_scope',
    'packets',
    'bytes',
    'overhead_bytes',
    'first',
    'last',
    'outcome',
  ],
  ...['capture', 'first_packet', 'packets_least', 'packets_most'],
  ...['state', 'by', 'asked', 'answered', 'answer_median', 'answer_slowest', 'duration', 'rate'],
  ...['handshake_server', 'handshake_client', 'first_byte', 'retransmissions', 'dns_codes', 'dns_names', 'via'],
  ...['community_id'],
] as const;

/** The header, then one row per flow, each ended by a line feed. */
export function* renderCsv(trace: Trace): Generator<string> {
  yield `${CSV_HEADER.join(',')}\n`;
  for (const flow of trace.flows()) yield `${cellsOf(flow, trace.captures).map(escapeCsv).join(',')}\n`;
}

function cellsOf(flow: TracedFlow, captures: readonly TracedCapture[]): Cell[] {
  const { observed, expected } = flow;
  const start = flow.observations[0];
  return [
    ...[flow.id, flow.conversation, flow.protocol, ...endpointCells(flow.src), ...endpointCells(flow.dst)],
    ...[observed.encapsulation, observed.vni, observed.outerSrc, observed.outerDst, observed.udpPort],
    ...[expected.encapsulation, expected.pool, expected.reason, flow.verdict],
    ...[codesOf(flow), flow.unverified?.reason ?? null, flow.inScope],
    ...[flow.packets, flow.bytes, flow.overheadBytes, flow.first, flow.last, flow.outcome],
    ...[start === undefined ? null : (captures[start.capture]?.path ?? null), start?.firstPacket ?? null],
    ...[flow.packetsBetween?.least ?? null, flow.packetsBetween?.most ?? null],
    ...exchangeCells(flow),
    communityIdOf(flow),
  ];
}

function exchangeCells({ exchange, tcp, via }: TracedFlow): Cell[] {
  const { asked = null, handshake = null, dns = null } = exchange ?? {};
  const codes = Object.entries(dns?.codes ?? {}).map(([code, count]) => `${code}:${count}`);
  return [
    ...[exchange?.state ?? null, exchange?.by?.ip ?? null, asked?.asked ?? null, asked?.answered ?? null],
    ...[secondsCell(asked?.median), secondsCell(asked?.slowest), secondsCell(exchange?.duration)],
    ...[exchange?.rate == null ? null : Math.round(exchange.rate)],
    ...[secondsCell(handshake?.server), secondsCell(handshake?.client), secondsCell(exchange?.firstByte)],
    ...[tcp?.retransmissions ?? null, codes.join(' ') || null, dns?.names.join(', ') || null],
    ...[via === null ? null : `${via.service ?? via.ip}:${via.port}`],
  ];
}

/** With as many digits as a capture's clock has. */
function secondsCell(value: number | null | undefined): Cell {
  return value == null ? null : Number(value.toFixed(9));
}

function endpointCells(endpoint: Endpoint): Cell[] {
  return ENDPOINT_COLUMNS.map((name) => endpoint[name]);
}

/** Codes separated by blanks, each once: no code holds a blank, and no quoting is needed. */
function codesOf(flow: TracedFlow): string {
  return [...new Set(flow.findings.map((finding) => finding.code))].join(' ');
}
