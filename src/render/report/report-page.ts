// `-o html` of trace and verify: one file to send. The answer first, then who sent what to whom, problems, conversations, evidence. Nothing
// is fetched, and the file allows itself nothing else.
import type { Trace, TracedCapture } from '../../verdict/trace-types.ts';
import { documentHead } from '../page/document-head.ts';
import { HTML_STYLE } from '../page/html-style.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeXml } from '../text/escape.ts';
import { formatCount, formatNumber, formatSpan } from '../text/format.ts';
import { GROUP_KEYS } from '../text/render-options.ts';
import { notesOf, placeOf } from '../trace/capture-notes.ts';
import { captureNames } from './capture-names.ts';
import { clusterPicture, MOST_NODES, pairSentence, pairState, picturedPairs } from './cluster-picture.ts';
import { timeline } from './flow-strips.ts';
import { problems } from './report-causes.ts';
import { changesOf } from './report-changes.ts';
import { reportClient } from './report-client.ts';
import { beginOf, embedded, endOf, reportData } from './report-data.ts';
import { carriedText, type NodePairs, nodePairs } from './report-pairs.ts';
import { reportParts } from './report-parts.ts';
import { REPORT_STYLE } from './report-style.ts';

/** What a report says beside its trace. */
export interface ReportSays {
  /** The answer: one sentence, and sentences behind it. */
  sentence: string;
  tone: 'good' | 'notable' | 'wrong';
  more: readonly string[];
  /** How it was made, and of what: command lines, hashes. */
  evidence: readonly { head: string; value: string }[];
}

/** Pairs of nodes that are listed where a matrix has no room. */
const MOST_PAIRS = 200;
/** Of them in sight. */
const FIRST_PAIRS = 12;

/** It runs its own script, and reaches nothing. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The document, in pieces. */
export function* renderReport(trace: Trace, says: ReportSays): Generator<string> {
  const data = reportData(trace);
  yield documentHead({ title: says.sentence, style: HTML_STYLE + REPORT_STYLE, policy: POLICY });
  yield* reportBody(trace, says);
  yield `</main>
<script type="application/json" id="data">${embedded(data)}</script>
<script>(${clientSource()})()</script>
</body>
</html>
`;
}

/** What is inside the document, in pieces: all but what `reportClient` fills in from the data. */
export function* reportBody(trace: Trace, says: ReportSays): Generator<string> {
  yield verdictPart(says, trace);
  yield picturePart(nodePairs(trace));
  yield section('causes', 'Problems', problems(trace));
  yield timelinePart(trace);
  yield conversationsPart(trace);
  yield evidencePart(trace, says);
}

/** A loader that keeps names of functions calls a helper of its own. */
function clientSource(): string {
  return `()=>{const __name=(one)=>one;const data=JSON.parse(document.getElementById('data').textContent);(${reportClient.toString()})((${reportParts.toString()})(data,null),data,null)}`;
}

function verdictPart({ sentence, tone, more }: ReportSays, trace: Trace): string {
  const { flows, conversations, packets } = trace.summary;
  const counts = `${formatCount(conversations, 'conversation')}, ${formatCount(flows, 'flow')}, ${formatCount(packets, 'packet')}`;
  const span = spanOf(trace);
  const lines = [...more, span === null ? counts : `${counts}; ${span}`];
  return `<header class="verdict ${tone}">
<h1>${escapeXml(sentence)}</h1>
${lines.map((line) => `<p>${escapeXml(line)}</p>`).join('\n')}
</header>
`;
}

function spanOf({ captures }: Trace): string | null {
  const firsts = captures.flatMap(({ first }) => (first === null ? [] : [first])).sort();
  const lasts = captures.flatMap(({ last }) => (last === null ? [] : [last])).sort();
  return formatSpan(firsts[0] ?? null, lasts.at(-1) ?? null);
}

function picturePart(pairs: NodePairs): string {
  const pictured = picturedPairs(pairs);
  const picture = clusterPicture(pictured);
  const [many, all] = [pictured.nodes.length, pairs.nodes.length];
  const part = many === all ? '' : `<p>${many} of ${all} nodes: those between which not all is as it should be.</p>`;
  const drawn =
    picture === null
      ? `<div>${matrix(pairs)}</div>`
      : `<div class="first"><div>${part}${scrolled('Picture of the cluster', picture)}
<ul class="legend"><li>solid: as configured</li><li>dashed, !: not as configured</li><li>dotted, ✕: packets lost</li><li>dotted, ?: undecided</li></ul></div><div>${matrix(pairs)}</div></div>`;
  const none = '<p>No flow is between two nodes that are known.</p>';
  return section('nodes', 'Who sent what to whom', all === 0 ? none : drawn);
}

function matrix(pairs: NodePairs): string {
  const { nodes } = pairs;
  if (nodes.length > Math.min(12, MOST_NODES)) return pairList(pairs);
  const fitter = createNameFitter(nodes);
  const name = (node: string): string => escapeXml(fitter.fit(node, 24));
  const rows = nodes.map((from) => {
    const cells = nodes.map((to) => {
      const pair = pairs.get(from, to);
      if (pair === undefined) return `<td class="dim" data-head="to ${name(to)}">-</td>`;
      const state = pairState(pair);
      return `<td${TONES[state]} data-head="to ${name(to)}" title="${escapeXml(pairSentence(pair))}">${escapeXml(carriedText(pair))}${SIGNS[state]}</td>`;
    });
    return `<tr><th scope="row">${name(from)}</th>${cells.join('')}</tr>`;
  });
  const head = nodes.map((node) => `<th scope="col">to ${name(node)}</th>`).join('');
  return scrolled(
    'Packets from node to node',
    `<table class="matrix"><caption class="away">Packets from node to node, by encapsulation</caption><thead><tr><th scope="col">from</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

const TONES = { ok: '', wrong: ' class="wrong"', lost: ' class="wrong"', undecided: ' class="notable"' } as const;
const SIGNS = { ok: '', wrong: ' !', lost: ' ✕', undecided: ' ?' } as const;

/** The worst first. */
function pairList({ pairs }: NodePairs): string {
  const badness = { wrong: 0, lost: 1, undecided: 2, ok: 3 } as const;
  const sorted = [...pairs].sort((a, b) => badness[pairState(a)] - badness[pairState(b)] || b.packets - a.packets);
  const items = sorted
    .slice(0, MOST_PAIRS)
    .map((pair) => `<li${TONES[pairState(pair)]}>${escapeXml(pairSentence(pair))}</li>`);
  const rest = sorted.length - items.length;
  const list = (from: number, to: number): string => `<ul class="points">${items.slice(from, to).join('\n')}</ul>`;
  const left = rest > 0 ? `<p>${formatNumber(rest)} more pairs of nodes</p>` : '';
  if (sorted.length <= FIRST_PAIRS) return list(0, FIRST_PAIRS);
  const folded = formatNumber(sorted.length - FIRST_PAIRS);
  return `${list(0, FIRST_PAIRS)}<details><summary>${folded} more pairs of nodes</summary>${list(FIRST_PAIRS, MOST_PAIRS)}${left}</details>`;
}

/** Changes that are listed. */
const MOST_CHANGES = 40;

function timelinePart(trace: Trace): string {
  const [begin, end] = [beginOf(trace), endOf(trace)];
  const changes = begin === null || end === null ? [] : changesOf(trace, begin, end);
  const shown = changes.slice(0, MOST_CHANGES);
  const strips = timeline(
    trace,
    begin,
    end,
    shown.map(({ time }) => time),
  );
  const legend =
    '<ul class="legend"><li>plain fill: as configured</li><li>dashed edge: undecided</li><li>full red: not as configured</li><li>numbers: the changes below</li></ul>';
  const items = shown.map(({ time, text, flow }) => {
    const link = flow === null ? '' : ` <a href="#flow=${flow}">flow ${flow}</a>`;
    return `<li><time>${new Date(time).toISOString().slice(11, 23)}</time> ${escapeXml(text)}${link}</li>`;
  });
  const rest = changes.length - shown.length;
  const list =
    items.length === 0
      ? '<p>Nothing changed while the captures ran.</p>'
      : `<h3>What changed when (UTC)</h3><ol class="changes">${items.join('\n')}</ol>${rest > 0 ? `<p>${formatNumber(rest)} more changes</p>` : ''}`;
  return strips === null
    ? ''
    : section('time', 'Flows over time', `${scrolled('Picture of flows over time', strips)}${legend}${list}`);
}

function conversationsPart({ causes }: Trace): string {
  const option = (value: string, text: string): string =>
    `<option value="${escapeXml(value)}">${escapeXml(text)}</option>`;
  const sorts = [
    ['problem', 'problems first'],
    ['time', 'time'],
    ['packets', 'packets'],
    ['bytes', 'bytes'],
    ['from', 'from'],
    ['to', 'to'],
    ['service', 'service'],
  ] as const;
  const groups = [
    ['', 'nothing'],
    ...GROUP_KEYS.map((key, i) => [String(i), key.replace('-', ' ')] as const),
    ['pods', 'pods'],
    ['judged', 'judged'],
    ['problem', 'problem'],
  ] as const;
  const columns = ['', 'from', 'to', 'service', 'how', 'packets', 'outcome'];
  return section(
    'conversations',
    'Conversations',
    `<div class="tools">
<label>search for pods, nodes, addresses, ports, outcomes <input id="search" type="search" autocomplete="off"></label>
<label>judged <select id="state">${option('', 'all')}${option('wrong', 'not as configured')}${option('undecided', 'undecided')}${option('ok', 'as configured')}</select></label>
<label>problem <select id="cause">${option('', 'any or none')}${causes.map(({ id, code }) => option(id, `${id} ${code}`)).join('')}</select></label>
<label>grouped by <select id="group">${groups.map(([value, text]) => option(value, text)).join('')}</select></label>
<label>order <select id="sort">${sorts.map(([value, text]) => option(value, text)).join('')}</select></label>
</div>
<p class="count" id="count" role="status"></p>
<div class="list" id="list" role="table" aria-label="Conversations; arrow keys move, Enter opens" tabindex="0">
<div class="rows" id="rows" role="rowgroup"><div class="head row" id="head" role="row" aria-rowindex="1">${columns.map((name) => `<div role="columnheader">${name === '' ? '<span class="away">judged</span>' : name}</div>`).join('')}</div></div>
</div>
<div class="detail" id="detail" tabindex="-1" hidden></div>
<table class="printed"><caption>The first conversations of the list</caption><thead><tr><th>judged</th><th>from</th><th>to</th><th>service</th><th>how</th><th>outcome</th></tr></thead><tbody id="printed"></tbody></table>
<noscript><p>The list needs JavaScript; everything above does not.</p></noscript>`,
  );
}

function evidencePart({ captures }: Trace, { evidence }: ReportSays): string {
  const names = captureNames(captures.map(({ path }) => path));
  const rows = captures.map((capture) => `<tr>${captureCells(capture, names.get(capture.path) ?? '').join('')}</tr>`);
  const facts = evidence.map(
    ({ head, value }) => `<tr><th scope="row">${escapeXml(head)}</th><td><code>${escapeXml(value)}</code></td></tr>`,
  );
  return section(
    'evidence',
    'Evidence',
    `${scrolled('Captures', `<table><caption class="away">Captures</caption><thead><tr>${CAPTURE_COLUMNS.map((column) => `<th scope="col">${column}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`)}
${facts.length === 0 ? '' : `<details class="proof"><summary>How it was made, and the hashes of all files</summary>${scrolled('How it was made', `<table><caption class="away">How it was made</caption><tbody>${facts.join('\n')}</tbody></table>`)}</details>`}`,
  );
}

const CAPTURE_COLUMNS = ['capture', 'place', 'packets', 'time', 'notes'] as const;

function captureCells(capture: TracedCapture, name: string): string[] {
  const places = capture.points.map(placeOf).join(', ');
  const span = formatSpan(capture.first, capture.last) ?? 'no time';
  return [
    `<th scope="row">${escapeXml(name)}</th>`,
    ...[escapeXml(places), formatNumber(capture.packets), escapeXml(span), escapeXml(notesOf(capture).join('; '))].map(
      (cell, i) => `<td data-head="${CAPTURE_COLUMNS[i + 1] ?? ''}">${cell}</td>`,
    ),
  ];
}

function section(id: string, heading: string, body: string): string {
  return `<section aria-labelledby="h-${id}">
<h2 id="h-${id}">${heading}</h2>
${body}
</section>
`;
}

/** What is wider than the page scrolls by itself, and can be reached by the keyboard. */
function scrolled(name: string, body: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${name}">${body}</div>`;
}
