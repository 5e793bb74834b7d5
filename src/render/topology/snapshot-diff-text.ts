// `overlens diff` of two snapshots as text and JSON: what changed, and what that means for flows.
import type { Effect } from '../../explain/snapshots/effects.ts';
import type { ChangeKind, FieldChange, SnapshotChange, SnapshotDiff } from '../../topology/diff/snapshot-diff.ts';
import type { Topology } from '../../topology/model.ts';
import { escapeText, stringifyJson } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';
import { takenBy, takenText } from '../trace/snapshot-times.ts';
import { commonFolder, type Fact, factLines, type Page, titleLines } from './fact-lines.ts';

export const SNAPSHOT_DIFF_SCHEMA = 'overlens.snapshot-diff/1';

/** Two snapshots, and how they differ. */
export interface ComparedSnapshots {
  before: Topology;
  after: Topology;
  diff: SnapshotDiff;
  effects: readonly Effect[];
}

const TITLES: Readonly<Record<ChangeKind, string>> = {
  pool: 'POOLS',
  node: 'NODES',
  block: 'BLOCKS',
  pod: 'PODS',
  setting: 'SETTINGS',
  device: 'DEVICES',
  route: 'ROUTES',
  neighbour: 'NEIGHBOURS',
  fdb: 'FORWARDING ENTRIES',
};

/** Changes of one kind before the rest is counted. */
const SHOWN = 12;

/** The whole page in pieces. */
export function* renderSnapshotDiff(compared: ComparedSnapshots, options: RenderOptions): Generator<string> {
  const { before, after, diff, effects } = compared;
  const root = commonFolder([...before.files, ...after.files]);
  const page: Page = { options, paint: createPaint(options.color), root };
  yield `${factLines([sideFact('before', before), sideFact('after', after)], page).join('\n')}\n\n`;
  yield* paragraphs('WHAT IT MEANS', meanings(diff, effects), page);
  for (const kind of Object.keys(TITLES) as ChangeKind[]) {
    const all = diff.changes.filter((change) => change.kind === kind);
    if (all.length === 0) continue;
    const shown = options.all ? all : all.slice(0, SHOWN);
    const more = all.length - shown.length;
    const lines = [...titleLines(TITLES[kind], page), ...factLines(shown.flatMap(changeFacts), page)];
    if (more > 0) lines.push(`  and ${more} more, --all`);
    yield `${lines.join('\n')}\n\n`;
  }
  yield* paragraphs('NOT COMPARED', diff.notCompared.map(escapeText), page);
  yield `${wrapWords(closingLine(diff), options.width).join('\n')}\n`;
}

function* paragraphs(title: string, sentences: readonly string[], page: Page): Generator<string> {
  if (sentences.length === 0) return;
  const width = page.options.width - 2;
  const lines = sentences.flatMap((one) =>
    wrapWords(`· ${one}`, width).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`),
  );
  yield `${[...titleLines(title, page), ...lines].join('\n')}\n\n`;
}

function sideFact(side: string, { files, taken }: Topology): Fact {
  const when = taken === null ? 'nothing tells when it was taken' : `taken ${takenText(taken)}`;
  return [
    side,
    `${formatCount(files.length, 'file')}, ${when}`,
    taken === null ? '' : takenBy(taken),
    taken?.ref ?? null,
  ];
}

/** `n1: 10.48.0.192/26   via 10.0.1.30 → 10.0.1.31`. */
function changeFacts({ subject, node, change, fields, before, after }: SnapshotChange): Fact[] {
  const name = node === null ? subject : `${node}: ${subject}`;
  const ref = after ?? before;
  if (change !== 'changed') {
    const stated = fields.map((field) => `${field.name} ${field.after ?? field.before}`);
    return [[name, [change, ...stated].join(', '), '', ref]];
  }
  return fields.map((field, i): Fact => [i === 0 ? name : '', fieldText(field), '', i === 0 ? ref : null]);
}

function fieldText({ name, before, after }: FieldChange): string {
  return `${name} ${before ?? 'not set'} → ${after ?? 'not set'}`;
}

const WORDS = { vxlan: 'VXLAN', ipip: 'IP-in-IP', wireguard: 'WireGuard', none: 'plain', local: 'local' } as const;

/** What flows would show. */
export function meanings({ changes }: SnapshotDiff, effects: readonly Effect[]): string[] {
  const of = (kind: ChangeKind): SnapshotChange[] => changes.filter((change) => change.kind === kind);
  const field = (change: SnapshotChange, name: string): FieldChange | undefined =>
    change.fields.find((one) => one.name === name);
  const moved = (change: SnapshotChange, what: string): string[] => {
    const node = change.change === 'changed' ? field(change, 'node') : undefined;
    return node === undefined
      ? []
      : [`packets to ${what} go to ${node.after ?? 'no node'}: before, to ${node.before ?? 'no node'}`];
  };
  const sentences = [
    ...effects.map(effectText),
    ...of('pod').flatMap((change) => moved(change, `pod ${change.subject}`)),
    ...of('block').flatMap((change) => moved(change, `addresses of block ${change.subject}`)),
    ...of('node').flatMap((change) => nodeMeanings(change, field)),
    ...settingMeanings(of('setting')),
    ...of('device').flatMap((change) => {
      const mtu = field(change, 'MTU');
      return mtu === undefined || change.change !== 'changed'
        ? []
        : [`${change.node}: packets of ${mtu.after} bytes fit ${change.subject}: before, of ${mtu.before}`];
    }),
  ];
  return sentences.map(escapeText);
}

const SETTING_MEANS: Readonly<Record<string, string>> = {
  vxlanVNI: 'VXLAN packets have VNI',
  deviceVNI: 'VXLAN packets have VNI',
  vxlanPort: 'VXLAN packets go to UDP port',
  devicePort: 'VXLAN packets go to UDP port',
  wireguardListeningPort: 'WireGuard packets go to UDP port',
};

/** One sentence of each: what devices show stands for what settings leave to the default. */
function settingMeanings(changes: readonly SnapshotChange[]): string[] {
  const told = new Map<string, { before: string | null; after: string | null }>();
  for (const { subject, node, fields } of changes) {
    const [value] = fields;
    const what = SETTING_MEANS[subject];
    if (what === undefined || value === undefined) continue;
    const sentence = `${node === null ? '' : `${node}: `}${what}`;
    const known = told.get(sentence);
    told.set(sentence, { before: known?.before ?? value.before, after: known?.after ?? value.after });
  }
  return [...told].flatMap(([sentence, { before, after }]) =>
    before === after ? [] : [`${sentence} ${after ?? 'the default'}: before, ${before ?? 'the default'}`],
  );
}

function nodeMeanings(
  change: SnapshotChange,
  field: (change: SnapshotChange, name: string) => FieldChange | undefined,
): string[] {
  const { subject } = change;
  if (change.change !== 'changed') return [];
  const [address, mac] = [field(change, 'address for tunnels'), field(change, 'VTEP MAC')];
  return [
    ...(address?.after == null || address.before === null
      ? []
      : [`outer packets for ${subject} go to ${address.after}: before, to ${address.before}`]),
    ...(mac?.after == null || mac.before === null
      ? []
      : [`inner frames for ${subject} have MAC ${mac.after}: before, ${mac.before}`]),
  ];
}

function effectText({ pool, cidr, between, before, after, example }: Effect): string {
  const [was, is] = [before, after].map((one) => (one === null ? 'not known' : WORDS[one]));
  const place = between === 'some nodes' ? `some nodes (${example.from} to ${example.to})` : between;
  const range = pool === cidr ? cidr : `${pool} (${cidr})`;
  return `packets to pods of ${range} become ${is} between ${place}: they were ${was}`;
}

function closingLine({ changes }: SnapshotDiff): string {
  if (changes.length === 0) return 'The two snapshots do not differ in anything that is compared.';
  const count = (change: SnapshotChange['change']): number => changes.filter((one) => one.change === change).length;
  return `${count('changed')} changed, ${count('gone')} only before, ${count('new')} only after.`;
}

/** One document. */
export function renderSnapshotDiffJson({ before, after, diff, effects }: ComparedSnapshots): string {
  const count = (change: SnapshotChange['change']): number =>
    diff.changes.filter((one) => one.change === change).length;
  const document = {
    schema: SNAPSHOT_DIFF_SCHEMA,
    before: { files: before.files, taken: before.taken },
    after: { files: after.files, taken: after.taken },
    summary: { changed: count('changed'), gone: count('gone'), new: count('new') },
    changes: diff.changes,
    effects,
    notCompared: diff.notCompared,
  };
  return `${stringifyJson(document, 2)}\n`;
}
