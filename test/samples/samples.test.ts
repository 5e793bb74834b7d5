// The samples tell the stories their READMEs tell: what each must show, from its captures and its snapshot alone.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import type { Expectation } from '../../src/verdict/verify/questions.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../src/verdict/verify/verify-report.ts';
import { topologyIn } from '../support/loaded-topology.ts';

const ROOT = 'samples';
const folders = readdirSync(ROOT).filter((name) => /^\d\d-/.test(name));
const CONTROL1 = 'ip-10-0-1-20.eu-west-1.compute.internal';
const WORKER1 = 'ip-10-0-1-30.eu-west-1.compute.internal';
const [WEB, CART, DB, CLIENT, LEDGER] = ['10.48.0.130', '10.48.0.131', '10.48.0.200', '10.48.0.10', '10.48.128.200'];

function capturesOf(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith('.pcap'));
  return files.sort().map((file) => join(ROOT, folder, file));
}

interface Run {
  trace: Trace;
  flows: TracedFlow[];
  verify(expectation?: Expectation): VerifyReport;
}

async function run(
  folder: string,
  captures = capturesOf(folder),
  snapshot = join(ROOT, folder, 'topology'),
): Promise<Run> {
  const topology = await topologyIn(snapshot);
  const trace = await traceCaptures({ captures, topology });
  const verify = (expectation: Expectation = 'config') =>
    verifyTrace(trace, { expect: expectation, pools: [], strict: false, topology });
  return { trace, flows: [...trace.flows()], verify };
}

/** `observed/verdict` of every flow between two addresses. */
function seen({ flows }: Run, src: string, dst: string): string[] {
  const found = flows.filter((flow) => flow.src.ip === src && flow.dst.ip === dst);
  return [...new Set(found.map((flow) => `${flow.observed.encapsulation} ${flow.verdict}`))].sort();
}

function causes({ trace }: Run, severity: 'violation' | 'warning'): string[] {
  const found = trace.causes.filter((cause) => cause.severity === severity);
  return found.map((cause) => `${cause.code} ${cause.fromNode} > ${cause.toNode}`);
}

function warningCodes({ trace }: Run): string[] {
  return [...new Set(trace.causes.filter((cause) => cause.severity === 'warning').map((cause) => cause.code))].sort();
}

describe('every sample', () => {
  it('has its story, its snapshot and its captures, and stays small', () => {
    let total = 0;
    for (const folder of folders) {
      const asked = folder.includes('flannel') ? 'kube-flannel-cfg.yaml' : 'ippools.yaml';
      for (const part of ['README.md', `topology/${asked}`, 'topology/nodes.yaml', 'topology/pods.yaml'])
        expect(existsSync(join(ROOT, folder, part)), `${folder}/${part}`).toBe(true);
      const sizes = capturesOf(folder).map((path) => statSync(path).size);
      expect(sizes.length, folder).toBeGreaterThan(0);
      expect(Math.max(...sizes), folder).toBeLessThan(300_000);
      total += sizes.reduce((sum, size) => sum + size, 0);
    }
    expect(folders.length).toBeGreaterThanOrEqual(11);
    expect(total).toBeLessThan(1_500_000);
  });

  it('names only files that are there', () => {
    for (const folder of folders) {
      const text = readFileSync(join(ROOT, folder, 'README.md'), 'utf8');
      for (const [path] of text.matchAll(/samples\/[\w./-]+/g))
        expect(existsSync(path), `${folder}: ${path}`).toBe(true);
      for (const [, name = ''] of text.matchAll(/`([\w.-]+\.pcap)`/g))
        expect(existsSync(join(ROOT, folder, name)), `${folder}: ${name}`).toBe(true);
    }
  });
});

describe('01 VXLAN between nodes', () => {
  it('is as configured in every flow', async () => {
    const sample = await run('01-vxlan-between-nodes');
    expect(sample.trace.summary).toMatchObject({ violation: 0, unverifiable: 0 });
    expect(sample.trace.causes).toEqual([]);
    expect(sample.verify().exitCode).toBe(0);
  });

  it('shows two pools: plain one way, VXLAN the other', async () => {
    const sample = await run('01-vxlan-between-nodes');
    expect(seen(sample, CLIENT, LEDGER)).toEqual(['none ok']);
    expect(seen(sample, LEDGER, CLIENT)).toEqual(['vxlan ok']);
  });

  it('shows control1 behind its tunnel address, and nothing of what stays on one node', async () => {
    const sample = await run('01-vxlan-between-nodes');
    const own = sample.flows.find((flow) => flow.src.ip === '10.48.0.135');
    expect(own?.src).toMatchObject({ kind: 'tunnel', node: CONTROL1 });
    expect(seen(sample, WEB, CART)).toEqual([]);
  });
});

describe('02 pool Never', () => {
  it('is as configured, and not VXLAN', async () => {
    const sample = await run('02-pool-never');
    expect(sample.trace.summary).toMatchObject({ violation: 0, unverifiable: 0 });
    expect(sample.verify().exitCode).toBe(0);
    expect(sample.verify('vxlan').exitCode).toBe(1);
  });

  it('is a bypass against the snapshot of 01', async () => {
    const sample = await run('02-pool-never', undefined, 'samples/01-vxlan-between-nodes/topology');
    expect(seen(sample, WEB, DB)).toEqual(['none violation']);
    expect(new Set(causes(sample, 'violation').map((cause) => cause.split(' ')[0]))).toEqual(
      new Set(['overlay-bypassed']),
    );
    expect(sample.verify().exitCode).toBe(1);
  });
});

describe('03 CrossSubnet', () => {
  it('is plain inside the subnet, VXLAN across, and as configured', async () => {
    const sample = await run('03-crosssubnet');
    expect(sample.trace.summary).toMatchObject({ violation: 0, unverifiable: 0 });
    expect(seen(sample, WEB, DB)).toEqual(['none ok']);
    expect(seen(sample, CLIENT, WEB)).toEqual(['vxlan ok']);
    expect(sample.verify().exitCode).toBe(0);
  });
});

describe('04 overlay bypassed', () => {
  it('has one cause: worker1 to control1', async () => {
    const sample = await run('04-overlay-bypassed');
    expect(causes(sample, 'violation')).toEqual([`overlay-bypassed ${WORKER1} > ${CONTROL1}`]);
    expect(seen(sample, DB, WEB)).toEqual(['none violation']);
    expect(seen(sample, WEB, DB)).toEqual(['vxlan ok']);
    expect(sample.verify().exitCode).toBe(1);
  });

  it('names the route', async () => {
    const sample = await run('04-overlay-bypassed');
    const chain = sample.trace.causes[0]?.chain ?? [];
    expect(chain.filter((step) => step.status === 'wrong').map((step) => step.table)).toEqual(['route']);
  });
});

describe('05 same node', () => {
  it('shows nothing of it on the NIC', async () => {
    const sample = await run('05-same-node');
    expect(sample.trace.summary.violation).toBe(0);
    const local = sample.flows.find((flow) => flow.src.ip === WEB && flow.dst.ip === CART);
    expect(local?.expected.encapsulation).toBe('local');
    expect(seen(sample, WEB, DB)).toEqual(['vxlan ok']);
    expect(sample.verify().exitCode).toBe(0);
  });

  it('proves nothing from the veths alone', async () => {
    const veths = capturesOf('05-same-node').filter((path) => path.includes('cali'));
    const sample = await run('05-same-node', veths);
    expect(seen(sample, WEB, DB)).toEqual(['unknown unverifiable']);
    expect(sample.verify().exitCode).toBe(3);
  });
});

describe('06 any interface', () => {
  it('takes no plain copy for a bypass, with both captures and with each alone', async () => {
    const all = capturesOf('06-any-interface');
    for (const captures of [all, ...all.map((path) => [path])]) {
      const sample = await run('06-any-interface', captures);
      expect(sample.trace.summary.violation, captures.join(' ')).toBe(0);
      expect(seen(sample, WEB, DB), captures.join(' ')).toEqual(['vxlan ok']);
    }
  });

  it('still sees the flat pool plain on the NIC', async () => {
    expect(seen(await run('06-any-interface'), CLIENT, LEDGER)).toEqual(['none ok']);
  });
});

describe('07 pool edited', () => {
  it('is a change of mode and no wall of violations', async () => {
    const sample = await run('07-pool-edited');
    expect(causes(sample, 'violation')).toEqual([]);
    expect(warningCodes(sample)).toContain('mode-changed');
  });

  it('tells which node changed first, by clocks that were compared, and how many pings were in vain', async () => {
    const { trace } = await run('07-pool-edited');
    const also = trace.causes.find((cause) => cause.code === 'mode-changed')?.also.join('\n');
    expect(also).toMatch(
      /^ip-10-0-1-20\S* was first, at 2026-11-22T09:50:31\.968527Z; ip-10-0-1-30\S* 0\.8 s later, ip-10-0-1-31\S* 1\.7 s later\n/,
    );
    expect(also).toContain('compared to ±0.01 ms');
    expect(also).toContain('35 packets of these flows'); // pings: 13 + 13 + 4 that nobody answered, and 5 answers that got lost
  });

  // All senders left the mode that the snapshot from before asks for: an edit, not a bypass that begins at one of them.
  it('is no wall of violations against the snapshot from before', async () => {
    const sample = await run('07-pool-edited', undefined, join(ROOT, '07-pool-edited', 'topology-before'));
    expect(causes(sample, 'violation')).toEqual([]);
    expect(warningCodes(sample)).toContain('mode-changed');
    const reasons = new Set(
      sample.flows.map((flow) => flow.unverified?.reason).filter((reason) => reason !== undefined),
    );
    expect([...reasons]).toEqual(['after-mode-change']);
  });
});

describe('08 stale FDB', () => {
  it("has one violation: control1's packets for worker1", async () => {
    const sample = await run('08-stale-fdb');
    expect(causes(sample, 'violation')).toEqual([`wrong-destination-vtep ${CONTROL1} > ${WORKER1}`]);
    expect(seen(sample, WEB, DB)).toEqual(['vxlan violation']);
    expect(seen(sample, DB, WEB)).toEqual(['vxlan ok']);
    expect(sample.verify().exitCode).toBe(1);
  });

  it('names the FDB', async () => {
    const sample = await run('08-stale-fdb');
    const chain = sample.trace.causes[0]?.chain ?? [];
    expect(chain.filter((step) => step.status === 'wrong').map((step) => step.table)).toEqual(['fdb']);
  });
});

describe('09 to 11', () => {
  it('09 is an MTU black hole, rightly encapsulated', async () => {
    const sample = await run('09-mtu-black-hole');
    expect(causes(sample, 'violation')).toEqual([]);
    expect(warningCodes(sample)).toContain('mtu-black-hole');
    expect(sample.verify().exitCode).toBe(0);
  });

  it('10 never reaches the NIC, and the neighbour is missing', async () => {
    const sample = await run('10-missing-neighbour');
    expect(causes(sample, 'violation')).toEqual([]);
    expect(warningCodes(sample)).toContain('missing-neighbour');
    expect(seen(sample, CLIENT, WEB)).toEqual(['vxlan ok']);
  });

  it('11 is fragmented outside, and nothing is lost or unexplained', async () => {
    const sample = await run('11-outer-fragments');
    expect(causes(sample, 'violation')).toEqual([]);
    expect(warningCodes(sample)).toEqual(['outer-fragmented']);
    expect(sample.trace.captures.flatMap((capture) => capture.faults)).toEqual([]);
    expect(sample.verify().exitCode).toBe(0);
  });
});

describe('12 and 13, of flannel', () => {
  it('12 is plain between the nodes of one subnet, VXLAN to and from the third, and all of it as asked', async () => {
    const sample = await run('12-flannel-direct-routing');
    expect(sample.flows.map(({ verdict }) => verdict)).not.toContain('violation');
    expect(seen(sample, '10.244.1.2', '10.244.2.2')).toEqual(['none ok']);
    expect(seen(sample, '10.244.1.2', '10.244.3.2')).toEqual(['vxlan ok']);
    expect(sample.verify().exitCode).toBe(0);
  });

  it("13 sends node-3's packets to node-2, by the FDB, and says so without a word of IPPools", async () => {
    const sample = await run('13-flannel-stale-fdb');
    expect(causes(sample, 'violation')).toEqual(['wrong-destination-vtep node-1 > node-3']);
    const [cause] = sample.trace.causes;
    expect(cause?.chain.filter((step) => step.status === 'wrong').map((step) => step.table)).toEqual(['fdb']);
    expect(JSON.stringify(cause)).toContain('Backend Type vxlan, net-conf.json in kube-flannel-cfg');
    expect(JSON.stringify(cause)).toContain('bridge fdb show dev flannel.1');
    expect(JSON.stringify(cause)).not.toMatch(/ippool|calico/i);
    expect(sample.verify().exitCode).toBe(1);
  });
});

describe('14 IP-in-IP', () => {
  it('is as configured in every flow: IP-in-IP, and plain within the subnet of the CrossSubnet pool', async () => {
    const sample = await run('14-ip-in-ip');
    expect(sample.trace.summary).toMatchObject({ violation: 0, unverifiable: 0 });
    expect(sample.trace.causes).toEqual([]);
    expect([seen(sample, WEB, DB), seen(sample, DB, WEB)]).toEqual([['ipip ok'], ['ipip ok']]);
    expect([seen(sample, CLIENT, LEDGER), seen(sample, LEDGER, CLIENT)]).toEqual([['ipip ok'], ['ipip ok']]);
    expect([seen(sample, WEB, LEDGER), seen(sample, LEDGER, WEB)]).toEqual([['none ok'], ['ipip ok']]);
  });

  it('passes, and fails a demand for VXLAN by its pools', async () => {
    const sample = await run('14-ip-in-ip');
    expect(sample.verify().exitCode).toBe(0);
    const { exitCode, failures } = sample.verify('vxlan');
    expect(exitCode).toBe(1);
    expect(failures.map((failure) => `${failure.seen} ${failure.asConfigured}`)).toEqual([
      'ipip true',
      'ipip true',
      'none true',
    ]);
  });

  it('fails a demand for IP-in-IP by what the CrossSubnet pool sends plain, and by nothing else', async () => {
    const { exitCode, failures } = (await run('14-ip-in-ip')).verify('ipip');
    expect(exitCode).toBe(1);
    expect(failures.map(({ pool, seen, flows }) => [pool, seen, flows])).toEqual([['flat-ippool', 'none', 1]]);
  });

  it('has one cause after the fault, and names the route', async () => {
    const folder = '14-ip-in-ip/bypass';
    const sample = await run(folder);
    expect(causes(sample, 'violation')).toEqual([`overlay-bypassed ${WORKER1} > ${CONTROL1}`]);
    expect([seen(sample, WEB, DB), seen(sample, DB, WEB)]).toEqual([['ipip ok'], ['none violation']]);
    const chain = sample.trace.causes[0]?.chain ?? [];
    expect(chain.filter((step) => step.status === 'wrong').map((step) => step.table)).toEqual(['route']);
  });
});

describe('15 WireGuard', () => {
  const nics = capturesOf('15-wireguard').filter((path) => path.endsWith('-ens5.pcap'));

  it('shows nodes on the NICs, and no pod', async () => {
    const { flows, trace } = await run('15-wireguard', nics);
    expect(trace.causes).toEqual([]);
    expect(flows.filter((flow) => flow.src.kind === 'pod' || flow.dst.kind === 'pod')).toEqual([]);
    const carried = flows.filter((flow) => flow.src.port === 51820);
    expect(carried.map((flow) => `${flow.observed.encapsulation} ${flow.verdict}`)).toEqual(
      Array(6).fill('wireguard ok'),
    );
  });

  it('has no question without an answer, whatever else was captured beside the NICs', async () => {
    for (const captures of [capturesOf('15-wireguard'), capturesOf('15-wireguard').reverse()])
      expect((await run('15-wireguard', captures)).trace.causes).toEqual([]);
  });

  it('proves by pairs of nodes that nothing was in clear', async () => {
    const sample = await run('15-wireguard', nics);
    expect([sample.verify().exitCode, sample.verify('wireguard').exitCode]).toEqual([0, 0]);
    expect(sample.verify('vxlan').exitCode).toBe(1);
  });

  it('proves nothing with a filter that keeps nothing else', async () => {
    const sample = await run('15-wireguard/filtered', undefined, join(ROOT, '15-wireguard', 'topology'));
    expect([sample.verify().exitCode, sample.verify('wireguard').exitCode]).toEqual([3, 3]);
  });

  it('names the pods inside the tunnel, and does not judge them there', async () => {
    const inside = capturesOf('15-wireguard').filter((path) => path.includes('wireguard.cali'));
    const sample = await run('15-wireguard', inside);
    expect(seen(sample, WEB, DB)).toEqual(['unknown unverifiable']);
    expect(sample.verify('wireguard').exitCode).toBe(3);
  });
});

describe('16 where it stops', () => {
  const FOLDER = '16-where-it-stops';
  const snapshot = join(ROOT, FOLDER, 'topology');
  const symptom = (name: string, captures?: string[]): Promise<Run> => run(`${FOLDER}/${name}`, captures, snapshot);
  const codes = ({ trace }: Run): string[] => trace.causes.map((cause) => cause.code);

  it('is silent where nothing stops', async () => {
    const sample = await symptom('.');
    expect(sample.trace.causes).toEqual([]);
    expect(sample.verify().exitCode).toBe(0);
  });

  it.each([
    ['no-answer', 'lost-in-node'],
    ['tcp-dies', 'lost-in-node'],
    ['one-direction', 'lost-on-underlay'],
    ['new-connections', 'lost-in-node'],
    ['dns', 'dns-trouble'],
  ])('%s: the first cause is %s, and the overlay is as configured', async (name, code) => {
    const sample = await symptom(name);
    expect(codes(sample)[0]).toBe(code);
    expect(sample.trace.summary).toMatchObject({ violation: 0, unverifiable: 0 });
    expect(sample.verify().exitCode).not.toBe(1);
  });

  it('tcp-dies: the NICs alone tell the kind, not the place', async () => {
    const nics = capturesOf(`${FOLDER}/tcp-dies`).filter((path) => path.endsWith('-ens5.pcap'));
    expect(codes(await symptom('tcp-dies', nics))).toEqual(['icmp-only']);
  });

  it('new-connections: no check asks for the capture of the NIC that was given', async () => {
    const { trace } = await symptom('new-connections');
    expect(trace.causes[0]?.check.filter((check) => check.includes('tcpdump'))).toEqual([]);
  });

  it('slow: nothing is lost, and handshakes over that wire take more than 10 ms', async () => {
    const sample = await symptom('slow');
    expect(codes(sample)).toEqual([]);
    const asked = sample.flows.filter((flow) => flow.dst.ip === DB && flow.protocol === 'tcp');
    expect(asked).toHaveLength(2);
    for (const flow of asked) expect(flow.exchange?.handshake?.server).toBeGreaterThan(0.01);
  });
});
