// What the page's report says first, and the evidence at its end: the sentences of `trace -o html`, and which files it was made of.

import type { ReportSays } from '../render/report/report-page.ts';
import { traceSays } from '../render/report/report-says.ts';
import { formatNumber } from '../render/text/format.ts';
import type { Analysis } from './view-analysis.ts';
import type { ViewFile } from './view-messages.ts';

type Evidence = ReportSays['evidence'];

export function viewSays({ trace, inputs, version }: Analysis, files: Evidence): ReportSays {
  const made = [
    { head: 'made by', value: `overlens ${version}, in a browser` },
    { head: 'on', value: new Date().toISOString().replace(/\.\d+Z$/, 'Z') },
  ];
  return { ...traceSays(trace, inputs.topology !== null, null), evidence: [...made, ...files] };
}

export function fileEvidence(files: readonly ViewFile[]): Evidence {
  return files.map(({ name, content }) => ({ head: name, value: sizeText(content) }));
}

/** A browser hashes what is in memory as a whole. */
const LARGEST_HASHED = 256 * 1024 * 1024;

/** The same with hashes: for a report that leaves the page. */
export async function hashedEvidence(files: readonly ViewFile[]): Promise<Evidence> {
  const evidence: { head: string; value: string }[] = [];
  for (const { name, content } of files) {
    const value =
      content.size > LARGEST_HASHED ? `${sizeText(content)}, not hashed` : `sha256 ${await sha256(content)}`;
    evidence.push({ head: name, value });
  }
  return evidence;
}

function sizeText({ size }: Blob): string {
  return `${formatNumber(size)} bytes`;
}

async function sha256(content: Blob): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await content.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
