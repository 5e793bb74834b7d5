// The licences of what is built into the executable, whole, each with the package's name and version.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';

/** @param metafiles which files went into the scripts */
export function licences(metafiles: readonly Metafile[]): string {
  const packages = new Set<string>();
  for (const { inputs } of metafiles)
    for (const path of Object.keys(inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (folder !== undefined) packages.add(folder);
    }
  const texts = [...packages].sort().map(licenceOf);
  return [nodeLicence(), ...texts].join(`\n${'-'.repeat(80)}\n\n`);
}

/** @throws Error where a package has no licence beside it: then it cannot be handed on */
function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
  if (file !== undefined) return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8')}`;
  if (license === undefined) throw new Error(`${folder}: no licence`);
  return `${name} ${version}\n\nLicensed under ${license}, as its package.json says.\n`;
}

function nodeLicence(): string {
  const { version, execPath } = process;
  const root = dirname(dirname(execPath));
  const places = [
    join(root, 'LICENSE'),
    join(root, 'share', 'doc', 'node', 'LICENSE'),
    '/usr/share/doc/nodejs/copyright',
  ];
  const found = places.find((path) => existsSync(path));
  const text = found === undefined ? null : readFileSync(found, 'utf8');
  if (text !== null && /node/i.test(text)) return `Node.js ${version}\n\n${text}`;
  return `Node.js ${version}\n\nMIT, with the licences of what it contains: https://github.com/nodejs/node/blob/${version}/LICENSE\n`;
}
