// Label selectors as kubectl takes them: `app=web`, `tier!=db`, `app`, `!app`, `env in (a,b)`, joined by commas: all must hold.
import { OverlensError } from '../../errors.ts';

export type Labels = Readonly<Record<string, string>>;

/** A pod's labels; null where the snapshot has none of it. */
export type PodLabels = (namespace: string, pod: string) => Labels | null;

interface Requirement {
  key: string;
  /** Null: whatever its value. */
  values: readonly string[] | null;
  negated: boolean;
}

export type LabelSelector = readonly Requirement[];

const KEY = '[\\w./-]+';
const EQUALS = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([\\w.-]*)$`);
const IN = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/** The value of `-l`. @throws OverlensError E_USAGE when it is no selector */
export function parseSelector(text: string): LabelSelector {
  const parts = partsOf(text);
  return parts.map((part) => {
    const requirement = parseRequirement(part);
    if (requirement !== null) return requirement;
    throw new OverlensError('E_USAGE', `-l ${text}: expected labels of pods`, {
      hint: 'for example app=web, app=web,tier!=db, "env in (test,dev)" or !app',
    });
  });
}

/** Split at commas, but not at those in brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let isOpen = false;
  for (const piece of text.split(',')) {
    if (isOpen) parts.push(`${parts.pop()},${piece}`);
    else parts.push(piece);
    isOpen = isOpen ? !piece.includes(')') : piece.lastIndexOf('(') > piece.lastIndexOf(')');
  }
  return parts.map((part) => part.trim());
}

function parseRequirement(text: string): Requirement | null {
  const [, key = '', operator = '', value = ''] = EQUALS.exec(text) ?? [];
  if (key !== '') return { key, values: [value], negated: operator === '!=' };
  const [, inKey = '', word = '', list = ''] = IN.exec(text) ?? [];
  if (inKey !== '') return { key: inKey, values: list.split(',').map((one) => one.trim()), negated: word === 'notin' };
  const [, not = '', exists = ''] = EXISTS.exec(text) ?? [];
  return exists === '' ? null : { key: exists, values: null, negated: not === '!' };
}

/** As in Kubernetes a key that is not there fits every negated requirement. */
export function selectorFits(selector: LabelSelector, labels: Labels): boolean {
  return selector.every(({ key, values, negated }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const fits = value !== undefined && (values === null || values.includes(value));
    return fits !== negated;
  });
}
