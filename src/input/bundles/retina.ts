// Retina's captures: `<capture>-<host>-<14 digits>UTC.tar.gz` per node, several of them in `all-captures-<14 digits>.tar.gz`. Names and
// files: retina's pkg/capture (file names, provider for Linux). The host is what stands between the capture's name and the time, and
// where the capture's name ends is known only if there are several: it is the same in all of them.
import type { Files, Layout, Placement, Tree } from './layout.ts';

const NAME = /(^|[/!\\])([a-z0-9][a-z0-9.-]*)-(\d{14})UTC(?=[.!/\\]|$)/;

const NOT_READ: Placement = { node: null, skip: true };

export const retina: Layout = {
  find(files) {
    const found = new Map<string, { name: string; time: string }>();
    for (const path of files.paths) {
      const match = NAME.exec(path);
      if (match === null) continue;
      const end = match.index + match[0].length;
      const rest = path.slice(end);
      // the archive or folder of that name; a capture of that name stands beside the texts
      const inside = /^[^/!\\]*[/!\\]/.exec(rest)?.[0];
      const root =
        inside === undefined
          ? path.slice(0, match.index + (match[1] ?? '').length)
          : path.slice(0, end + inside.length);
      found.set(root, { name: match[2] ?? '', time: match[3] ?? '' });
    }
    const names = [...found.values()].map(({ name }) => name);
    return [...found].map(([root, { name, time }]): Tree => {
      const node = hostIn(name, names, files);
      return {
        root,
        title: 'Retina capture',
        taken: timeOf(time),
        place: (below) =>
          /(^|[/\\!])(ip-resources\.txt|tcpdump\.log)$/.test(below) ? { node, skip: false } : NOT_READ,
      };
    });
  },
};

/** The host's part of a name: behind what all names begin with, or a node that the files name. Null where that cannot be told. */
export function hostIn(name: string, names: readonly string[], files: Files | null): string | null {
  const parts = name.split('-');
  const others = [...new Set(names)].filter((other) => other !== name).map((other) => other.split('-'));
  if (others.length > 0) {
    let common = 0;
    while (common < parts.length - 1 && others.every((other) => other[common] === parts[common])) common++;
    // hosts may begin alike too: `node-1`, `node-2`
    const behind = parts.slice(common).join('-');
    const word = parts[common - 1];
    return /^\d+$/.test(behind) && word !== undefined ? `${word}-${behind}` : behind;
  }
  const texts = files === null ? [] : [...files.documents.values()].map(({ text }) => text);
  const named = parts.map((_, i) => parts.slice(i).join('-')).filter((host) => host !== name);
  return named.find((host) => texts.some((text) => text.includes(`kubernetes.io/hostname: ${host}\n`))) ?? null;
}

/** `20261102083000`: UTC. */
function timeOf(digits: string): number | null {
  const [year, month, day, hour, minute, second] = [4, 6, 8, 10, 12, 14].map((end, i) =>
    Number(digits.slice(i === 0 ? 0 : end - 2, end)),
  ) as [number, number, number, number, number, number];
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  return Number.isNaN(time) ? null : time;
}
