// How every HTML document begins that is one file: it fetches nothing, and forbids itself to.
import { escapeXml } from '../text/escape.ts';

/** Of a document without scripts. */
const WITHOUT_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'";

export interface DocumentHead {
  title: string;
  /** CSS. */
  style: string;
  description?: string;
  /** Content security policy; by default that of a document without scripts. */
  policy?: string;
}

/** From the document's first line to the beginning of `main`. */
export function documentHead({ title, style, description, policy = WITHOUT_SCRIPTS }: DocumentHead): string {
  const described = description === undefined ? '' : `<meta name="description" content="${escapeXml(description)}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${described}<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
`;
}
