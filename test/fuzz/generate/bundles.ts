// Bundles of diagnosis tools: members left out, exchanged, renamed and damaged; packed in several ways, and damaged again.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as bundles from '../../support/bundle-builder.ts';
import { HOSTS } from '../../support/bundle-lab.ts';
import { zipOf } from '../../support/zip-builder.ts';
import type { FuzzFile, FuzzInput } from '../input.ts';
import { type Damage, damaged, damages, isDamaged } from './damage.ts';

const [HOST] = HOSTS;
const LAYOUTS = [
  bundles.clusterDiags(),
  bundles.nodeDiags(HOST),
  bundles.sosReport(HOST),
  bundles.retinaFiles('lab', HOST),
  bundles.mustGather(),
  bundles.ciliumSysdump(),
];

const NAMES = fc.constantFrom(
  '../../etc/passwd',
  '/abs/nodes.yaml',
  'a//b',
  '.',
  'nodes/n9/ip-route.txt',
  'x'.repeat(1200),
  'a\u0000b',
  'ip_route',
);

interface Change {
  at: number;
  how: 'drop' | 'rename' | 'swap' | 'damage';
  name: string;
  damage: Damage[];
}

const CHANGE: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(100),
  how: fc.constantFrom('drop', 'drop', 'rename', 'swap', 'damage'),
  name: NAMES,
  damage: damages(2),
});

const INNER = 'inner/inner.tar.gz';
const PACKINGS = ['folder', 'tar', 'tar.gz', 'zip', 'tar in tar'] as const;

interface Sketch {
  layout: number;
  changes: Change[];
  packing: (typeof PACKINGS)[number];
  outer: Damage[];
  choice: number;
}

const SKETCH: fc.Arbitrary<Sketch> = fc.record({
  layout: fc.nat(LAYOUTS.length - 1),
  changes: fc.array(CHANGE, { maxLength: 8 }),
  packing: fc.constantFrom(...PACKINGS),
  outer: fc.oneof({ weight: 2, arbitrary: fc.constant<Damage[]>([]) }, damages(3)),
  choice: fc.nat(1_000_000),
});

/** Archives are made without waiting, so that one seed is one input. */
export const BUNDLES: fc.Arbitrary<Promise<FuzzInput>> = SKETCH.map(
  async ({ layout, changes, packing, outer, choice }) => {
    const members = changed(LAYOUTS[layout] ?? {}, changes);
    const names = [...members.map(({ name }) => name), ...(packing === 'tar in tar' ? [INNER] : [])];
    const content = [...members.map(({ bytes }) => bytes), ...names.map((name) => new TextEncoder().encode(name))];
    const files = await packed(members, packing, outer);
    const isGuess = isDamaged(outer) && packing !== 'folder';
    return { files, content: isGuess ? null : content, choice };
  },
);

function changed(layout: bundles.BundleFiles, changes: readonly Change[]): FuzzFile[] {
  const members = Object.entries(layout).map(([name, body]): { name: string; bytes: Uint8Array } => ({
    name,
    bytes: Buffer.from(body),
  }));
  for (const { at, how, name, damage } of changes) {
    const member = members[at % Math.max(1, members.length)];
    if (member === undefined) break;
    if (how === 'drop') members.splice(members.indexOf(member), 1);
    if (how === 'rename') member.name = name;
    if (how === 'swap') member.bytes = members[(at * 7 + 1) % members.length]?.bytes ?? member.bytes;
    if (how === 'damage') member.bytes = damaged(member.bytes, damage);
  }
  return members;
}

async function packed(
  members: readonly FuzzFile[],
  packing: Sketch['packing'],
  outer: readonly Damage[],
): Promise<FuzzFile[]> {
  const files = Object.fromEntries(members.map(({ name, bytes }) => [name, bytes]));
  if (packing === 'folder')
    return members.filter(({ name }) => /^\w[\w.-]*(\/\w[\w.-]*)*$/.test(name) && name.length < 200);
  const bytes = await archive(files, packing);
  return [{ name: `bundle.${packing === 'zip' ? 'zip' : 'tar.gz'}`, bytes: damaged(bytes, outer) }];
}

async function archive(files: bundles.BundleFiles, packing: Sketch['packing']): Promise<Uint8Array> {
  // The packer refuses what tar has no room for; a longer name than its own fields takes is none of its.
  const named = Object.fromEntries(Object.entries(files).filter(([name]) => name.length < 250 && !name.includes('\0')));
  const tar = await bundles.tarOf(named);
  switch (packing) {
    case 'zip':
      return zipOf(named);
    case 'tar.gz':
      return gzipSync(tar);
    case 'tar in tar':
      return bundles.tarOf({ [INNER]: gzipSync(tar), 'note.txt': 'nothing' });
    default:
      return tar;
  }
}
