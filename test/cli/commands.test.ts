import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OverlensError } from '../../src/errors.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { type CliRun, fakeStages, runCli } from '../support/run-cli.ts';
import { staleFdb } from '../support/scenarios.ts';
import { buildTopology } from '../support/topology-builder.ts';
import { buildTrace, capture, flow, pod, UNSEEN } from '../support/trace-builder.ts';
import { traceDocumentProblems } from '../support/trace-shape.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'overlens-commands-'));
const CAPTURE = join(DIRECTORY, 'a.pcap');
writeFileSync(CAPTURE, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));

const CART = pod('10.48.0.130', 'shop/cart', 'control1');
const DB = pod('10.48.0.200', 'shop/db', 'worker1');
const HEALTHY = buildTrace({ conversations: [[flow(CART, DB), flow(DB, CART)]] });
const CORRUPT = {
  code: 'E_CORRUPT_CAPTURE',
  message: 'a.pcap: packet 37 at byte offset 4266: claims 4 GB',
  hint: 'capture again',
};

function damaged(trace: Trace): Trace {
  const [first = capture('a.pcap')] = trace.captures;
  return { ...trace, captures: [{ ...first, complete: false, error: CORRUPT }] };
}

function run(
  argv: readonly string[],
  trace: Trace = staleFdb('short'),
  world: Parameters<typeof runCli>[1] = {},
): Promise<CliRun> {
  return runCli(argv, { stages: fakeStages(trace, buildTopology()), ...world });
}

describe('trace', () => {
  test('is the default command', async () => {
    const [named, unnamed] = [await run(['trace', CAPTURE, '-t', 'topo']), await run([CAPTURE, '-t', 'topo'])];
    expect(unnamed).toEqual(named);
    expect(named.code).toBe(0);
    expect(named.stdout).toContain(
      '1 of 10 conversations loses packets; 2 wrong (1 cause), 7 as configured, 1 undecided.\n',
    );
  });

  test.each([
    [['-t', 'topo', CAPTURE, 'b.pcap']],
    [[CAPTURE, '-t', 'topo', '-r', 'b.pcap']],
    [['-r', CAPTURE, '-rb.pcap', '--topology=topo']],
  ])('%j: options take one value each, so the rest are captures', async (argv) => {
    const stages = fakeStages(staleFdb('short'), buildTopology());
    const b = join(DIRECTORY, 'b.pcap');
    writeFileSync(b, '');
    await runCli(
      argv.map((arg) => arg.replace('b.pcap', b)),
      { stages },
    );
    expect(stages.asked[0]?.captures).toEqual([CAPTURE, b]);
  });

  test('hands every option to the pipeline', async () => {
    const stages = fakeStages(staleFdb('short'), buildTopology());
    const argv = [
      ...[
        CAPTURE,
        CAPTURE,
        '-t',
        'topo',
        '--pod',
        'shop/cart',
        '--from-pod',
        'cart',
        '--to-pod',
        'shop/db',
        '--to-pod',
        'db',
        '--node',
        'worker1',
      ],
      ...[
        '--ip',
        '10.48.0.0/24',
        '--ip',
        'fd00::1',
        '--port',
        '80',
        '--protocol',
        'TCP',
        '--protocol',
        '17',
        '--protocol',
        '103',
      ],
      ...[
        '--encapsulation',
        'plain',
        '--verdict',
        'ok',
        '--finding',
        'no-reply',
        '--vxlan-port',
        '8472',
        '--vxlan-vni',
        '1',
        '--unfiltered',
        'a.pcap',
      ],
      ...['--since', '08:29:50', '--until', '1.5', '--reader', 'pcap-parser', '--at', 'a.pcap=10.0.1.20:ens5'],
      ...['--workers', '3'],
    ];
    expect((await runCli(argv, { stages })).code).toBe(0);
    const { signal: _, topology, ...asked } = stages.asked[0] ?? { topology: null };
    expect(topology).not.toBeNull();
    expect(asked).toEqual({
      captures: [CAPTURE],
      reader: 'pcap-parser',
      workers: 3,
      vxlanPorts: [8472],
      vxlanVNI: 1,
      unfiltered: ['a.pcap'],
      since: '08:29:50',
      until: '1.5',
      at: [{ file: 'a.pcap', node: 'control1', interface: 'ens5' }],
      hints: new Map(),
      logs: new Map(),
      filter: {
        pod: ['shop/cart'],
        fromPod: ['cart'],
        toPod: ['shop/db', 'db'],
        node: ['worker1'],
        ip: ['10.48.0.0/24', 'fd00::1/128'],
        port: [80],
        protocol: ['tcp', 'udp', '103'],
        encapsulation: ['none'],
        verdict: ['ok'],
        finding: ['no-reply'],
      },
    });
  });

  test('-o json is one document of the documented shape', async () => {
    const { code, stdout, stderr } = await run([CAPTURE, '-o', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(traceDocumentProblems(JSON.parse(stdout))).toEqual([]);
  });

  test.each([
    ['jsonl', /^\{"type":"capture"/],
    ['csv', /^id,conversation,protocol,/],
    ['wide', /\nID {2}VERDICT +FROM/],
    ['summary', /\nVERDICT +FLOWS {2}PACKETS/],
    ['table', /\n +# +FROM +NODE +TO +NODE /],
  ])('-o %s', async (output, pattern) => {
    const { code, stdout } = await run([CAPTURE, '-o', output]);
    expect(code).toBe(0);
    expect(stdout).toMatch(pattern);
  });

  test('--finding A is that problem in full', async () => {
    const { stdout } = await run([CAPTURE, '--finding', 'A']);
    expect(stdout).toContain('\n   How control1 decided');
  });

  test('--finding A -o json holds its flows only, and the summary counts them', async () => {
    const { stdout } = await run([CAPTURE, '--finding', 'A', '-o', 'json']);
    const document = JSON.parse(stdout) as { flows: { id: number }[]; summary: object };
    expect(document.flows.map(({ id }) => id)).toEqual([9, 10]);
    expect(document.summary).toMatchObject({ flows: 2, conversations: 2, ok: 0, violation: 2 });
  });

  test('a filter that fits nothing says what the captures hold', async () => {
    const stages = fakeStages(
      (options) => (options.filter?.pod === undefined ? HEALTHY : buildTrace({})),
      buildTopology(),
    );
    const { code, stdout, stderr } = await runCli([CAPTURE, '--pod', 'shop/cart', '--since', '5'], { stages });
    expect(code).toBe(0);
    expect(stdout).toContain('No flows.\n');
    expect(stderr).toBe(
      [
        'overlens: no flow fits --pod shop/cart --since 5',
        '  The captures hold 2 flows:',
        '    pods          shop/cart, shop/db',
        '    namespaces    shop',
        '    nodes         control1, worker1',
        '    services      tcp',
        '    encapsulation vxlan',
        '    verdicts      as configured',
        '    outcomes      answered',
        '',
      ].join('\n'),
    );
    expect(stages.asked[1]?.since).toBeUndefined();
  });

  test('conflicts within the snapshot are hinted at', async () => {
    const issue = { code: 'owner-conflict', severity: 'conflict', message: '', refs: [], subjects: [] } as const;
    const stages = fakeStages(HEALTHY, buildTopology({ issues: [issue] }));
    const { code, stderr } = await runCli([CAPTURE, '-t', 'topo'], { stages });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'overlens: the snapshot has 1 conflict or risk of its own\n  overlens topology topo shows them\n',
    });
  });
});

describe('exit codes', () => {
  test.each([
    ['trace: violations are results, not errors', ['trace'], staleFdb('short'), 0],
    ['verify: proven', ['verify'], HEALTHY, 0],
    ['verify: a violation', ['verify'], staleFdb('short'), 1],
    ['verify: nothing judged', ['verify'], buildTrace({ conversations: [[flow(CART, DB, UNSEEN)]] }), 3],
    ['verify: nothing at all', ['verify'], buildTrace({ captures: [capture('a.pcap', { packets: 0 })] }), 3],
    ['trace: header only is fine', ['trace'], buildTrace({ captures: [capture('a.pcap', { packets: 0 })] }), 0],
    ['corrupt input outranks a violation', ['verify'], damaged(staleFdb('short')), 2],
    ['corrupt input outranks undecided', ['verify'], damaged(buildTrace({})), 2],
    ['corrupt input outranks done', ['trace'], damaged(HEALTHY), 2],
  ])('%s', async (_name, argv, trace, code) => {
    expect((await run([...argv, CAPTURE, '-t', 'topo'], trace)).code).toBe(code);
  });

  test('corrupt input still prints everything read before it, as a whole document', async () => {
    const { code, stdout, stderr } = await run([CAPTURE, '-o', 'json'], damaged(HEALTHY));
    const document = JSON.parse(stdout) as { flows: object[]; captures: { error: object }[] };
    expect(document.flows.length).toBe(2);
    expect(document.captures[0]?.error).toEqual(CORRUPT);
    expect(stderr).toBe('overlens: a.pcap: packet 37 at byte offset 4266: claims 4 GB\n  capture again\n');
    expect(code).toBe(2);
  });

  test('what the stages refuse is exit 2 with all its lines', async () => {
    const stages = fakeStages(HEALTHY);
    stages.loadTopology = () =>
      Promise.reject(
        new OverlensError('E_INVALID_SNAPSHOT', 'pools.yaml:3: no CIDR\npools.yaml:9: no CIDR', { hint: 'fix them' }),
      );
    expect(await runCli([CAPTURE, '-t', 'pools.yaml'], { stages })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'overlens: pools.yaml:3: no CIDR\n  pools.yaml:9: no CIDR\n  fix them\n',
    });
  });

  test('an internal error is exit 2, short, and the stack only on demand', async () => {
    const stages = fakeStages(() => {
      throw new TypeError('x is not a function');
    });
    const short = await runCli([CAPTURE], { stages });
    expect(short).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'overlens: internal error: x is not a function\n  this is a bug in overlens: please report it with the command line\n' +
        '  OVERLENS_DEBUG=1 shows where it happened\n',
    });
    const { stderr } = await runCli([CAPTURE], { stages, env: { OVERLENS_DEBUG: '1' } });
    expect(stderr).toMatch(/\n {4}at /);
  });

  test('topology --strict: a conflict or a risk is exit 1, a warning is not', async () => {
    const topology = (severity: 'conflict' | 'risk' | 'warning'): ReturnType<typeof buildTopology> =>
      buildTopology({ issues: [{ code: 'x', severity, message: 'm', refs: [], subjects: [] }] });
    const code = async (severity: 'conflict' | 'risk' | 'warning', ...more: string[]): Promise<number> =>
      (await runCli(['topology', 'topo', ...more], { stages: fakeStages(HEALTHY, topology(severity)) })).code;
    expect(
      await Promise.all([
        code('conflict'),
        code('conflict', '--strict'),
        code('risk', '--strict'),
        code('warning', '--strict'),
      ]),
    ).toEqual([0, 1, 1, 0]);
  });
});

describe('verify', () => {
  test.each([
    ['text', /^PASS {2}every packet/],
    ['json', /^\{\n {2}"schema": "overlens.verify\/1"/],
    ['junit', /^<\?xml version="1.0"/],
    ['markdown', /^## ✅ PASS/],
  ])('-o %s', async (output, pattern) => {
    expect((await run(['verify', CAPTURE, '-t', 'topo', '-o', output], HEALTHY)).stdout).toMatch(pattern);
  });

  test('-o json has the hash of each capture', async () => {
    const { stdout } = await run(['verify', CAPTURE, '-t', 'topo', '-o', 'json'], HEALTHY);
    const sha256 = createHash('sha256')
      .update(Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'))
      .digest('hex');
    expect((JSON.parse(stdout) as { captures: { sha256: string }[] }).captures[0]?.sha256).toBe(sha256);
  });

  test('its options reach the judgement', async () => {
    expect((await run(['verify', CAPTURE, '-t', 'topo', '--cover', 'node-pairs'], HEALTHY)).code).toBe(3);
    expect((await run(['verify', CAPTURE, '-t', 'topo', '--expect', 'ipip'], HEALTHY)).code).toBe(1);
    expect((await run(['verify', CAPTURE, '-t', 'topo', '--pool', 'flat-ippool'], HEALTHY)).code).toBe(3);
    const partly = buildTrace({ conversations: [[flow(CART, DB)], [flow(DB, CART, UNSEEN)]] });
    expect((await run(['verify', CAPTURE, '-t', 'topo'], partly)).code).toBe(0);
    expect((await run(['verify', CAPTURE, '-t', 'topo', '--strict'], partly)).code).toBe(3);
  });
});

describe('topology and snapshot', () => {
  test('topology prints the snapshot as text and as JSON', async () => {
    expect((await run(['topology', 'topo'])).stdout).toMatch(/^POOLS\n {2}default-ipv4-ippool/);
    expect(JSON.parse((await run(['topology', '-t', 'topo', '-o', 'json'])).stdout)).toMatchObject({
      schema: 'overlens.topology/1',
    });
  });

  test('snapshot prints commands and runs none', async () => {
    expect(await run(['snapshot'])).toEqual({
      code: 0,
      stdout: 'kubectl get ippools,nodes,pods -A -o yaml > snapshot.yaml\n',
      stderr: '',
    });
  });
});
