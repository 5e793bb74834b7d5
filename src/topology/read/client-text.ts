// What Calico's client prints besides objects: boxed tables of its IPAM and of BGP peers, and the log of its IPAM check (its
// commands/ipam and commands/node). Borrowed addresses and the nodes of blocks are read; the rest is known, and used for nothing.
import { canonicalNetwork } from '../../net/cidr.ts';
import { canonicalIp } from '../../net/ip.ts';
import type { SourceRef } from '../model.ts';
import { emptyNodeFact, type Facts } from './stated-facts.ts';

export interface ClientTextReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
}

type Cells = ReadonlyMap<string, string>;

/** First column of the tables that are known -> what their rows state. */
const TABLES: Readonly<Record<string, (cells: Cells, ref: SourceRef, facts: Facts) => void>> = {
  IP: readBorrowed,
  'PEER ADDRESS': readPeer,
  // Pools and blocks without their nodes and modes.
  GROUPING: () => {},
  PROPERTY: () => {},
};
const CHECK =
  /^(?:Loading all|Found \d|IPAM blocks record|Looking for top|Scanning for|Validating IPAM|Check complete|Workloads and nodes|Node with most)/;
const STATUS = /^(?:Calico process is|IPv[46] BGP status|No IPv[46] peers found|INFO: BIRDv)/;
const BLOCK = /^ {0,4}IPAM block (\S+) affinity=(?:host:)?([^\s:]+):?$/;

/** Reads such outputs, line by line. */
export function createClientTextReader(facts: Facts): ClientTextReader {
  let columns: string[] | null = null;
  let isCheck = false;
  return {
    read(line, ref) {
      // A rule of the table; what looks like one elsewhere tells nothing.
      if (line.startsWith('+-')) return columns !== null && /^[+-]+$/.test(line.trimEnd());
      if (line.startsWith('|')) {
        const cells = line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim());
        if (columns === null || Object.hasOwn(TABLES, cells[0] ?? '')) {
          columns = Object.hasOwn(TABLES, cells[0] ?? '') ? cells : null;
          return columns !== null;
        }
        if (cells.length !== columns.length) return false;
        const row = new Map(columns.map((column, i) => [column, cells[i] ?? '']));
        TABLES[columns[0] ?? '']?.(row, ref, facts);
        return true;
      }
      if (line.trim() !== '') columns = null;
      const [, cidr = '', node = ''] = BLOCK.exec(line) ?? [];
      if (cidr !== '') addBlock(cidr, node === '<none>' ? null : node, ref, facts);
      if (cidr !== '' || line.startsWith('Checking IPAM')) isCheck = true;
      else if (line.trim() !== '' && !line.startsWith('  ') && !CHECK.test(line)) isCheck = false;
      return (isCheck && line.trim() !== '') || STATUS.test(line);
    },
  };
}

function readBorrowed(cells: Cells, ref: SourceRef, facts: Facts): void {
  const address = canonicalIp(cells.get('IP') ?? '');
  const block = canonicalNetwork(cells.get('BLOCK') ?? '');
  const node = cells.get('BORROWING-NODE') ?? '';
  const owner = cells.get('BLOCK OWNER') ?? '';
  if (address === null || block === null || node === '') return;
  const [namespace, pod] = (cells.get('ALLOCATED-TO') ?? '').split('/');
  const isPod = cells.get('TYPE') === 'pod' && pod !== undefined;
  facts.allocations.push({
    ...{ address, node, block, ref, affinity: owner === '' ? null : owner, tunnelKind: null },
    ...{ namespace: isPod ? (namespace ?? null) : null, pod: isPod ? pod : null },
  });
  if (owner !== '') addBlock(block, owner, ref, facts);
}

/** A peer of the mesh of all nodes is a node; others may be routers. */
function readPeer(cells: Cells, ref: SourceRef, facts: Facts): void {
  const address = canonicalIp(cells.get('PEER ADDRESS') ?? '');
  if (address === null || cells.get('PEER TYPE') !== 'node-to-node mesh') return;
  const fact = emptyNodeFact(null, 'mention', ref);
  fact.addresses = [{ address, prefixLength: null, source: 'BGP peer', ref }];
  facts.nodes.push(fact);
}

function addBlock(written: string, node: string | null, ref: SourceRef, facts: Facts): void {
  const cidr = canonicalNetwork(written);
  if (cidr === null || node === null || facts.blocks.some((block) => block.cidr === cidr)) return;
  facts.blocks.push({ cidr, node, source: 'BlockAffinity', content: node, ref });
}
