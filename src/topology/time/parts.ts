// What was given -> snapshots: one, unless parts with different times state the same things otherwise.
import { listNames } from '../read/located.ts';
import { readDocuments, type SnapshotDocument } from '../read/read-documents.ts';
import { emptyFacts, type Facts, moveFacts } from '../read/stated-facts.ts';
import { completeFacts } from './complete.ts';
import { datedFolders } from './dated-folders.ts';
import { type SnapshotTime, snapshotTime } from './taken.ts';
import { differences } from './told-apart.ts';

/** Facts of one snapshot, with what the others of its cluster add to it. */
export interface SnapshotFacts {
  name: string;
  facts: Facts;
  time: SnapshotTime;
  /** What the one before it states otherwise. */
  differs: readonly string[];
}

/** One argument, or one bundle in it. */
interface Part {
  name: string;
  documents: SnapshotDocument[];
}

interface ReadPart extends Part {
  facts: Facts;
  time: SnapshotTime | null;
  /** What a text states until something in it changes: no other part is of the same snapshot. */
  isState?: true;
}

/** All facts as one snapshot, and the snapshots where there are several, the earliest first; else none. */
export interface FactsOverTime {
  all: Facts;
  snapshots: SnapshotFacts[];
}

/** Reads the documents. Only where several parts have times, and different ones, is anything compared. */
export function readOverTime(documents: readonly SnapshotDocument[], step: number | null): FactsOverTime {
  const parts = partsOf(documents);
  const byFolder = parts.flatMap((part) => datedFolders(part.name, part.documents) ?? [part]);
  if (byFolder.length > parts.length) {
    const inFolders = readParts(byFolder, step);
    if (inFolders.snapshots.length > 0) return inFolders;
  }
  if (!haveTimes(parts)) {
    const all = readDocuments(documents, step);
    return { all, snapshots: step === null ? snapshotsIn(partsByState(documents, all)) : [] };
  }
  return readParts(parts, step);
}

function readParts(parts: readonly Part[], step: number | null): FactsOverTime {
  const read = parts.map((part): ReadPart => {
    const facts = readDocuments(part.documents, step);
    const used = new Set(facts.used);
    const taken = part.documents.filter(({ file }) => used.has(file)).map((document) => document.taken);
    return { ...part, facts, time: snapshotTime(taken, []) };
  });
  const all = emptyFacts();
  for (const { facts } of read) moveFacts(facts, all);
  return { all, snapshots: snapshotsIn(read) };
}

/** Of a text whose states all carry times each state is a part; nothing where there is no such text, or another has states too. */
function partsByState(documents: readonly SnapshotDocument[], { states }: Facts): ReadPart[] {
  const [first] = states;
  const document = documents.find(({ file }) => file === first?.file);
  const times = states.map(({ time }) => time);
  const isInOrder = times.every((time, i) => time !== undefined && (times[i - 1]?.last ?? 0) < time.first);
  if (document === undefined || !isInOrder || states.some(({ file }) => file !== document.file)) return [];
  const others = documents.filter((one) => one !== document);
  const ofStates = states.map(({ step, time, file, firstLine }): ReadPart => {
    const snapshot = { ...(time as { first: number; last: number }), from: 'paste' as const, isLeast: false };
    return {
      name: `state ${step} of ${file}`,
      documents: [],
      facts: readDocuments([document], step),
      time: { ...snapshot, ref: { file, line: firstLine } },
      isState: true,
    };
  });
  if (others.length === 0) return ofStates;
  return [...ofStates, { name: 'the other files', documents: others, facts: readDocuments(others), time: null }];
}

/** In the order in which they were given. */
function partsOf(documents: readonly SnapshotDocument[]): Part[] {
  const parts = new Map<string, SnapshotDocument[]>();
  for (const document of documents) {
    const name = document.bundle ?? document.given ?? document.file;
    const known = parts.get(name);
    if (known === undefined) parts.set(name, [document]);
    else known.push(document);
  }
  return [...parts].map(([name, own]) => ({ name, documents: own }));
}

function haveTimes(parts: readonly Part[]): boolean {
  if (parts.length < 2) return false;
  const times = parts.map(({ documents }) => documents.find(({ taken }) => taken !== undefined)?.taken?.seconds);
  return new Set(times.filter((time) => time !== undefined)).size > 1;
}

type TimedPart = ReadPart & { time: SnapshotTime };

function isTimed(part: ReadPart): part is TimedPart {
  return part.time !== null;
}

/** A new one begins with the part that states otherwise what another one before it stated, and that was taken after it. */
function snapshotsIn(read: readonly ReadPart[]): SnapshotFacts[] {
  const timed = read.filter(isTimed).toSorted((a, b) => a.time.first - b.time.first);
  const always = read.filter((part) => !isTimed(part)).map(({ facts }) => facts);
  const groups: { parts: TimedPart[]; differs: string[] }[] = [];
  for (const part of timed) {
    const group = groups.at(-1);
    const differs = (group?.parts ?? []).flatMap(({ facts, time }) =>
      time.last < part.time.first ? differences(facts, part.facts) : [],
    );
    const isLater = group?.parts.every(({ time }) => time.last < part.time.first) ?? true;
    if (group !== undefined && part.isState !== true && (differs.length === 0 || !isLater)) group.parts.push(part);
    else groups.push({ parts: [part], differs: [...new Set(differs)] });
  }
  if (groups.length < 2) return [];
  const changed = changedRanges(groups);
  return groups.map(({ parts, differs }, i) => {
    const others = [...groups.slice(0, i).toReversed(), ...groups.slice(i + 1)];
    return {
      name: listNames(parts.map(({ name }) => name)),
      facts: completeFacts(
        parts.map(({ facts }) => facts),
        others.flatMap((other) => other.parts.map(({ facts }) => facts)),
        always,
        changed,
      ),
      time: timeOf(parts),
      differs,
    };
  });
}

function timeOf(parts: readonly TimedPart[]): SnapshotTime {
  const [first] = parts as [TimedPart];
  if (first.isState) return first.time;
  const taken = parts.flatMap(({ documents, facts }) => {
    const used = new Set(facts.used);
    return documents.filter(({ file }) => used.has(file)).map((document) => document.taken);
  });
  return snapshotTime(taken, []) ?? first.time;
}

/** Ranges of pools and of pod networks of which some snapshot says something else than the one before it. */
function changedRanges(groups: readonly { parts: readonly TimedPart[]; differs: readonly string[] }[]): string[] {
  const differs = new Set(groups.flatMap((group) => group.differs));
  const facts = groups.flatMap(({ parts }) => parts.map((part) => part.facts));
  const pools = facts.flatMap((one) =>
    one.pools.filter(({ name, cidr }) => differs.has(`IPPool ${name ?? cidr.value}`)).map(({ cidr }) => cidr.value),
  );
  const networks = facts.flatMap((one) =>
    one.networks.filter(({ cni }) => differs.has(`${cni}'s network`)).flatMap(({ cidrs }) => cidrs),
  );
  return [...new Set([...pools, ...networks])];
}
