// Records of flows one a line, as JSON lines or as a stream of events that a server sends: a line that is broken (the last one, where
// the stream was cut) costs no more than itself.
import { parseBoundedJson } from '../../../net/bounded-json.ts';
import type { DocumentTree, ParseProblem } from '../located.ts';

/** Whether a line by itself is such a record. */
export function isRecordLine(line: string): boolean {
  // what stands in a list has `items` around it
  return line.includes('"source_name') && /^(?:data: *)?\{/.test(line) && !line.includes('"items"');
}

/** Fields of an event besides its data, and comments (HTML standard, section 9.2.6). */
const OF_EVENTS = /^(?:(?:id|event|retry):.*|:.*|)$/;

/** Every record as a document of its own. */
export function parseRecordLines(
  text: string,
  file: string,
  firstLine: number,
): { trees: DocumentTree[]; problems: ParseProblem[] } {
  const trees: DocumentTree[] = [];
  const problems: ParseProblem[] = [];
  for (const [i, written] of text.split('\n').entries()) {
    const line = written.trim();
    if (OF_EVENTS.test(line)) continue;
    const ref = { file, line: firstLine + i };
    try {
      const value: unknown = parseBoundedJson(line.replace(/^data: */, ''));
      trees.push({ head: { value, ref: () => ref, elementRefs: () => [] }, items: null });
    } catch {
      problems.push({ line: ref.line, message: 'JSON' });
    }
  }
  return { trees, problems };
}
