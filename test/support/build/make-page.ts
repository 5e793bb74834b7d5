// `npm run bundle:page [-- FILE]`: dist/overlens.html, or that file.
import { buildPage } from './build-page.ts';

await buildPage(process.argv[2] ?? 'dist/overlens.html');
