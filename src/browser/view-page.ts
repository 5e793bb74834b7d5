// The script of the page: files go to a worker, and what it answers is shown. Names reach the page as text; the report is markup that the
// worker escaped, and the page's policy runs no script in it.
import { reportClient } from '../render/report/report-client.ts';
import type { ReportData } from '../render/report/report-data.ts';
import { reportParts } from '../render/report/report-parts.ts';
import { escapeText } from '../render/text/escape.ts';
import { formatBytes } from '../render/text/format.ts';
import { chosenFiles, filesOfList } from './chosen-files.ts';
import { filesOfDrop } from './dropped-files.ts';
import { filesInPage, unpacked } from './embedded-files.ts';
import { byId, make } from './make-element.ts';
import { packetDialog } from './packet-dialog.ts';
import type { ViewAnswer, ViewFile, ViewOrder, ViewProblem } from './view-messages.ts';

const chosen = chosenFiles();
let workerURL: string | null = null;
const version = document.documentElement.dataset['version'] ?? '';
const expression = byId<HTMLInputElement>('expression');
const dialog = packetDialog((capture, packet) => tell({ kind: 'explain', capture, packet }));
/** Of a report that is shown, until another one takes its place. */
let shown = new AbortController();
let worker: Worker | null = null;
let first: { capture: number; packet: number } | null = null;

function tell(order: ViewOrder): void {
  worker?.postMessage(order);
}

/** A worker of its own for each analysis: what was before is let go as a whole. */
async function newWorker(): Promise<Worker> {
  if (workerURL === null) {
    const script = await unpacked(byId('worker').textContent ?? '').text();
    workerURL = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  }
  return new Worker(workerURL);
}

/** Begins anew with all files: what is read, is read together. */
function analyse(): void {
  begin().catch((error: Error) => {
    fail({ text: `this browser cannot do what the page needs: ${error.message}`, hint: 'use a newer one' }, []);
  });
}

async function begin(): Promise<void> {
  worker?.terminate();
  worker = null;
  showInputs();
  clear();
  if (chosen.files.size === 0) return;
  const asked = shown;
  const next = await newWorker();
  // meanwhile others may have been given
  if (asked !== shown) return next.terminate();
  worker = next;
  next.addEventListener('message', ({ data }: MessageEvent<ViewAnswer>) => take(data));
  next.addEventListener('error', ({ message }) => {
    fail({ text: `internal error: ${message}`, hint: 'this is a bug in overlens: please report it' }, []);
  });
  say('reading');
  byId('progress').hidden = false;
  const files = [...chosen.files].map(([name, content]) => ({ name, content }));
  tell({ kind: 'analyse', files, inputs: chosen.inputs(), expression: expression.value.trim(), version });
}

function take(answer: ViewAnswer): void {
  switch (answer.kind) {
    case 'progress':
      byId('doing').textContent = escapeText(answer.text);
      if (answer.share === null) byId('bar').removeAttribute('value');
      else byId<HTMLProgressElement>('bar').value = answer.share;
      return;
    case 'report':
      showReport(answer);
      return;
    case 'conversations':
      showConversations(answer.data);
      return;
    case 'explained':
      dialog.show(answer);
      return;
    case 'exported':
      save(answer.content);
      return;
    case 'failed':
      if (answer.of === 'explain') dialog.fail(escapeText(answer.text), answer.hint);
      else fail(answer, answer.taken);
  }
}

function showReport(answer: Extract<ViewAnswer, { kind: 'report' }>): void {
  clear();
  document.body.classList.add('has-report');
  document.title = `${answer.title} - overlens`;
  showSaid(answer.problems, answer.taken);
  const report = byId('report');
  report.innerHTML = answer.body;
  for (const cause of report.querySelectorAll<HTMLElement>('[data-packet]')) addPacketButton(cause);
  dialog.setCaptures(answer.captures);
  first = answer.first;
  byId<HTMLButtonElement>('explain').disabled = first === null;
  const verdict = report.querySelector('h1');
  verdict?.setAttribute('tabindex', '-1');
  verdict?.focus();
  say(answer.title);
  byId('count').textContent = 'listing the conversations';
}

function showConversations(data: string): void {
  const explain = (capture: number, packet: number): void => dialog.ask(capture, packet);
  const [read, host] = [JSON.parse(data) as ReportData, { explain, signal: shown.signal }];
  reportClient(reportParts(read, host), read, host);
}

function addPacketButton(cause: HTMLElement): void {
  const [capture = 0, packet = 1] = (cause.dataset['packet'] ?? '').split(':').map(Number);
  const button = make('button', { type: 'button', textContent: 'Explain its first packet' });
  button.addEventListener('click', () => dialog.ask(capture, packet));
  cause.append(make('p', { className: 'actions' }));
  cause.lastElementChild?.append(button);
}

/** Nothing of the report before is left. */
function clear(): void {
  shown.abort();
  shown = new AbortController();
  document.body.classList.remove('has-report');
  document.title = 'overlens';
  byId('report').replaceChildren();
  byId('said').hidden = true;
  byId('progress').hidden = true;
  byId('doing').textContent = '';
  byId('bar').removeAttribute('value');
}

function fail(problem: ViewProblem, taken: readonly string[]): void {
  clear();
  showSaid([problem], taken);
  say(escapeText(problem.text));
}

function showSaid(problems: readonly ViewProblem[], taken: readonly string[]): void {
  byId('problems').replaceChildren(...problems.map(problemItem));
  byId('taken').replaceChildren(...taken.map((text) => make('li', { textContent: escapeText(text) })));
  byId('said').hidden = problems.length + taken.length === 0;
  byId('taken-as').hidden = taken.length === 0;
}

function problemItem({ text, hint }: ViewProblem): HTMLElement {
  const item = make('li', { textContent: escapeLines(text) });
  if (hint !== null) item.append(make('span', { className: 'hint', textContent: escapeLines(hint) }));
  return item;
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}

/** For those who do not see the page: what has changed, in a sentence. */
function say(text: string): void {
  byId('status').textContent = text;
}

function showInputs(): void {
  const items = chosen.inputs().map((input) => {
    const name = escapeText(input);
    const item = make('li', { textContent: `${name} ` });
    item.append(make('small', { textContent: formatBytes(chosen.sizeOf(input)) }));
    const button = make('button', { type: 'button', className: 'remove', textContent: '✕' });
    button.setAttribute('aria-label', `Remove ${name}`);
    button.addEventListener('click', () => {
      chosen.remove(input);
      analyse();
      byId('choose').focus();
    });
    item.append(button);
    return item;
  });
  byId('inputs').replaceChildren(...items);
}

function add(files: readonly ViewFile[]): void {
  if (files.length === 0) return;
  chosen.add(files);
  analyse();
}

function save(content: Blob): void {
  const url = URL.createObjectURL(content);
  make('a', { href: url, download: 'overlens-report.html' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

for (const [button, chooser] of [
  ['choose', 'files'],
  ['choose-folder', 'folder'],
] as const) {
  const input = byId<HTMLInputElement>(chooser);
  byId(button).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    add(filesOfList(input.files ?? []));
    input.value = '';
  });
}
byId('paste-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const pasted = byId<HTMLTextAreaElement>('pasted');
  if (pasted.value.trim() !== '') add([{ name: 'pasted.txt', content: new Blob([pasted.value]) }]);
  pasted.value = '';
  byId<HTMLDetailsElement>('paste').open = false;
});
byId('filter-form').addEventListener('submit', (event) => {
  event.preventDefault();
  analyse();
});
byId('stop').addEventListener('click', () => tell({ kind: 'stop' }));
byId('explain').addEventListener('click', () => first !== null && dialog.ask(first.capture, first.packet));
byId('save').addEventListener('click', () => tell({ kind: 'export' }));
byId('anew').addEventListener('click', () => {
  for (const input of chosen.inputs()) chosen.remove(input);
  expression.value = '';
  analyse();
  byId('choose').focus();
});
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dragged');
});
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('dragged');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dragged');
  if (event.dataTransfer === null) return;
  filesOfDrop(event.dataTransfer).then(add, ({ message }: Error) => {
    byId('problems').append(problemItem({ text: message, hint: 'Choose a folder reads it' }));
    byId('said').hidden = false;
    say(escapeText(message));
  });
});
document.addEventListener('paste', ({ target, clipboardData }) => {
  if (clipboardData === null || (target as HTMLElement).closest('input,textarea') !== null) return;
  const text = clipboardData.getData('text/plain');
  const pasted = text === '' ? [] : [{ name: 'pasted.txt', content: new Blob([text]) }];
  add([...filesOfList(clipboardData.files), ...pasted]);
});
filesInPage(document).then(add, (error: Error) => fail({ text: error.message, hint: 'use a newer browser' }, []));
