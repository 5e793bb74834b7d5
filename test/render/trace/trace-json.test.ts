import { describe, expect, test } from 'vitest';
import { CSV_HEADER, renderCsv } from '../../../src/render/trace/trace-csv.ts';
import { renderJson, renderJsonLines } from '../../../src/render/trace/trace-json.ts';
import { staleFdb } from '../../support/scenarios.ts';
import { buildTrace, flow, pod } from '../../support/trace-builder.ts';
import { traceDocumentProblems } from '../../support/trace-shape.ts';

const TEXT = [...renderJson(staleFdb())].join('');

describe('the JSON document', () => {
  test('has every key of the documented shape, in its order, and no key of another type', () => {
    expect(traceDocumentProblems(JSON.parse(TEXT))).toEqual([]);
  });

  test('is the same as before', async () => {
    await expect(TEXT).toMatchFileSnapshot('../golden/render/trace.json');
  });

  test('has one flow a line', () => {
    expect(TEXT.split('\n').filter((line) => /^ {2}\{"id":\d/.test(line)).length).toBe(17);
  });

  test('is valid without captures, flows and causes', () => {
    const empty = [...renderJson(buildTrace({ captures: [] }))].join('');
    expect(JSON.parse(empty)).toMatchObject({ schema: 'overlens.trace/1', captures: [], flows: [], causes: [] });
  });
});

describe('a count that may be several', () => {
  const ends = [pod('10.48.0.1', 'a', 'n1'), pod('10.48.0.2', 'b', 'n2')] as const;
  const [doubtful, certain] = [{ packets: 4, packetsBetween: { least: 2, most: 5 } }, { packets: 4 }].map((partial) =>
    buildTrace({ conversations: [[flow(...ends, partial)]] }),
  );

  test('has two keys more in JSON', () => {
    const flowOf = (trace: typeof doubtful): object =>
      JSON.parse([...renderJson(trace ?? buildTrace({}))].join('')).flows[0] as object;
    expect(flowOf(doubtful)).toMatchObject({ packets: 4, packetsLeast: 2, packetsMost: 5 });
    expect(Object.keys(flowOf(certain)).filter((key) => key.startsWith('packets'))).toEqual(['packets']);
  });

  test('fills two columns of CSV', () => {
    const lines = [...renderCsv(doubtful ?? buildTrace({}))].join('').trimEnd().split('\n');
    const at = lines[0]?.split(',').indexOf('packets_least') ?? -1;
    expect(
      lines
        .at(-1)
        ?.split(',')
        .slice(at, at + 2),
    ).toEqual(['2', '5']);
  });
});

describe('JSON lines', () => {
  const lines = [...renderJsonLines(staleFdb())]
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });

  test('are captures, then flows, then one summary', () => {
    expect(lines.map((line) => line.type)).toEqual([
      'capture',
      'capture',
      ...Array.from({ length: 17 }, () => 'flow'),
      'summary',
    ]);
  });

  test('hold what the document holds', () => {
    const document = JSON.parse(TEXT) as { captures: object[]; flows: object[]; summary: object };
    const without = (line: object): object =>
      Object.fromEntries(Object.entries(line).filter(([key]) => key !== 'type'));
    expect(lines.filter((line) => line.type === 'flow').map(without)).toEqual(document.flows);
    expect(lines.filter((line) => line.type === 'capture').map(without)).toEqual(document.captures);
    expect(lines.at(-1)).toMatchObject(document.summary);
  });
});

describe('CSV', () => {
  const rows = [...renderCsv(staleFdb())].join('').trimEnd().split('\n');

  test('has the header of docs/output.md', () => {
    expect(rows[0]).toBe(
      'id,conversation,protocol,src_ip,src_port,src_kind,src_namespace,src_pod,src_node,src_pool,' +
        'dst_ip,dst_port,dst_kind,dst_namespace,dst_pod,dst_node,dst_pool,' +
        'encapsulation,vni,outer_src,outer_dst,udp_port,expected,expected_pool,expected_reason,' +
        'verdict,findings,unverified,in_scope,packets,bytes,overhead_bytes,first,last,outcome,capture,first_packet,packets_least,packets_most,' +
        'state,by,asked,answered,answer_median,answer_slowest,duration,rate,' +
        'handshake_server,handshake_client,first_byte,retransmissions,dns_codes,dns_names,via,community_id',
    );
  });

  test('has as many fields in every row as in the header', () => {
    expect(new Set(rows.map((row) => row.split(',').length))).toEqual(new Set([CSV_HEADER.length]));
  });

  test('writes one flow a row', () => {
    expect(rows[9]).toBe(
      '9,5,icmp,10.48.0.130,0,pod,shop,cart,control1,default-ipv4-ippool,10.48.0.200,0,pod,shop,db,worker1,default-ipv4-ippool,' +
        'vxlan,4096,10.0.1.20,10.0.1.31,4789,vxlan,default-ipv4-ippool,pool-always,violation,wrong-destination-vtep,,true,9,450,150,' +
        '2026-11-22T08:29:50.212345Z,2026-11-22T08:29:51.212345Z,sent-never-arrived,control1-ens5.pcap,3,,,,,,,,,,,,,,,,,,',
    );
  });
});
