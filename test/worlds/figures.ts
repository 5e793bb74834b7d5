// Figures of many worlds: how many, how large, the lies by kind and rule, and how often a world that must pass does.
import type { Outcome } from './check/check-world.ts';

/** Seeds named for each kind. */
const SEEDS_NAMED = 5;

export interface Figures {
  add(outcome: Outcome): void;
  /** Lies, of all kinds. */
  lies(): number;
  /** Worlds that passed of those that must, with pods in the snapshot or without. */
  liveness(pods: boolean): { passed: number; worlds: number };
  /** Flows whose number of packets is in doubt, of all, and the worlds with some: those with a merge among the captures, or the others. */
  doubts(merged: boolean): { flows: number; all: number; worlds: number };
  /** Faults of delivery found, of those that captures could show. */
  found(): { found: number; shown: number };
  text(): string;
}

export function createFigures(): Figures {
  const started = process.cpuUsage();
  const totals = { worlds: 0, lying: 0, flows: 0, packets: 0, lies: 0 };
  const doubts = { true: { flows: 0, all: 0, worlds: 0 }, false: { flows: 0, all: 0, worlds: 0 } };
  const kinds = new Map<string, { lies: number; worlds: number; last: number; seeds: number[] }>();
  const kindsShown = new Map<string, { found: number; shown: number; missed: number[] }>();
  const live = { true: { passed: 0, worlds: 0 }, false: { passed: 0, worlds: 0 } };
  return {
    add({ seed, flows, packets, lies, live: must, doubts: doubtful, merged, shown }) {
      if (shown !== null) {
        const faults = kindsShown.get(shown.kind) ?? { found: 0, shown: 0, missed: [] };
        kindsShown.set(shown.kind, faults);
        faults.shown++;
        if (shown.found) faults.found++;
        else if (faults.missed.length < SEEDS_NAMED) faults.missed.push(seed);
      }
      const share = doubts[merged ? 'true' : 'false'];
      share.flows += doubtful;
      share.all += flows;
      if (doubtful > 0) share.worlds++;
      totals.worlds++;
      totals.flows += flows;
      totals.packets += packets;
      totals.lies += lies.length;
      if (lies.length > 0) totals.lying++;
      for (const { rule, kind } of lies) {
        const known = kinds.get(`rule ${rule} ${kind}`) ?? { lies: 0, worlds: 0, last: -1, seeds: [] };
        kinds.set(`rule ${rule} ${kind}`, known);
        known.lies++;
        if (known.last === seed) continue;
        known.last = seed;
        known.worlds++;
        if (known.seeds.length < SEEDS_NAMED) known.seeds.push(seed);
      }
      if (must === null) return;
      const side = live[must.pods ? 'true' : 'false'];
      side.worlds++;
      if (must.passed) side.passed++;
    },
    lies: () => totals.lies,
    doubts: (merged) => doubts[merged ? 'true' : 'false'],
    liveness: (pods) => live[pods ? 'true' : 'false'],
    found: () => sumOf(kindsShown),
    text() {
      const { worlds, lying, flows, packets, lies } = totals;
      const { user, system } = process.cpuUsage(started);
      const each = worlds === 0 ? 0 : (user + system) / 1000 / worlds;
      const lines = [...kinds]
        .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
        .map(([kind, one]) => `  ${kind}: ${one.lies} in ${one.worlds} worlds, seeds ${one.seeds.join(' ')}`);
      return [
        `${worlds} worlds, ${flows} flows, ${packets} packets: ${lies} lies in ${lying} worlds`,
        ...lines,
        `must pass and do: ${shareOf(live.true)} with pods, ${shareOf(live.false)} without`,
        `faults of delivery found: ${foundText(kindsShown)}`,
        `in doubt: ${doubtOf(doubts.true)} with a merge of captures, ${doubtOf(doubts.false)} without`,
        `${each.toFixed(1)} ms of CPU a world\n`,
      ].join('\n');
    },
  };
}

type KindsShown = ReadonlyMap<string, { found: number; shown: number; missed: readonly number[] }>;

function sumOf(kinds: KindsShown): { found: number; shown: number } {
  const sum = { found: 0, shown: 0 };
  for (const { found, shown } of kinds.values()) {
    sum.found += found;
    sum.shown += shown;
  }
  return sum;
}

function foundText(kinds: KindsShown): string {
  const { found, shown } = sumOf(kinds);
  const each = [...kinds]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, one]) => {
      const missed = one.missed.length === 0 ? '' : `, not in seeds ${one.missed.join(' ')}`;
      return `  ${kind}: ${one.found} of ${one.shown}${missed}`;
    });
  return [`${found} of ${shown} that the captures could show`, ...each].join('\n');
}

function shareOf({ passed, worlds }: { passed: number; worlds: number }): string {
  return `${passed} of ${worlds}`;
}

function doubtOf({ flows, all, worlds }: { flows: number; all: number; worlds: number }): string {
  return `${flows} of ${all} flows in ${worlds} worlds`;
}
