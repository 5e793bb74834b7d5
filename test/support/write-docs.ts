// `npm run docs`: writes the pages, and parts of pages, that are generated from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { protocolsPage } from '../../src/render/headers/protocols-page.ts';
import { writeSheets } from './course/write-sheets.ts';
import { withImportTable, withLinterOverrides } from './import-table.ts';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const rewrite = (path: string, change: (text: string) => string): void =>
  writeFileSync(at(path), change(readFileSync(at(path), 'utf8')));

writeFileSync(at('docs/protocols.md'), protocolsPage());
writeSheets();
rewrite('docs/architecture.md', withImportTable);
rewrite('biome.jsonc', withLinterOverrides);
