// Bundles of one host whose files say its name: `calicoctl node diags` (files without endings, `hostname` and `date` among them) and
// sosreport (a file per command, named by it). Layouts: calicoctl's commands/node/diags.go; sos report's plugins networking and host.
import { dateIn, type Files, type Layout, type Placement, rootsOf, type Tree, wordIn } from './layout.ts';

const NOT_READ: Placement = { node: null, skip: true };

/** Files of `calicoctl node diags` that hold what is read; the rest are rules of iptables and of the resolver, and logs. */
const READ_BY_CALICO =
  /^(ipv[46]_(route|addr|link|neigh\w*|rule)|ip_(route|addr|link|neigh\w*)|nhid|bridge_fdb|.*_fdb)$/;

export const nodeDiags: Layout = {
  find(files) {
    return rootsOf(files.paths, /(^|[/!\\])ipv[46]_(route|addr)$/).map((root): Tree => {
      const node = wordIn(files, `${root}hostname`);
      return {
        root,
        title: 'calicoctl node diags',
        taken: dateIn(files, `${root}date`),
        place: (below) => (READ_BY_CALICO.test(below) ? { node, skip: false } : NOT_READ),
      };
    });
  },
};

/** Folders of a sosreport in which a network's state stands. */
const SOS_READ = /^sos_commands\/(networking|kubernetes|openshift|calico|cni)\//;
/** Another network namespace has its own tables. */
const SOS_OTHER_NAMESPACE = /\/(ip_netns_exec_|namespaces\/)/;

export const sosReport: Layout = {
  find(files) {
    return rootsOf(files.paths, /(^|[/!\\])sos_commands[/\\]/).map((root): Tree => {
      const node =
        wordIn(files, `${root}hostname`) ?? wordIn(files, `${root}sos_commands/host/hostname`) ?? nameOfRoot(root);
      const place = (below: string): Placement | null => {
        const path = below.replaceAll('\\', '/');
        if (!SOS_READ.test(path) || SOS_OTHER_NAMESPACE.test(path)) return NOT_READ;
        return { node, skip: false };
      };
      const taken = dateIn(files, `${root}date`) ?? dateIn(files, `${root}sos_commands/date/date`);
      return { root, title: 'sosreport', taken, place };
    });
  },
};

/** `sosreport-HOST-2026-11-02-abcdefg/`, with a label before the date where one was given. */
function nameOfRoot(root: string): string | null {
  const folder =
    root
      .split(/[/!\\]/)
      .filter((part) => part !== '')
      .at(-1) ?? '';
  return /^sosreport-(.+?)-(?:[\w]+-)?\d{4}-\d\d-\d\d-[a-z]+(?:\.tar\S*)?$/.exec(folder)?.[1] ?? null;
}

/** `calicoctl cluster diags`: a folder per node, logs and lists of the cluster beside them. */
export const clusterDiags: Layout = {
  find(files: Files) {
    const roots = rootsOf(files.paths, /(^|[/!\\])calico-diagnostics-[\w.-]+[/!\\]/).map((root) => root);
    return roots.flatMap((parent): Tree[] => {
      const folder = files.paths
        .map((path) => /^calico-diagnostics-[\w.-]+[/!\\]/.exec(path.slice(parent.length))?.[0])
        .find((name) => name !== undefined);
      if (folder === undefined) return [];
      return [
        {
          root: `${parent}${folder}`,
          title: 'calicoctl cluster diags',
          taken: null,
          place(below) {
            const [top = '', node = '', ...rest] = below.split(/[/\\]/);
            if (top !== 'nodes' || rest.length === 0) return top === 'cluster' ? null : NOT_READ;
            const file = rest.at(-1) ?? '';
            return rest.length > 1 || /iptables|nft|ipset|logs?$|\.log$|journal|crash/.test(file)
              ? NOT_READ
              : { node, skip: false };
          },
        },
      ];
    });
  },
};
