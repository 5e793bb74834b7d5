// Policies in a node's flow log: messages in the text form of Protocol Buffers, one after another, each behind a dash. The number of
// blanks between fields is not fixed, by intention of those who print them.
import type { PolicyHit } from '../../policies/policy-verdict.ts';
import { hitOf } from './logged-values.ts';

/** A dash, `key:"text"`, `key:{`, `key:word`, or `}`. */
const TOKEN = /\s*(?:(-)(?=\s)|([a-z_]+)(?::\s*(?:"((?:[^"\\]|\\.)*)"|(\{)|([^\s{}"]+))|\s*(\{))|(\}))/y;
/** Triggers in triggers: more is no policy. */
const DEEPEST = 8;

/** A message that is being read: its fields, and the message in it. */
interface Message {
  fields: Map<string, string>;
  trigger: PolicyHit | null;
}

/** The policies of one line; null when it is not written so. */
export function readHits(text: string): PolicyHit[] | null {
  const hits: PolicyHit[] = [];
  const open: Message[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null || open.length > DEEPEST || !takeToken(token, open, hits)) return null;
  }
  return endPolicy(open, hits) ? hits : null;
}

/** False where a bracket closes what is not open, or a dash stands in what is. */
function takeToken(token: RegExpExecArray, open: Message[], hits: PolicyHit[]): boolean {
  const [, dash, key = '', quoted, afterColon, word, brace = afterColon, close] = token;
  if (close !== undefined) return closeMessage(open);
  if (dash !== undefined && !endPolicy(open, hits)) return false;
  if (dash !== undefined || brace !== undefined) open.push({ fields: new Map(), trigger: null });
  else open.at(-1)?.fields.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? word ?? '');
  return true;
}

/** A message in a policy: the one that triggered it. */
function closeMessage(open: Message[]): boolean {
  const [inner, outer] = [open.pop(), open.at(-1)];
  if (inner === undefined || outer === undefined) return false;
  outer.trigger = hitOfMessage(inner);
  return true;
}

/** The policy that was open, if any, must be whole. */
function endPolicy(open: Message[], hits: PolicyHit[]): boolean {
  const last = open.pop();
  if (last !== undefined) hits.push(hitOfMessage(last));
  return open.length === 0;
}

function hitOfMessage({ fields, trigger }: Message): PolicyHit {
  return hitOf((name) => fields.get(name) ?? null, trigger);
}
