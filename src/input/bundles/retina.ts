// Retina's captures: `<capture>-<host>-<14 digits>UTC.tar.gz` per node, several of them in `all-captures-<14 digits>.tar.gz`. Names and
// files: retina's pkg/capture (file names, provider for Linux). The host is what stands before the time, and nothing tells where it
// begins: both the capture's name and the host's may have hyphens. So a node that is known otherwise is looked for at its end.
import { digitsSeconds } from '../../net/date-text.ts';
import type { Taken } from '../../topology/time/taken.ts';
import { type Layout, NOT_READ, type Tree } from './tool-layout.ts';

const NAME = /(^|[/!\\])([a-z0-9][a-z0-9.-]*)-(\d{14})UTC(?=[.!/\\]|$)/;

/** `ip-resources.txt` has all that is read in one form; proc-net the same in another. */
const READ = /(^|\/)ip-resources\.txt$/;

export const retina: Layout = {
  find(files) {
    const found = new Map<string, { name: string; time: string }>();
    for (const path of files.paths) {
      const match = NAME.exec(path);
      if (match === null) continue;
      const end = match.index + match[0].length;
      // the archive or folder of that name; a capture of that name stands beside the texts
      const inside = /^[^/!\\]*[/!\\]/.exec(path.slice(end))?.[0];
      const before = match.index + (match[1] ?? '').length;
      found.set(path.slice(0, inside === undefined ? before : end + inside.length), {
        name: match[2] ?? '',
        time: match[3] ?? '',
      });
    }
    return [...found].map(([root, { name, time }]): Tree => {
      const seconds = digitsSeconds(time);
      const taken: Taken | null =
        seconds === null ? null : { seconds, from: 'name', file: root.replace(/[/!\\]$/, '') };
      return {
        root,
        title: 'Retina capture',
        taken,
        place: (below) => (READ.test(below) ? { node: null, nodeAtEnd: name, skip: false } : NOT_READ),
        captured: () => ({
          node: null,
          nodeAtEnd: name,
          interface: null,
          pod: null,
          source: 'layout',
          detail: `Retina named it ${name}, which ends with its host`,
        }),
      };
    });
  },
};
