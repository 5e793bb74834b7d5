// When what is shown held: the time of the snapshot, several snapshots of one cluster, the states that a text goes through.
import type { Topology } from '../../topology/model.ts';
import { takenBy, takenText } from '../trace/snapshot-times.ts';
import { type Fact, factLines, type Page, titleLines } from './fact-lines.ts';

const DIFFERENCES_SHOWN = 6;

/** Of one snapshot. */
export function takenLines({ taken, timeline }: Topology, page: Page): string[] {
  if (taken === null || timeline !== null) return [];
  return [
    ...titleLines('SNAPSHOT', page),
    ...factLines([['taken', takenText(taken), takenBy(taken), taken.ref]], page),
  ];
}

/** Of several of one cluster: what follows is of the latest. */
export function snapshotLines({ timeline, taken }: Topology, page: Page): string[] {
  if (timeline === null) return [];
  const facts = timeline.snapshots.flatMap(({ name, time, differs }, i): Fact[] => {
    const isThis = time.first === taken?.first;
    const more = differs.length - DIFFERENCES_SHOWN;
    const shown = differs.slice(0, DIFFERENCES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return [
      [`${i + 1}${isThis ? ' (this)' : ''}`, takenText(time), `${name}: ${takenBy(time)}`, time.ref],
      ...(shown === '' ? [] : [['', `differs in ${shown}`, '', null] as Fact]),
    ];
  });
  return [...titleLines('SNAPSHOTS (each is used for its time)', page), ...factLines(facts, page)];
}

/** What a text shows one after the other; what follows is one of these states. */
export function stateLines({ states }: Topology, page: Page): string[] {
  if (states.length === 0) return [];
  const facts = states.map(({ step, shows, file, firstLine, lastLine, isChosen }): Fact => {
    const range = `lines ${firstLine}-${lastLine}`;
    return [
      `${step}${isChosen ? ' (this)' : ''}`,
      shows.map(({ what }) => what).join(', '),
      range,
      { file, line: firstLine },
    ];
  });
  return [
    ...titleLines('STATES (what was stated last holds; --at-step takes another)', page),
    ...factLines(facts, page),
  ];
}
