// `explain` in a terminal: golden pages of every kind of packet, that they fit, and that colour adds nothing but colour.
import { describe, expect, it } from 'vitest';
import { comparePackets } from '../../src/explain/compare/compare-packets.ts';
import { predict } from '../../src/explain/predict/predict.ts';
import { loadTopology } from '../../src/input/load-topology.ts';
import { renderComparison } from '../../src/render/explain/comparison-text.ts';
import { renderBeyond, renderExplanation } from '../../src/render/explain/explanation-text.ts';
import { renderPrediction } from '../../src/render/explain/prediction-text.ts';
import { textWidth } from '../../src/render/text/text-width.ts';
import { explainFile, explainNumber, open, PACKETS, SAMPLES } from '../explain/explain-file.ts';

const GOLDEN = '../golden/explain';
const LOOK = { color: false, diagram: false, all: false };

/** Lines of commands are for pasting: they are never wrapped. */
function tooWide(text: string, width: number): string[] {
  return text.split('\n').filter((line) => textWidth(line) > width && !/^\s+(overlens|\S+# tcpdump) /.test(line));
}

describe('one packet', () => {
  it.each(PACKETS)('$name at 80, 100 and 200 columns', async ({ name, path, snapshot, which }) => {
    const explanation = await explainFile(path, snapshot, which);
    for (const width of [80, 100, 200]) {
      const text = [...renderExplanation(explanation, { ...LOOK, width })].join('');
      expect(tooWide(text, width)).toEqual([]);
      await expect(text).toMatchFileSnapshot(`${GOLDEN}/${name}.${width}.txt`);
    }
  });

  it('draws layers anew that it turns out to have beyond a first look', async () => {
    const { path, snapshot, which } = PACKETS[0] ?? { path: '', snapshot: null, which: 1 };
    const explanation = await explainFile(path, snapshot, which);
    const beyond = (first: typeof explanation): string =>
      [...renderBeyond(explanation, first, { ...LOOK, width: 100 })].join('');
    expect(beyond(explanation)).not.toContain('layer by layer');
    const other = { ...explanation, layers: explanation.layers.slice(0, 2) };
    expect(beyond(other)).toMatch(/As the packets before it tell\n\n0 [\s\S]* layer by layer/);
  });

  it('fits 40 columns too, with one header below the other', async () => {
    const { path, snapshot, which } = PACKETS[0] ?? { path: '', snapshot: null, which: 1 };
    const text = [...renderExplanation(await explainFile(path, snapshot, which), { ...LOOK, width: 40 })].join('');
    expect(
      tooWide(text, 40).filter((line) => !/^(FDB|pool|route|neighbour|device|next hop|How |\s{11})/.test(line)),
    ).toEqual([]);
  });

  it('in colour says the same', async () => {
    const { path, snapshot, which } = PACKETS[0] ?? { path: '', snapshot: null, which: 1 };
    const explanation = await explainFile(path, snapshot, which);
    const colored = [...renderExplanation(explanation, { ...LOOK, width: 100, color: true })].join('');
    const plain = [...renderExplanation(explanation, { ...LOOK, width: 100 })].join('');
    expect(colored).not.toBe(plain);
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(plain);
  });

  it('with bit diagrams and all bytes', async () => {
    const folder = `${SAMPLES}/01-vxlan-between-nodes`;
    const explanation = await explainFile(`${folder}/ip-10-0-1-20-ens5.pcap`, `${folder}/topology`, 21);
    const text = [...renderExplanation(explanation, { ...LOOK, width: 100, diagram: true, all: true })].join('');
    expect(text).toContain('VXLAN network identifier (VNI)');
    expect(tooWide(text, 100)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/vxlan-tcp.diagram.txt`);
  });
});

describe('two packets', () => {
  it('one packet on the veth and on the NIC', async () => {
    const folder = `${SAMPLES}/06-any-interface`;
    const opened = await open([`${folder}/ip-10-0-1-20-any.pcap`], `${folder}/topology`);
    const comparison = comparePackets(await explainNumber(opened, 3), await explainNumber(opened, 7), true);
    for (const width of [80, 100, 200]) {
      const text = [...renderComparison(comparison, { width, color: false })].join('');
      expect(tooWide(text, width)).toEqual([]);
      await expect(text).toMatchFileSnapshot(`${GOLDEN}/compare.${width}.txt`);
    }
  });
});

describe('a prediction', () => {
  it.each([
    ['two-pools', 'customer', 'ledger', 'icmp', null],
    ['overlay', 'customer', 'database', 'tcp', 5432],
  ] as const)('%s', async (name, from, to, protocol, port) => {
    const topology = await loadTopology([`${SAMPLES}/01-vxlan-between-nodes/topology`]);
    const prediction = predict({ topology, from, to, protocol, port });
    for (const width of [80, 100, 200]) {
      const text = [...renderPrediction(prediction, { width, color: false })].join('');
      expect(tooWide(text, width)).toEqual([]);
      await expect(text).toMatchFileSnapshot(`${GOLDEN}/predict-${name}.${width}.txt`);
    }
  });
});
