// `npm run docs`: writes the pages that are generated from the code.
import { writeFileSync } from 'node:fs';
import { protocolsPage } from '../../src/render/headers/protocols-page.ts';

writeFileSync(new URL('../../docs/protocols.md', import.meta.url), protocolsPage());
