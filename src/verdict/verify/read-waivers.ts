// A file of waivers: a list in YAML or JSON, or a mapping with `waivers`. Whatever is wrong with it is told at once, by file and line.

import { OverlensError } from '../../errors.ts';
import { parseCidrOrIp } from '../../net/cidr.ts';
import { epochSeconds } from '../../net/date-text.ts';
import type { SourceRef } from '../../topology/model.ts';
import { parseJson } from '../../topology/read/json-text.ts';
import { type DocumentTree, formatRef, type Located, locatedAt, valueAt } from '../../topology/read/located.ts';
import { parseYaml } from '../../topology/read/yaml-text.ts';
import { FINDINGS, type FindingCode } from '../codes.ts';
import { NOT_AS_EXPECTED, type Waiver } from './waivers.ts';

const FIELDS = ['finding', 'from', 'to', 'pool', 'reason', 'until'] as const;
const EXPECTED = 'expected a list of waivers, each with finding and reason, and from, to, pool or until if you like';

type Tell = (ref: SourceRef, message: string) => void;

/** @throws OverlensError E_USAGE with every problem of the file */
export function readWaivers(text: string, file: string): Waiver[] {
  const problems: string[] = [];
  const tell: Tell = (ref, message) => problems.push(`${formatRef(ref)}: ${message}`);
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text, file, 1) : parseYaml(text, file, 1);
  const entries = [...parsed.trees].flatMap((tree) => entriesOf(tree, tell));
  for (const { line, message } of parsed.problems) tell({ file, line }, `cannot be read: ${message}`);
  if (entries.length === 0 && problems.length === 0) tell({ file, line: null }, `holds no waiver; ${EXPECTED}`);
  const waivers = entries.map((entry) => readWaiver(entry, tell));
  if (problems.length > 0)
    throw new OverlensError('E_USAGE', problems.join('\n'), { hint: 'docs/ci.md shows a file of waivers' });
  return waivers;
}

function entriesOf(tree: DocumentTree, tell: Tell): Located[] {
  if (tree.head === null) return [...(tree.items ?? [])];
  const list = valueAt(tree.head.value, 'waivers');
  if (Array.isArray(list)) return list.map((_, i) => locatedAt(tree.head as Located, 'waivers', i));
  tell(tree.head.ref(), EXPECTED);
  return [];
}

function readWaiver(entry: Located, tell: Tell): Waiver {
  const { value } = entry;
  const blank: Waiver = { finding: '', from: null, to: null, pool: null, reason: '', until: null, ref: entry.ref() };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    tell(entry.ref(), `is ${JSON.stringify(value)}, ${EXPECTED}`);
    return blank;
  }
  for (const key of Object.keys(value))
    if (!FIELDS.some((field) => field === key))
      tell(entry.ref([key]), `${key} is not known, a waiver has ${FIELDS.join(', ')}`);
  const textOf = (field: (typeof FIELDS)[number]): string | null => readText(entry, field, tell);
  const finding = textOf('finding');
  if (finding === null) missing(entry, 'finding', 'the code of what is accepted, for example overlay-bypassed', tell);
  else if (!isViolation(finding))
    tell(
      entry.ref(['finding']),
      `finding is "${finding}", expected the code of a violation in docs/verdicts.md or ${NOT_AS_EXPECTED}`,
    );
  const reason = textOf('reason');
  if (reason === null) missing(entry, 'reason', 'why it is accepted', tell);
  return {
    ...blank,
    finding: finding ?? '',
    reason: reason ?? '',
    from: endOf(entry, 'from', textOf('from'), tell),
    to: endOf(entry, 'to', textOf('to'), tell),
    pool: textOf('pool'),
    until: readUntil(entry, textOf('until'), tell),
  };
}

/** Warnings are no violations: there is nothing to waive. */
function isViolation(finding: string): boolean {
  if (finding === NOT_AS_EXPECTED) return true;
  return Object.hasOwn(FINDINGS, finding) && FINDINGS[finding as FindingCode].severity === 'violation';
}

/** What looks like an address must be one. */
function endOf(entry: Located, field: 'from' | 'to', text: string | null, tell: Tell): string | null {
  if (text !== null && /^[\d.]+(\/\d*)?$|:.*:/.test(text) && parseCidrOrIp(text) === null)
    tell(entry.ref([field]), `${field} is "${text}", no address and no CIDR`);
  return text;
}

function missing({ ref, value }: Located, field: string, expected: string, tell: Tell): void {
  if (valueAt(value, field) === undefined) tell(ref(), `has no ${field}, expected ${expected}`);
}

function readText(entry: Located, field: string, tell: Tell): string | null {
  const value = valueAt(entry.value, field);
  if (value === undefined) return null;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  tell(entry.ref([field]), `${field} is ${JSON.stringify(value)}, expected a text`);
  return null;
}

const DAY = 24 * 60 * 60 * 1000;

/** A day holds to its end, in UTC. */
function readUntil(entry: Located, text: string | null, tell: Tell): Waiver['until'] {
  if (text === null) return null;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const start = isDay || isTime ? epochSeconds(text) : null;
  if (start !== null) return { text, end: start * 1000 + (isDay ? DAY : 0) };
  tell(entry.ref(['until']), `until is "${text}", expected a day like 2026-12-31 or a time like 2026-12-31T18:00:00Z`);
  return null;
}
