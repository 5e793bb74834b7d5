// The iproute2 facts of one section: what was shown as a whole and what in part, as its command has it.
import { looksLikeTunnelDevice } from '../../cluster/device.ts';
import { tunnelKindOfDevice } from '../../cluster/profiles.ts';
import type { FdbLine } from './iproute2/neigh-text.ts';
import type { Command } from './paste/command-line.ts';
import { type ShownTable, tableOf } from './paste/command-output.ts';
import type { Section } from './sections.ts';
import { addIssue, type Facts, type TextFact } from './stated-facts.ts';

/** A section's iproute2 facts before anything is read. */
export function emptyTextFact(section: Pick<Section, 'firstLine' | 'hints' | 'command'>, file: string): TextFact {
  return {
    ref: { file, line: section.firstLine },
    hints: section.hints,
    command: section.command,
    links: [],
    routes: [],
    neighbours: [],
    fdb: [],
    unclear: [],
    bpfRoutes: null,
    agentFile: null,
    features: [],
    translations: null,
    natServices: [],
    has: { link: false, addr: false, route: false, neigh: false, fdb: false },
  };
}

/** Adds a forwarding entry; one of a tunnel device that does not say where it leads is kept as such. */
export function addFdbLine({ isUnicast, dst, ...entry }: FdbLine, into: TextFact): void {
  into.has.fdb = true;
  if (dst !== null) into.fdb.push({ ...entry, dst });
  else if (isUnicast && entry.dev !== null && looksLikeTunnelDevice(entry.dev)) into.unclear.push(entry);
}

/**
 * Decides what was shown as a whole, and hands the facts over if there are any.
 * @param as `isClosed`: nothing of the output is missing, so that none is an answer too; `isCut`: somebody left lines out
 * @returns whether there are any
 */
export function finishText(
  text: TextFact,
  facts: Facts,
  as: { command: Command | null; isClosed: boolean; isCut: boolean },
): boolean {
  const runs = as.command?.runs ?? [];
  const shown = runs.map(tableOf).filter((table) => table !== null);
  for (const table of shown) {
    if (!isWhole(table)) text.has[table.table] = false;
    // A command that printed nothing still says that there is nothing.
    else if (as.isClosed && /^(?:route|neigh|fdb)$/.test(table.table)) text.has[table.table] = true;
  }
  // The lines of one routing table do not say which it is.
  const [routing = null, ...others] = new Set(
    shown.filter(({ table }) => table === 'route').map((table) => table.routing),
  );
  if (routing !== null && others.length === 0)
    text.routes = text.routes.map((route) => ({ ...route, table: route.table ?? routing }));
  if (runs.some(({ isInside }) => isInside)) text.isInside = true;
  const isExcerpt = as.isCut || (shown.length === 0 && runs.some(({ isFiltered }) => isFiltered));
  if (isExcerpt) text.has = { link: false, addr: false, route: false, neigh: false, fdb: false };
  sayUnclear(text, facts);
  const { links, routes, neighbours, fdb, has, bpfRoutes, wireguard, agentFile, features, translations, natServices } =
    text;
  const entries =
    links.length +
    routes.length +
    neighbours.length +
    fdb.length +
    (bpfRoutes?.length ?? 0) +
    features.length +
    natServices.length;
  const tells =
    entries > 0 ||
    wireguard !== undefined ||
    agentFile !== null ||
    translations !== null ||
    Object.values(has).some(Boolean);
  if (tells) facts.texts.push(text);
  return tells || text.unclear.length > 0;
}

/** One device is the whole of it where it is the tunnel's: that is what these tables are asked about. */
function isWhole({ table, device, extent }: ShownTable): boolean {
  if (extent === 'whole') return true;
  return (
    extent === 'device' &&
    (table === 'neigh' || table === 'fdb') &&
    tunnelKindOfDevice(device ?? '')?.startsWith('vxlan') === true
  );
}

function sayUnclear(text: TextFact, facts: Facts): void {
  const [first] = text.unclear;
  if (first === undefined) return;
  text.has.fdb = false;
  const what = text.unclear.length === 1 ? 'a forwarding entry' : `${text.unclear.length} forwarding entries`;
  const message = `${what} of a tunnel device without dst ("${first.text}"): where it leads is not told, nor what the table lacks`;
  addIssue(facts, 'unused-entry', 'warning', message, { refs: [first.ref] });
}
