// Bundles of a whole cluster: `cluster diags` of Calico's client (a folder per node, lists of objects beside them), must-gather and
// `oc adm inspect` (a file per object), cilium-cli's sysdump, `kubectl cluster-info dump` into a folder.
import { CALICO_CLIENT } from '../../cluster/calico/annotations.ts';
import { foldersOf, type Layout, NOT_READ, rootsOf, type Tree } from './tool-layout.ts';

/** Files of a node's folder that are read; beside them stand rules of the firewall, statistics, logs. */
const READ_OF_NODE =
  /^(ip-(route|addr|link|neigh)|bridge-fdb|nhid|conntrack-list|bpf-(routes|conntrack|nat))[\w-]*\.(txt|json)$/;

export const clusterDiags: Layout = {
  find(files) {
    return foldersOf(files.paths, /(^|[/!\\])calico-diagnostics-[\w.-]+[/\\](?=(nodes|cluster|logs)[/\\])/).map(
      (root): Tree => ({
        root,
        title: `${CALICO_CLIENT} cluster diags`,
        taken: null,
        place(below) {
          const [top = '', node = '', file = '', ...deeper] = below.split('/');
          // of these kinds the table has no more than names
          if (top === 'cluster') return /^cluster\/crd\/.*\.txt$|version/.test(below) ? NOT_READ : null;
          if (top !== 'nodes' || deeper.length > 0 || !READ_OF_NODE.test(file)) return NOT_READ;
          return { node, skip: false, ...(/conntrack|bpf-nat/.test(file) ? { isExtra: true as const } : {}) };
        },
      }),
    );
  },
};

/** Objects of these folders are all there are of their kind: `inspect` writes one file each. */
const WHOLE = [/^cluster-scoped-resources\/[\w.]+\/ippools$/, /^cluster-scoped-resources\/core\/nodes$/];

/** Folders of API groups: `cluster-scoped-resources/core/`, `namespaces/shop/core/`. */
const OBJECTS =
  /(^|[/!\\])(cluster-scoped-resources|namespaces[/\\][\w.-]+)[/\\](core|apps|batch|pods|[\w-]+(\.[\w-]+)+)[/\\]/;

export const mustGather: Layout = {
  find(files) {
    return rootsOf(files.paths, OBJECTS).map((root): Tree => {
      const folders = files.paths
        .filter((path) => path.startsWith(`${root}cluster-scoped-resources`))
        .map((path) => path.slice(root.length).replaceAll('\\', '/').split('/').slice(0, -1).join('/'));
      return {
        root,
        title: 'must-gather',
        taken: null,
        place: (below) => (/\.(ya?ml|json)$/.test(below) ? null : NOT_READ),
        whole: [...new Set(folders)].filter((folder) => WHOLE.some((pattern) => pattern.test(folder))),
      };
    });
  },
};

/** What sysdump collects of Cilium's own state, in gigabytes: flows, logs, tables of its agents. */
const SYSDUMP_OBJECTS =
  /^(k8s-(nodes|pods|services|endpoints|endpointslices|namespaces|networkpolicies)|ciliumnodes|cilium-configmap)-[\w-]+\.ya?ml$/;

export const ciliumSysdump: Layout = {
  find(files) {
    return rootsOf(files.paths, /(^|[/!\\])(ciliumnodes|cilium-configmap|k8s-nodes)-\d{8}-\d{6}\.ya?ml$/).map(
      (root): Tree => ({
        root,
        title: 'cilium sysdump',
        taken: null,
        place: (below) => (SYSDUMP_OBJECTS.test(below) ? null : NOT_READ),
      }),
    );
  },
};
