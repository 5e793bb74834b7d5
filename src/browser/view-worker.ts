// The worker of the page: reads, judges and renders, so that the page itself stays alive. It runs as a classic worker from a Blob URL, and
// has no more ways out than the page.
import { explainPacket } from '../api/follow-packets.ts';
import { OverlensError } from '../errors.ts';
import type { Explanation } from '../explain/explanation.ts';
import { pickPacket } from '../explain/pick.ts';
import { inspectedBytes } from '../render/explain/inspected-bytes.ts';
import { explanationPage } from '../render/explain/page/explanation-page.ts';
import { renderHtmlBlocks } from '../render/page/html.ts';
import { embedded, reportData } from '../render/report/report-data.ts';
import { renderReport, reportBody } from '../render/report/report-page.ts';
import { type Analysis, analyse, openFiles, problemsOf, takenSentences } from './view-analysis.ts';
import type { RelatedPacket, ViewAnswer, ViewOrder } from './view-messages.ts';
import { fileEvidence, hashedEvidence, viewSays } from './view-says.ts';

/** Between two messages of progress, in milliseconds. */
const PAUSE = 100;

let current: Analysis | null = null;
let taken: readonly string[] = [];
/** One analysis is a worker's only one. */
const running = new AbortController();

addEventListener('message', ({ data }: MessageEvent<ViewOrder>) => {
  follow(data).catch((error: unknown) => answer({ kind: 'failed', of: data.kind, taken, ...told(error) }));
});

async function follow(order: ViewOrder): Promise<void> {
  switch (order.kind) {
    case 'stop':
      running.abort(new OverlensError('E_UNREADABLE', 'stopped before anything was read'));
      return;
    case 'analyse':
      return report(order);
    case 'explain':
      return explain(order);
    case 'export':
      return exportReport();
  }
}

async function report(order: Extract<ViewOrder, { kind: 'analyse' }>): Promise<void> {
  const { signal } = running;
  const tell = teller();
  const inputs = await openFiles(order, tell, signal);
  taken = takenSentences(inputs);
  const analysis = await analyse(order, inputs, tell, signal);
  current = analysis;
  const { trace } = analysis;
  answer({ kind: 'progress', text: 'writing the report', share: null });
  const says = viewSays(analysis, fileEvidence(analysis.files));
  answer({
    kind: 'report',
    title: says.sentence,
    body: [...reportBody(trace, says)].join(''),
    captures: trace.captures.map(({ path, packets }) => ({ name: path, packets })),
    taken,
    problems: problemsOf(analysis, signal.aborted, order.expression),
    first: firstPacket(analysis),
  });
  answer({ kind: 'conversations', data: embedded(reportData(trace)) });
}

/** Progress as often as anybody can read it. */
function teller(): (text: string, share: number | null) => void {
  let next = 0;
  return (text, share) => {
    if (performance.now() < next) return;
    next = performance.now() + PAUSE;
    answer({ kind: 'progress', text, share });
  };
}

function firstPacket({ trace }: Analysis): { capture: number; packet: number } | null {
  if (trace.captures.every(({ packets }) => packets === 0)) return null;
  const { capture, number } = pickPacket(trace, { number: null, cause: null });
  return { capture, packet: number };
}

async function explain({ capture, packet }: Extract<ViewOrder, { kind: 'explain' }>): Promise<void> {
  const { trace, inputs } = analysed();
  const explanation = await explainPacket({ trace, ...inputs, capture, number: packet });
  const page = explanationPage(explanation, { all: false, diagram: false });
  // the bytes are shown beside their fields, and commands have no terminal here
  const blocks = page.blocks.filter(({ kind }) => kind !== 'bytes' && kind !== 'commands');
  answer({
    kind: 'explained',
    ...{ capture, packet },
    title: page.title,
    body: renderHtmlBlocks(blocks, false),
    inspected: inspectedBytes(explanation),
    related: explanation.related.map(relatedPacket),
  });
}

const RELATIONS = {
  copy: 'the same packet',
  answer: 'the answer',
  request: 'the request',
  'first-fragment': 'the first fragment',
} as const;

function relatedPacket({ kind, capture, number, path }: Explanation['related'][number]): RelatedPacket {
  return { capture, packet: number, text: `${RELATIONS[kind]}: #${number} of ${path.split('/').at(-1) ?? path}` };
}

async function exportReport(): Promise<void> {
  const analysis = analysed();
  const says = viewSays(analysis, await hashedEvidence(analysis.files));
  answer({ kind: 'exported', content: new Blob([...renderReport(analysis.trace, says)], { type: 'text/html' }) });
}

function analysed(): Analysis {
  if (current === null) throw new OverlensError('E_USAGE', 'nothing has been analysed yet');
  return current;
}

/** What the command line says of an error. */
function told(error: unknown): { text: string; hint: string | null } {
  if (error instanceof OverlensError) return { text: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocation failed|Invalid (string|array|typed array) length/.test(message))
    return {
      text: `there is not enough memory for this (${message})`,
      hint: 'drop fewer or smaller files, or use the command line: overlens trace',
    };
  return { text: `internal error: ${message}`, hint: 'this is a bug in overlens: please report it' };
}

function answer(message: ViewAnswer): void {
  postMessage(message);
}
