// The page as one file: markup, style, the page's script, the worker's (compressed), and a policy that lets the browser run these two and
// reach nothing.
import { HTML_STYLE } from '../render/page/html-style.ts';
import { REPORT_STYLE } from '../render/report/report-style.ts';
import { FILES_MARK } from './embedded-files.ts';
import { VIEW_STYLE } from './view-style.ts';

export interface ViewParts {
  version: string;
  /** Source of the page's script; and base64 of its sha256. */
  script: string;
  scriptHash: string;
  /** Base64 of the worker's script, compressed with gzip. */
  worker: string;
}

export function viewDocument({ version, script, scriptHash, worker }: ViewParts): string {
  return `<!doctype html>
<html lang="en" data-version="${version}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${scriptHash}'; worker-src blob:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>overlens</title>
<style>${HTML_STYLE}${REPORT_STYLE}${VIEW_STYLE}</style>
</head>
<body>
<header class="bar"><p class="name">overlens <small>${version}</small></p><p class="promise">Nothing is uploaded: your browser reads the files, and lets this page reach no network.</p></header>
<main>
${INPUTS}
<p class="away" id="status" role="status"></p>
<section id="progress" aria-label="Progress" hidden><p id="doing"></p><progress id="bar" max="1" aria-label="Read"></progress> <button type="button" id="stop">Stop, and show what was read</button></section>
<section id="said" aria-label="Worth knowing" hidden>
<ul id="problems"></ul>
<details id="taken-as"><summary>What the files were taken for</summary><ul id="taken"></ul></details>
</section>
<noscript><p>The page needs JavaScript: it is the program.</p></noscript>
<article id="report" aria-label="Report"></article>
</main>
${PACKET}
<script type="application/gzip+base64" id="worker">${worker}</script>
${FILES_MARK}
<script>${script}</script>
</body>
</html>
`;
}

const INPUTS = `<section class="inputs" aria-labelledby="inputs-title">
<h1 id="inputs-title">Drop captures and a snapshot of the cluster here</h1>
<p class="how">pcap and pcapng, also compressed; diagnosis bundles; files and folders of a snapshot, as the commands that <code>overlens snapshot</code> prints make it. Then every flow is told: which node sent it, how it was encapsulated, and whether that is what the IPPools ask for.</p>
<p class="actions">
<button type="button" id="choose">Choose files</button>
<button type="button" id="choose-folder">Choose a folder</button>
<button type="button" class="of-report" id="explain">Explain a packet</button>
<button type="button" class="of-report" id="save">Save the report</button>
<button type="button" class="of-files" id="anew">Start anew</button>
</p>
<input type="file" id="files" multiple hidden aria-label="Files"><input type="file" id="folder" webkitdirectory hidden aria-label="Folder">
<ul id="inputs" aria-label="Files given"></ul>
<details id="paste"><summary>Paste the text of a snapshot</summary><form id="paste-form"><label for="pasted">What <code>kubectl get -o yaml</code>, <code>ip route</code>, <code>bridge fdb</code> and the like printed</label>
<textarea id="pasted" rows="8" spellcheck="false"></textarea><button>Use it</button></form></details>
<form id="filter-form" class="of-files"><label for="expression">Only flows that fit, in tcpdump's words: <code>host 10.48.0.7 and tcp port 443</code></label>
<span class="actions"><input id="expression" type="search" autocomplete="off" spellcheck="false"> <button>Apply</button></span></form>
</section>`;

const PACKET = `<dialog id="packet" aria-labelledby="packet-title">
<div class="packet-bar"><h2 id="packet-title">Packet in full</h2>
<form id="packet-form"><label>capture <select id="packet-capture"></select></label>
<label>packet <input id="packet-number" type="number" min="1" inputmode="numeric"></label> <span id="packet-of"></span>
<span class="actions"><button type="button" id="packet-before" aria-label="Packet before">◀</button><button type="button" id="packet-after" aria-label="Next packet">▶</button><button>Explain</button><button type="button" id="packet-close">Close</button></span></form>
<p id="packet-state" role="status"></p></div>
<div id="packet-content" tabindex="0" role="region" aria-label="Explanation"></div>
</dialog>`;
