// The columns of a Parquet file: the one definition that the files, `.schema` and docs/sql.md are made of. A row is an observation: one
// direction of a flow at one capture point in one encapsulation. Columns may be added at the end, and never change.
import { KEPT_FIRST } from '../../flow/first-packets.ts';

/** `int64` cells are given as numbers or bigints, and are integers in the file. */
export type CellType = 'text' | 'int32' | 'int64';

export interface Column {
  name: string;
  type: CellType;
  about: string;
  /** It is never null. */
  isRequired?: boolean;
  /** Values that hardly repeat: neither a dictionary nor compression is tried. */
  isPlain?: boolean;
  /** Readers may leave row groups out by the least and the greatest value in them. */
  isRanged?: boolean;
}

export type Cell = string | number | bigint | null;

const REQUIRED = { isRequired: true };
const RANGED = { isRanged: true };
const PLAIN = { isPlain: true };

const ENDS = [
  ['src', 'source'],
  ['dst', 'destination'],
] as const;

function text(name: string, about: string, more: Partial<Column> = {}): Column {
  return { name, type: 'text', about, ...more };
}

function int32(name: string, about: string, more: Partial<Column> = {}): Column {
  return { name, type: 'int32', about, ...more };
}

function int64(name: string, about: string, more: Partial<Column> = {}): Column {
  return { name, type: 'int64', about, ...more };
}

export const OBSERVATION_COLUMNS: readonly Column[] = [
  text('capture_sha', 'sha256 of the capture', REQUIRED),
  text('file', 'its path, as it was given', REQUIRED),
  text('node', 'where it was captured; null: not known'),
  text('interface', 'on which interface; null: not known'),
  text('role', 'underlay (a NIC), tunnel, workload or unknown', REQUIRED),
  int64('first_ns', 'first packet, nanoseconds since 1970 by the clock of the capture; null without a time', {
    ...RANGED,
    ...PLAIN,
  }),
  int64('last_ns', 'last packet', { ...RANGED, ...PLAIN }),
  text('src_ip', 'inner source address', REQUIRED),
  int32('src_port', 'inner source port; 0 for protocols without, null where the snaplen cut it off'),
  text('dst_ip', 'inner destination address', REQUIRED),
  int32('dst_port', 'inner destination port'),
  text('protocol', 'tcp, udp, icmp, ... or a number', REQUIRED),
  ...ENDS.flatMap(([end, word]) => [
    text(`${end}_namespace`, `namespace of the ${word}, if it is a pod`),
    text(`${end}_pod`, `pod that has the ${word} address`),
    text(`${end}_node`, `node that the ${word} is on`),
    text(`${end}_pool`, `IPPool of the ${word} address`),
  ]),
  text('encapsulation', 'vxlan, ipip, wireguard, ... or none, as it was seen here', REQUIRED),
  int32('vni', 'of VXLAN'),
  text('outer_src', 'outer source address'),
  text('outer_dst', 'outer destination address'),
  int32('outer_port', 'UDP destination port of the tunnel'),
  int64('packets', 'packets seen here, copies too', REQUIRED),
  int64('inner_bytes', 'bytes of their frames without the tunnel', REQUIRED),
  int64('wire_bytes', 'bytes of their frames', REQUIRED),
  int32('syn', 'of TCP: SYN without ACK'),
  int32('fin', 'of TCP'),
  int32('rst', 'of TCP'),
  int32('retransmissions', 'of TCP: segments sent again'),
  text('verdict', 'of the flow: ok, violation or unverifiable', REQUIRED),
  text('finding', 'codes of its findings, blanks between them; null: none'),
  text('cause', 'letter of the problem it is a part of, in its run; null: none'),
  text('expected', 'vxlan, ipip, wireguard, none or local, as the snapshot has it; null: not known'),
  text('expected_reason', 'why'),
  int64('first_packet', 'number of the first packet in its capture', { ...REQUIRED, ...PLAIN }),
  int64('first_offset', 'where its frame begins in the capture, decompressed; null: not known', PLAIN),
  text('community_id', 'Community ID of the flow, the same for its answers', PLAIN),
  text('names_from', 'what tells whose the addresses are: pod, ipam-block, route, ...'),
  ...Array.from({ length: KEPT_FIRST }, (_, i): Column[] => [
    int32(`fingerprint_${i + 1}`, `packet ${i + 1}: the same number wherever it was captured`, PLAIN),
    int64(`time_${i + 1}_ns`, 'and when it was', PLAIN),
  ]).flat(),
  text('src_kind', 'pod, tunnel, node, service, external or unknown', REQUIRED),
  text('dst_kind', 'the same of the destination', REQUIRED),
  int64('distinct_packets', 'packets seen here, each once', REQUIRED),
  int64(
    'counted_packets',
    'those of them that are the flow: what other places of this run saw too counts once',
    REQUIRED,
  ),
  int64('counted_bytes', 'bytes of their frames', REQUIRED),
  int32('syn_ack', 'of TCP: SYN with ACK'),
];
