// docs/protocols.md, generated: the same pictures and tables as `overlens headers`, in Markdown.
import { bitDiagram } from '../../decode/view/diagram.ts';
import { CATALOG } from '../../wire/catalog.ts';
import type { Page } from '../../wire/layout.ts';
import { escapeMarkdown } from '../text/escape.ts';
import { fieldRows, sizeOf } from './headers-text.ts';

/** The whole page. `npm run docs` writes it, a test keeps it current. */
export function protocolsPage(): string {
  const sections = CATALOG.map(section).join('\n');
  return `# Protocols

<!-- Generated from src/wire by \`npm run docs\`: do not edit. -->

Every header that overlens decodes, drawn from the definition that decodes it. Bits are counted from the first bit of the header, in
network order; field names are Wireshark's display filters, and the keys of \`overlens decode -o json\`. On the command line:
\`overlens headers vxlan\`.

| name | protocol | announced by |
| --- | --- | --- |
${CATALOG.map((entry) => `| [\`${entry.protocol}\`](#${anchorOf(entry)}) | ${escapeMarkdown(entry.title)} | ${escapeMarkdown(entry.announcedBy)} |`).join('\n')}

${sections}
---
Next: [tshark](tshark-differences.md) · Previous: [Wireshark](wireshark.md) · [Top](#protocols)
`;
}

function section(entry: Page): string {
  const forms = Object.entries(entry.forms).map(([title, header]) => {
    const rows = fieldRows(header).map(({ bits, width, label, name }) => {
      const member = label.startsWith(' ') ? '&nbsp;&nbsp;' : '';
      return `| ${bits} | ${width} | ${member}${escapeMarkdown(label.trim())} | ${name === '' ? '' : `\`${name}\``} |`;
    });
    return `### ${escapeMarkdown(`${entry.title}: ${title}`)}

${escapeMarkdown(header.spec)} · ${sizeOf(header)}

\`\`\`text
${bitDiagram(header).join('\n')}
\`\`\`

| bits | width | field | Wireshark |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  });
  return `## ${escapeMarkdown(entry.title)}

\`${entry.protocol}\`, announced by ${escapeMarkdown(entry.announcedBy)}.

${forms.join('\n')}`;
}

/** As GitHub makes them from headings. */
function anchorOf(entry: Page): string {
  return entry.title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');
}
