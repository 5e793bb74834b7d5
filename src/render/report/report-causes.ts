// The problems of a report: what is misconfigured, what is broken and what is to be looked at, each with the tables that decided.
import { FAILURES } from '../../verdict/codes.ts';
import type { Cause, Trace } from '../../verdict/trace-types.ts';
import { createNameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { escapeXml } from '../text/escape.ts';
import { packetPlace } from '../trace/capture-notes.ts';
import { cost } from '../trace/cause-list.ts';

/** What is between a heading and the next section. */
export function problems(trace: Trace): string {
  if (trace.causes.length === 0) return '<p>None was found.</p>';
  const parts = KINDS.flatMap(([title, isOf]) => {
    const own = trace.causes.filter((cause) => KINDS.find(([, holds]) => holds(cause))?.[1] === isOf);
    return own.length === 0 ? [] : [`<h3>${title}</h3>`, ...own.map((cause) => causeOf(cause, trace))];
  });
  return parts.join('\n');
}

/** What is not as it should be, and what does not work, are two questions: a problem stands under the first that it answers. */
const KINDS: readonly [string, (cause: Cause) => boolean][] = [
  ['Misconfigured: not what the configuration asks for', ({ severity }) => severity === 'violation'],
  ['Broken: packets lost, questions without an answer', ({ code }) => FAILURES.has(code)],
  ['To be looked at', () => true],
];

function causeOf(cause: Cause, trace: Trace): string {
  const fitter = createNameFitter(nodeNamesOf(trace));
  const place = packetPlace(trace.captures, cause.capture, cause.firstPacket);
  const chain = cause.chain.map(({ table, text, status, note, ref }) => {
    const where = ref === null ? '' : ` (${ref.file}:${ref.line})`;
    const said = [text, STATUS[status]].filter((one) => one !== null).join(', ');
    return `${table}: ${said}${note === null ? '' : `: ${note}`}${where}`;
  });
  const facts = [
    ['expected', cause.expected],
    ['seen', cause.seen + (place === null ? '' : ` (${place})`)],
    ...chain.map((step, i) => [i === 0 ? 'decided by' : '', step]),
    ...cause.also.map((fact, i) => [i === 0 ? 'also' : '', fact]),
    ...cause.check.map((fact, i) => [i === 0 ? 'check' : '', fact]),
  ] as const;
  const word = cause.severity === 'violation' ? 'Not as configured' : 'Warning';
  const list = facts
    .filter(([, value]) => value !== '')
    .map(([head, value]) => `<dt>${escapeXml(head ?? '')}</dt><dd>${escapeXml(value ?? '')}</dd>`);
  const button =
    cause.flows === 0
      ? ''
      : `<p><button type="button" data-cause="${escapeXml(cause.id)}">Its conversations</button></p>`;
  const packet = cause.capture === null || cause.firstPacket === null ? '' : `${cause.capture}:${cause.firstPacket}`;
  const marked = packet === '' ? '' : ` data-packet="${packet}"`;
  return `<article class="cause ${cause.severity}" id="cause-${escapeXml(cause.id)}"${marked}><h4>${escapeXml(cause.id)} ${word}: ${escapeXml(fitter.fitSentence(cause.title, 400))}</h4>
<p class="origin">${escapeXml([cause.code, cost(cause)].filter((one) => one !== '').join(' · '))}</p>
<dl>${list.join('')}</dl>${button}</article>`;
}

const STATUS = { ok: 'ok', wrong: 'WRONG', missing: 'MISSING', unknown: 'not given' } as const;
