// `npm run bundle:page`: dist/overlens.html.
import { buildPage } from './build-page.ts';

await buildPage('dist/overlens.html');
