// What is notable about the conversation that the packet belongs to: a service translated to a pod, questions without answers, who ended it.
import { qualifiedPodName } from '../../attribution/who/end-name.ts';
import type { Note } from '../explanation.ts';
import type { Scene } from '../packet-facts.ts';
import { note } from './frame-notes.ts';

export function conversationNotes({ flow }: Scene): Note[] {
  if (flow === null) return [];
  return [...serviceNotes(flow), ...answerNotes(flow), ...resetNotes(flow)];
}

type Flow = NonNullable<Scene['flow']>;

function serviceNotes({ via }: Flow): Note[] {
  if (via === null) return [];
  const { service, ip, port, backend } = via;
  const name = service === null ? '' : ` (${service})`;
  const pod = backend.pod === null ? '' : `${backend.pod}, `;
  const text = `The connection was opened to ${ip}:${port}${name}; a node translated that to ${pod}${backend.ip}:${backend.port}. Both are in these captures.`;
  return [note('service', 'notable', 'A service and the pod behind it', text)];
}

function answerNotes({ exchange, outcome }: Flow): Note[] {
  const asked = exchange?.asked ?? null;
  if (asked === null || outcome !== 'partly-answered') return [];
  const text = `Of ${asked.asked} questions of this conversation, ${asked.answered} were answered.`;
  return [note('partly-answered', 'notable', 'Answered in part', text)];
}

function resetNotes({ exchange, src, dst }: Flow): Note[] {
  const by = exchange?.by ?? null;
  if (by === null || exchange?.state !== 'reset') return [];
  const end = [src, dst].find(({ ip }) => ip === by.ip);
  const who = end === undefined ? by.ip : (qualifiedPodName(end) ?? by.ip);
  return [note('reset', 'notable', 'The connection was reset', `${who} ended it with an RST.`)];
}
