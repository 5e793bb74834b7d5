// The views that `overlens query` and the printed duckdb line have: the one place of their SQL. What they compute over captures that were
// traced one by one is what one trace of all of them has; docs/sql.md says what needs one process.
import { KEPT_FIRST } from '../../flow/first-packets.ts';
import { ALL_FILES } from './hive-layout.ts';

export interface View {
  name: string;
  about: string;
  /** What stands behind CREATE VIEW name AS. */
  sql: string;
}

const FIVE_TUPLE = 'src_ip, src_port, dst_ip, dst_port, protocol';
const PAIRS = Array.from(
  { length: KEPT_FIRST },
  (_, i) => `{'fingerprint': fingerprint_${i + 1}, 'time_ns': time_${i + 1}_ns}`,
).join(', ');

/** Names are the same wherever a flow was captured, or not known there. */
const NAMES = ['src_namespace', 'src_pod', 'src_node', 'src_pool', 'dst_namespace', 'dst_pod', 'dst_node', 'dst_pool']
  .map((name) => `max(${name}) AS ${name}`)
  .join(', ');

/** Built on each other, in this order. */
export const VIEWS: readonly View[] = [
  {
    name: 'flows',
    about: 'one row a direction of a five-tuple, each packet counted once whatever number of places saw it',
    // what one run counts is counted there; pieces of one place add up, other places saw the same packets
    sql: `
WITH parts AS (
  SELECT ${FIVE_TUPLE}, capture_sha,
    min(coalesce(node, capture_sha) || '/' || coalesce(interface, '') || '/' || role) AS place,
    bool_or(role = 'underlay') AS on_nic, sum(counted_packets) AS packets, sum(counted_bytes) AS bytes
  FROM observations WHERE counted_packets > 0 GROUP BY ALL
), places AS (
  SELECT ${FIVE_TUPLE}, place, on_nic, sum(packets) AS packets, sum(bytes) AS bytes FROM parts GROUP BY ALL
), counts AS (
  SELECT ${FIVE_TUPLE}, max(packets)::BIGINT AS packets, arg_max(bytes, (packets, on_nic, bytes))::BIGINT AS bytes
  FROM places GROUP BY ALL
), facts AS (
  SELECT ${FIVE_TUPLE}, ${NAMES}, min(first_ns) AS first_ns, max(last_ns) AS last_ns,
    CASE count(DISTINCT encapsulation) FILTER (role = 'underlay')
      WHEN 0 THEN 'unknown' WHEN 1 THEN max(encapsulation) FILTER (role = 'underlay') ELSE 'mixed' END AS encapsulation,
    max(expected) AS expected, max(expected_reason) AS expected_reason,
    CASE WHEN bool_or(verdict = 'violation') THEN 'violation'
      WHEN bool_or(verdict = 'unverifiable') FILTER (role = 'underlay') THEN 'unverifiable'
      WHEN bool_or(verdict = 'ok') THEN 'ok' ELSE 'unverifiable' END AS verdict,
    max(finding) AS finding, max(community_id) AS community_id
  FROM observations GROUP BY ${FIVE_TUPLE}
)
SELECT facts.*, coalesce(packets, 0) AS packets, coalesce(bytes, 0) AS bytes
FROM facts LEFT JOIN counts ON ${FIVE_TUPLE.split(', ')
      .map((name) => `facts.${name} IS NOT DISTINCT FROM counts.${name}`)
      .join(' AND ')}`,
  },
  {
    name: 'leaks',
    about: 'packets on a NIC without the encapsulation that hides them: plain, or VXLAN where WireGuard was expected',
    sql: `
SELECT src_namespace, src_pod, src_ip, src_port, dst_namespace, dst_pod, dst_ip, dst_port, protocol, src_node, dst_node,
  node, interface, expected, expected_reason, encapsulation, packets, wire_bytes, first_ns, last_ns, file, first_packet
FROM observations
WHERE role = 'underlay' AND ((expected IN ('vxlan', 'ipip', 'wireguard') AND encapsulation = 'none')
  OR (expected = 'wireguard' AND encapsulation <> 'wireguard'))
ORDER BY first_ns, file, first_packet`,
  },
  {
    name: 'node_pairs',
    about: 'what two nodes send each other, by encapsulation',
    sql: `
SELECT src_node, dst_node, encapsulation, count(*) AS flows, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes,
  count(*) FILTER (verdict = 'violation') AS violations
FROM flows WHERE src_node IS NOT NULL AND dst_node IS NOT NULL
GROUP BY ALL ORDER BY packets DESC, src_node, dst_node, encapsulation`,
  },
  {
    name: 'by_pool',
    about: "flows and packets by the destination's IPPool, and how they were sent",
    sql: `
SELECT coalesce(dst_pool, src_pool) AS pool, expected, encapsulation, count(*) AS flows, sum(packets)::BIGINT AS packets,
  count(*) FILTER (verdict = 'ok') AS ok, count(*) FILTER (verdict = 'violation') AS violations,
  count(*) FILTER (verdict = 'unverifiable') AS unverifiable
FROM flows WHERE src_pool IS NOT NULL OR dst_pool IS NOT NULL
GROUP BY ALL ORDER BY ALL`,
  },
  {
    name: 'timeline',
    about: 'what began on NICs in each second, by encapsulation',
    sql: `
SELECT make_timestamp(first_ns // 1000000000 * 1000000) AS second, node, encapsulation,
  count(*) AS flows, sum(packets)::BIGINT AS packets, count(*) FILTER (verdict = 'violation') AS violations
FROM observations WHERE role = 'underlay' AND first_ns IS NOT NULL
GROUP BY ALL ORDER BY ALL`,
  },
  {
    name: 'sent_arrived',
    about:
      "packets on the sender's NICs beside those on the receiver's, of flows between two nodes that were both captured",
    // what several NICs of a node hold are the same packets: the most of one counts
    sql: `
WITH captured AS (SELECT DISTINCT node FROM observations WHERE role = 'underlay' AND node IS NOT NULL),
at_nic AS (
  SELECT ${FIVE_TUPLE}, node, interface, sum(distinct_packets) AS packets FROM observations
  WHERE role = 'underlay' AND node IS NOT NULL GROUP BY ALL
), at_node AS (SELECT ${FIVE_TUPLE}, node, max(packets)::BIGINT AS packets FROM at_nic GROUP BY ALL),
ends AS (
  SELECT flows.*, (SELECT max(packets) FROM at_node WHERE at_node.node = flows.src_node AND ${sameFlow('at_node')}) AS sent,
    (SELECT max(packets) FROM at_node WHERE at_node.node = flows.dst_node AND ${sameFlow('at_node')}) AS arrived
  FROM flows WHERE src_node <> dst_node AND src_node IN (SELECT node FROM captured) AND dst_node IN (SELECT node FROM captured)
)
SELECT src_namespace, src_pod, src_ip, src_port, dst_namespace, dst_pod, dst_ip, dst_port, protocol, src_node, dst_node,
  coalesce(sent, 0) AS sent, coalesce(arrived, 0) AS arrived, coalesce(sent, 0) - coalesce(arrived, 0) AS missing
FROM ends ORDER BY missing DESC, src_ip, src_port, dst_ip, dst_port, protocol`,
  },
  {
    name: 'first_packets',
    about: 'the first packets of each observation, one a row: two captures of one packet have the same fingerprint',
    sql: `
SELECT capture_sha, file, node, interface, role, ${FIVE_TUPLE}, unnest(list_filter([${PAIRS}], lambda one: one.fingerprint IS NOT NULL), recursive := true)
FROM observations`,
  },
];

function sameFlow(table: string): string {
  return FIVE_TUPLE.split(', ')
    .map((name) => `${table}.${name} IS NOT DISTINCT FROM flows.${name}`)
    .join(' AND ');
}

/** `observations`: the rows themselves, with the parts of their paths as columns. */
const TYPES = "{'cluster': VARCHAR, 'date': DATE, 'node': VARCHAR}";

/**
 * Statements that make the views over a folder, each on one line and ended by `;`.
 * @param folder as DuckDB is to open it
 */
export function viewStatements(folder: string): string[] {
  const files = `${globEscaped(folder.replace(/\/+$/, '') || '/')}/${ALL_FILES}`;
  const options = `hive_partitioning = true, hive_types = ${TYPES}, union_by_name = true`;
  const all = [{ name: 'observations', sql: `SELECT * FROM read_parquet(${sqlText(files)}, ${options})` }, ...VIEWS];
  return all.map(({ name, sql }) => `CREATE VIEW ${name} AS ${oneLine(sql)};`);
}

/** A text as SQL has it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What DuckDB would take for a pattern is meant as it stands. */
function globEscaped(path: string): string {
  return path.replaceAll(/[[*?]/g, (one) => `[${one}]`);
}

function oneLine(sql: string): string {
  const lines = sql.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}
