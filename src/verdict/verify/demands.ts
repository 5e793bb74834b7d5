// What `verify` asked of the flows in scope, and how many met it: one line per pool, tunnel and reason.
import { modeWords } from '../../topology/ask/mode-words.ts';
import { withoutSubnet } from '../../topology/ask/subnet.ts';
import type { Topology } from '../../topology/model.ts';
import type { FlowBrief } from '../trace-types.ts';
import type { Demand, VerifyOptions } from './verify-report.ts';
import type { Judged } from './waivers.ts';
import { isBetweenNodes, WIREGUARD_REASON } from './wireguard-pairs.ts';

/** The demand that a flow meets or fails; made when it is the first. */
export function demandOf(demands: Map<string, Demand>, flow: FlowBrief, { expect, topology }: VerifyOptions): Demand {
  const pool = expect === 'config' ? flow.expected.pool : flow.dst.pool;
  const asked = expect === 'config' ? askedOf(flow) : expect;
  const reason = expect === 'config' ? (isBetweenNodes(flow) ? WIREGUARD_REASON : flow.expected.reason) : 'demanded';
  const key = JSON.stringify([pool, asked, reason]);
  const known = demands.get(key);
  if (known !== undefined) return known;
  const counts = { flows: 0, packets: 0, transportData: 0, ok: 0, violation: 0, unverifiable: 0, waived: 0 };
  const demand: Demand = {
    pool,
    asked,
    reason,
    ...modeOf(pool, topology, flow),
    ...counts,
    vnis: [],
    udpPorts: [],
    between: [],
    withoutSubnet: [],
  };
  demands.set(key, demand);
  return demand;
}

function askedOf(flow: FlowBrief): Demand['asked'] {
  if (isBetweenNodes(flow)) return 'wireguard';
  const { encapsulation } = flow.expected;
  return encapsulation === null || encapsulation === 'local' ? 'none' : encapsulation;
}

/** Distinct node pairs kept per demand. */
const BETWEEN_KEPT = 6;

export function addToDemand(demand: Demand, flow: FlowBrief, verdict: Judged, topology: Topology | null): void {
  demand.flows++;
  demand.packets += flow.packets;
  if (isBetweenNodes(flow)) demand.transportData += flow.transportData;
  demand[verdict]++;
  const between = flow.src.node === null || flow.dst.node === null ? null : `${flow.src.node} → ${flow.dst.node}`;
  if (between !== null && demand.between.length < BETWEEN_KEPT) addOnce(demand.between, between);
  if (demand.reason === 'crosssubnet-different' && topology !== null && demand.withoutSubnet.length < BETWEEN_KEPT) {
    const node = (flow.judgedBy ?? topology).nodeByName(flow.src.node ?? '');
    const outside = withoutSubnet(topology.profile, node, flow.dst.ip);
    if (outside !== null) addOnce(demand.withoutSubnet, outside);
  }
  if (verdict !== 'ok') return;
  if (flow.observed.vni !== null) addOnce(demand.vnis, flow.observed.vni);
  if (flow.observed.udpPort !== null) addOnce(demand.udpPorts, flow.observed.udpPort);
}

function addOnce<T>(values: T[], value: T): void {
  if (!values.includes(value)) values.push(value);
}

/** The pool's deciding mode as the snapshot has it that was valid for the flow. */
export function modeOf(name: string | null, topology: Topology | null, flow: FlowBrief): Pick<Demand, 'mode' | 'ref'> {
  const pool = (flow.judgedBy ?? topology)?.pools.find((one) => one.name === name);
  if (pool === undefined) return { mode: null, ref: null };
  return { mode: modeWords(pool), ref: pool.modeRef };
}
