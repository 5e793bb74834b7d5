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
  let open: Message[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null || open.length > DEEPEST) return null;
    at = TOKEN.lastIndex;
    const [, dash, key, quoted, afterColon, word, brace = afterColon, close] = token;
    if (dash !== undefined || close !== undefined) {
      const done = open.pop();
      // a dash ends a message that is whole, a brace one in another
      if (done === undefined ? close !== undefined : open.length > 0 !== (close !== undefined)) return null;
      if (done !== undefined && close !== undefined) (open.at(-1) as Message).trigger = hitOfMessage(done);
      if (done !== undefined && dash !== undefined) hits.push(hitOfMessage(done));
      if (dash !== undefined) open = [emptyMessage()];
    } else if (brace !== undefined) open.push(emptyMessage());
    else open.at(-1)?.fields.set(key ?? '', quoted?.replaceAll(/\\(.)/g, '$1') ?? word ?? '');
  }
  const [last, ...inside] = open;
  if (inside.length > 0) return null;
  return last === undefined ? hits : [...hits, hitOfMessage(last)];
}

function emptyMessage(): Message {
  return { fields: new Map(), trigger: null };
}

function hitOfMessage({ fields, trigger }: Message): PolicyHit {
  return hitOf((name) => fields.get(name) ?? null, trigger);
}
