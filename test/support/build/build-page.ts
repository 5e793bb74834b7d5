// The page that captures are dropped on, built from the sources into one file.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { viewDocument } from '../../../src/browser/view-document.ts';

export async function buildPage(path: string): Promise<void> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const script = await scriptOf('src/browser/view-page.ts');
  const worker = gzipSync(await scriptOf('src/browser/view-worker.ts'), { level: 9 }).toString('base64');
  const scriptHash = createHash('sha256').update(script).digest('base64');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, viewDocument({ version, script, scriptHash, worker }));
}

async function scriptOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    ...{ format: 'iife', platform: 'browser', target: 'es2022', legalComments: 'none', logLevel: 'warning' },
  });
  // it stands in a script element, which nothing in it may end
  return (outputFiles[0]?.text ?? '').trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
