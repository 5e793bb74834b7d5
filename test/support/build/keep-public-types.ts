// Part of `npm run build`: of all declarations in dist/, those that a user's compiler can come to from dist/index.d.ts stay.
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const reached = new Set<string>();
const open = [join('dist', 'index.d.ts')];
for (let file = open.pop(); file !== undefined; file = open.pop()) {
  if (reached.has(file)) continue;
  reached.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g);
  for (const [, to = ''] of imports) open.push(join(dirname(file), to.replace(/\.(ts|js)$/, '.d.ts')));
}

/** Folders that are empty then go too. */
function prune(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) prune(path);
    else if (path.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

prune('dist');
