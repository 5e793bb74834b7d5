// What a run makes of its measurements: spreads, growth, profiles, the page. No clock is asked here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from './generate/options.ts';
import { optionsOfArguments } from './generate/options-of-arguments.ts';
import { measure } from './measure/command.ts';
import { withSections } from './measure/document.ts';
import { growthSteps } from './measure/growth.ts';
import { PARTS } from './measure/parts.ts';
import { type CpuProfile, sumProfile } from './measure/profile.ts';
import { inTurn, roundsTable } from './measure/rounds.ts';
import { ratios, spread, spreadText } from './measure/spread.ts';
import { installed, type Tool } from './measure/tools.ts';

describe('spread', () => {
  it('is the middle, the least and the most', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(spreadText(spread([1, 2, 400]))).toBe('2.00 (1.00-400)');
  });

  it('of ratios takes quotients of the same rounds', () => {
    expect(ratios([2, 20], [1, 10])).toEqual({ median: 2, min: 2, max: 2 });
  });
});

describe('growth', () => {
  const at = (size: number, seconds: number, memory = 0) => ({ size, seconds, memory });

  it('is linear where a unit costs what it cost before, whatever the start costs', () => {
    const steps = growthSteps([at(1_000, 1.1), at(10_000, 2), at(100_000, 11)]);
    expect(steps.map(({ above }) => above)).toEqual([[], [], []]);
    expect(steps[2]?.secondsPerUnit).toBeCloseTo(1e-4);
  });

  it('is more than linear where a unit costs more and more', () => {
    const steps = growthSteps([at(1_000, 1), at(10_000, 2, 1e8), at(100_000, 60, 1e10)]);
    expect(steps.map(({ above }) => above)).toEqual([[], [], ['time', 'memory']]);
  });

  it('takes differences within the noise for none, and savings for no cost', () => {
    expect(growthSteps([at(1, 1), at(2, 0.9), at(3, 1.1)]).map(({ above }) => above)).toEqual([[], [], []]);
    expect(growthSteps([at(1, 1), at(2, 0.9), at(3, 9)])[2]?.above).toEqual(['time']);
    expect(growthSteps([at(50_000, 2.95), at(200_000, 2.8), at(800_000, 3.63)])[2]?.above).toEqual([]);
  });
});

describe('a profile', () => {
  const frame = (id: number, functionName: string, url: string, children: number[] = [], lineNumber = 5) => ({
    ...{ id, children, callFrame: { functionName, url, lineNumber } },
  });

  it('gives time to the folder whose code ran, and what it called to it', () => {
    const profile: CpuProfile = {
      nodes: [
        frame(1, '(root)', '', [2, 3, 7, 8]),
        frame(2, '(garbage collector)', ''),
        frame(3, 'run', 'node:internal/modules/esm/module_job', [4]),
        frame(4, '', 'file:///home/dist/flow/flow-table.js', [5], 0),
        frame(5, 'add', 'file:///home/dist/flow/flow-table.js', [6]),
        frame(6, 'toString', 'node:buffer'),
        frame(7, '(idle)', ''),
        frame(8, 'traceCaptures', 'file:///home/dist/trace.js', [9]),
        frame(9, 'table', 'file:///home/node_modules/cli-table3/dist/x.js'),
      ],
      samples: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      timeDeltas: [1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6],
    };
    const { folders, files } = sumProfile(profile);
    expect(Object.fromEntries(folders)).toEqual({
      ...{ 'Node.js': 1, 'garbage collection': 1, 'start-up': 2, flow: 2, trace: 2 },
    });
    expect(Object.fromEntries(files)).toEqual({ 'flow/flow-table.js': 2, 'trace.js': 2 });
  });
});

describe('a command', () => {
  it('is measured, its memory too, and one that fails is an error that says what it wrote', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-measure-'));
    const run = (script: string, allowed = [0]) =>
      measure({ line: `node -e "${script}"`, of: 'node', allowed }, folder);
    const measured = await run('setTimeout(() => process.exit(3), 100)', [3]);
    expect([measured.wall > 0, measured.cpu > 0, measured.memory > 1e6 || process.platform !== 'linux']).toEqual([
      true,
      true,
      true,
    ]);
    await expect(run("throw new Error('broken')")).rejects.toThrow(/exit code 1 of node .*broken/s);
    rmSync(folder, { recursive: true });
  });

  it('runs in turn with the others, once a round, and those that are not there are named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-measure-'));
    const input = { capture: '', snapshot: '', packets: 1_000, bytes: 5_000, folder };
    const tool = (name: string, program = 'bash'): Tool => ({
      ...{ name, program, command: () => ({ line: `echo ${name} >> ${folder}/order.txt`, of: 'bash' }) },
    });
    const { present, missing } = installed([tool('a'), { ...tool('b'), most: 100 }, tool('c', 'no-such-program-here')]);
    expect(missing).toEqual(['c']);
    const all = await inTurn(present, input, 2);
    expect(readFileSync(join(folder, 'order.txt'), 'utf8')).toBe('a\nb\nb\na\n');
    expect(roundsTable(all, input).map((line) => line.split('|')[1]?.trim())).toEqual([
      'program',
      '-------------',
      'a',
      'b (first 100)',
    ]);
    rmSync(folder, { recursive: true });
  });
});

describe('options', () => {
  it('are read with units, and carriers that are not named have no share', () => {
    expect(
      optionsOfArguments({ packets: '3M', flows: '200k', vxlan: '0.5', ipip: '0.5', payloads: '40,1350' }),
    ).toMatchObject({
      ...{
        packets: 3_000_000,
        flows: 200_000,
        shares: { vxlan: 0.5, plain: 0, ipip: 0.5, ipv6: 0 },
        payloads: [40, 1350],
      },
      nodes: DEFAULTS.nodes,
    });
    for (const given of [{ packets: 'many' }, { format: 'erf' }, { flows: '' }])
      expect(() => optionsOfArguments(given)).toThrow(RangeError);
  });
});

describe('docs/performance.md', () => {
  const page = readFileSync('docs/performance.md', 'utf8');

  it('has a place for every part, and holds figures in each', () => {
    const sections = Object.keys(PARTS).map((part) => ({ part, lines: ['figures'] }));
    expect(withSections(page, sections).match(/^figures$/gm)).toHaveLength(sections.length);
    for (const { part } of sections) expect(page).toMatch(new RegExp(`wrote: ${part} -->\n\\d{4}-\\d\\d-\\d\\d, `));
  });

  it('keeps the other parts, and says when a part has no place', () => {
    const changed = withSections(page, [{ part: 'speed', lines: ['figures'] }]);
    expect(changed.split('wrote: decode')[1]).toBe(page.split('wrote: decode')[1]);
    expect(() => withSections(page, [{ part: 'sleep', lines: [] }])).toThrow(RangeError);
  });
});
