// For bundles of sources that find files beside themselves: `import.meta.url` and `import.meta.dirname` stay the source's own.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * An esbuild plugin; files are found beside the source, not beside the bundle.
 * @param built sources that look for what is compiled with them
 */
export function ownUrls(built: readonly string[] = []): Plugin {
  return {
    name: 'own-urls',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (!/import\.meta\./.test(text) || built.some((end) => path.endsWith(end))) return undefined;
        const contents = text
          .replace(/import\.meta\.url/g, JSON.stringify(pathToFileURL(path).href))
          .replace(/import\.meta\.dirname/g, JSON.stringify(dirname(path)));
        return { contents, loader: 'ts' };
      });
    },
  };
}
