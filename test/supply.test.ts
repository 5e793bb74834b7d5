// What a user installs beside the program: no scripts that run at installation, nothing compiled, no way to the network.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  dev?: boolean;
  hasInstallScript?: boolean;
  resolved?: string;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, LockedPackage>;
};
const INSTALLED = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);

describe('packages that a user installs', () => {
  it('are few, and the pages give each one that is asked for its reason', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(INSTALLED.length).toBeGreaterThanOrEqual(Object.keys(dependencies).length);
    expect(INSTALLED.length).toBeLessThanOrEqual(15);
    const page = readFileSync('docs/architecture.md', 'utf8').split('## What comes from elsewhere')[1] ?? '';
    expect(Object.keys(dependencies).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('run nothing when they are installed, and hold nothing compiled', () => {
    expect(INSTALLED.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    const compiled = INSTALLED.flatMap(([path]) =>
      existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((file) => join(path, file)) : [],
    ).filter((file) => /\.(node|so|dll|dylib|exe)$|binding\.gyp$/.test(file));
    expect(compiled).toEqual([]);
  });
});

describe('what is optional', () => {
  it('is not installed with the package, runs nothing when it is, and the pages give its reason', () => {
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      peerDependencies: Record<string, string>;
      peerDependenciesMeta: Record<string, { optional: boolean }>;
    };
    const names = Object.keys(peerDependencies);
    expect(names.filter((name) => peerDependenciesMeta[name]?.optional !== true)).toEqual([]);
    const installed = new Set(INSTALLED.map(([path]) => path.replace(/^node_modules\//, '')));
    expect(names.filter((name) => installed.has(name))).toEqual([]);
    const locked = Object.entries(packages).filter(([path]) => names.some((name) => path.startsWith(scopeOf(name))));
    expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    expect(names.filter((name) => !readFileSync('docs/architecture.md', 'utf8').includes(`\`${name}\``))).toEqual([]);
  });
});

/** `node_modules/@duckdb/`: its bindings are packages of the same scope. */
function scopeOf(name: string): string {
  return `node_modules/${name.replace(/\/.*/, '/')}`;
}

describe('the program', () => {
  it('has no way to the network: a named pipe is read through node:net, and that is all', () => {
    const NETWORK = /from 'node:(net|http|https|http2|dgram|tls|dns|dns\/promises|inspector|cluster)'/;
    const imports = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(join('src', file), 'utf8');
        const modules = [...text.matchAll(new RegExp(NETWORK, 'g'))].map(([, name]) => `${file} ${name}`);
        return /\b(fetch|WebSocket|XMLHttpRequest|EventSource)\s*\(/.test(text)
          ? [...modules, `${file} fetch`]
          : modules;
      });
    expect(imports).toEqual(['bytes/disk.ts net']);
  });
});
