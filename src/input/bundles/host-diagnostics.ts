// Bundles of one host whose files say its name: `node diags` of Calico's client (files without endings, `hostname` and `date` among
// them) and sosreport (a file per command, named by it). Layouts: its commands/node/diags.go; sos report's plugins networking and host.
import { CALICO_CLIENT } from '../../cluster/calico/annotations.ts';
import { CONNECTIONS, END, FIRST, LAST, OFFLOAD, SNAPSHOT_FOLDER } from '../../cluster/snapshot-script.ts';
import {
  dateIn,
  folderName,
  foldersOf,
  type Layout,
  NOT_READ,
  type Placement,
  rootsOf,
  type Tree,
  wordIn,
} from './tool-layout.ts';

/** Files of `node diags` that hold what is read; the rest are rules of iptables and of the resolver, and logs. */
const READ_OF_NODE = /^(ipv[46]_(route|addr|link|neigh\w*)|ip_(route|addr|link|neigh\w*)|bridge_fdb|.*_fdb)(\.txt)?$/;

export const nodeDiags: Layout = {
  find(files) {
    return rootsOf(files.paths, /(^|[/!\\])ipv[46]_(route|addr)$/).map((root): Tree => {
      const node = wordIn(files, `${root}hostname`);
      return {
        root,
        title: `${CALICO_CLIENT} node diags`,
        taken: dateIn(files, `${root}date`),
        place: (below) => (READ_OF_NODE.test(below) ? { node, skip: false } : NOT_READ),
      };
    });
  },
};

/** Commands of ip and bridge that are read, by the names that sos gives to their files. */
const SOS_NETWORK =
  /^sos_commands\/networking\/(ip_(-\w+_)*(a(ddr(ess)?)?|l(ink)?|n(eigh)?|r(oute)?)(_|$)|bridge_.*fdb|ethtool_-k_)/;
/** Folders in which objects of the cluster stand. */
const SOS_OBJECTS = /^sos_commands\/(kubernetes|openshift|calico|cni)\//;
/** Another network namespace has its own tables. */
const SOS_OTHER_NAMESPACE = /\/(ip_netns_exec_|namespaces\/)/;

export const sosReport: Layout = {
  find(files) {
    return rootsOf(files.paths, /(^|[/!\\])sos_commands[/\\]/).map((root): Tree => {
      const node =
        wordIn(files, `${root}hostname`) ?? wordIn(files, `${root}sos_commands/host/hostname`) ?? nameOfRoot(root);
      const place = (below: string): Placement => {
        if (SOS_OTHER_NAMESPACE.test(below)) return NOT_READ;
        return SOS_NETWORK.test(below) || SOS_OBJECTS.test(below) ? { node, skip: false } : NOT_READ;
      };
      const taken = dateIn(files, `${root}date`) ?? dateIn(files, `${root}sos_commands/date/date`);
      return { root, title: 'sosreport', taken, place };
    });
  },
};

/** `sosreport-HOST-2026-11-02-abcdefg/`; with a label before the date nothing tells where the host ends. */
function nameOfRoot(root: string): string | null {
  const name = /^sosreport-(.+)-\d{4}-\d\d-\d\d-[a-z]+(?:\.tar\S*)?$/.exec(folderName(root))?.[1] ?? null;
  return name !== null && /[a-z0-9]$/i.test(name) ? name : null;
}

/** A node's folder that the script of `overlens snapshot --nodes` made. */
const COLLECTED = new RegExp(
  `(^|[/!\\\\])${SNAPSHOT_FOLDER}\\w+[/\\\\][^/\\\\]+[/\\\\](?=(hostname|ip-\\w+\\.txt|${FIRST}|${LAST}|[^/\\\\]+\\.pcap$))`,
);

export const collected: Layout = {
  find(files) {
    return foldersOf(files.paths, COLLECTED).map((root): Tree => {
      const node = wordIn(files, `${root}hostname`) ?? folderName(root);
      const atEnd = dateIn(files, `${root}${END}`);
      const detail = `overlens snapshot took it on ${node}`;
      return {
        root,
        title: 'overlens snapshot',
        taken: dateIn(files, `${root}date`),
        place(below) {
          if (below === CONNECTIONS)
            return { node, skip: false, isExtra: true, ...(atEnd === null ? {} : { taken: atEnd }) };
          const isRead = /(^|-)(ip|bridge)-\w+\.txt$/.test(below) || below.startsWith(OFFLOAD);
          return isRead ? { node, skip: false } : NOT_READ;
        },
        captured: (below) => ({
          node,
          nodeAtEnd: null,
          interface: /^([^/]+)\.pcap$/.exec(below)?.[1] ?? null,
          pod: null,
          source: 'layout',
          detail,
        }),
      };
    });
  },
};

/** The folder in which `kubectl debug node/NODE` puts what it made, by the name of its pod: five letters or digits at the end. */
const DEBUGGER = /(^|[/!\\])node-debugger-[a-z0-9][a-z0-9.-]*-[a-z0-9]{5}[/\\]/;

export const nodeDebugger: Layout = {
  find(files) {
    const folders = files.paths.flatMap((path) => {
      const match = DEBUGGER.exec(path);
      return match === null ? [] : [path.slice(0, match.index + match[0].length)];
    });
    return [...new Set(folders)].map((root): Tree => {
      const node = folderName(root)
        .replace(/^node-debugger-/, '')
        .slice(0, -'-12345'.length);
      const detail = `the folder ${folderName(root)} is of a debugging pod on ${node}`;
      return {
        root,
        title: 'kubectl debug',
        taken: null,
        place: () => ({ node, skip: false }),
        captured: () => ({ node, nodeAtEnd: null, interface: null, pod: null, source: 'layout', detail }),
      };
    });
  },
};
