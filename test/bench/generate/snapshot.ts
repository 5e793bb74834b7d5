// The snapshot that fits a made capture: IPPools, nodes with Calico's annotations, pods as `kubectl get -o yaml` prints them.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, type Layout, MAC, MAC_MIDDLE, NODE_V6_PREFIX, POD_V6_PREFIX, POOL_PREFIX, POOLS } from './cluster.ts';

/** Pods written at once. */
const BATCH = 500;
const LIST = 'apiVersion: v1\nkind: List\nitems:\n';

/** Writes ippools.yaml, nodes.yaml and pods.yaml into a folder, which is made. */
export function writeSnapshot(folder: string, layout: Layout): void {
  const cluster = new Cluster(layout);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ippools.yaml'), poolsText());
  writeList(join(folder, 'nodes.yaml'), cluster.nodes, (node) => nodeText(cluster, node));
  writeList(join(folder, 'pods.yaml'), cluster.pods, (pod) => podText(cluster, pod));
}

function writeList(path: string, count: number, item: (index: number) => string): void {
  const file = openSync(path, 'w');
  writeSync(file, LIST);
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    writeSync(file, Array.from({ length: size }, (_, i) => item(from + i)).join(''));
  }
  closeSync(file);
}

function poolsText(): string {
  const pools = POOLS.map(({ name, base, vxlanMode, ipipMode }) =>
    poolText(name, `${v4(base)}/${POOL_PREFIX}`, 26, { vxlanMode, ipipMode }),
  );
  return (
    LIST +
    pools.join('') +
    poolText('overlay-v6', `${v6(POD_V6_PREFIX, 0)}/108`, 122, { vxlanMode: 'Always', ipipMode: 'Never' })
  );
}

function poolText(
  name: string,
  cidr: string,
  blockSize: number,
  modes: { vxlanMode: string; ipipMode: string },
): string {
  return `- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata:
    name: ${name}
  spec:
    allowedUses:
    - Workload
    - Tunnel
    blockSize: ${blockSize}
    cidr: ${cidr}
    ipipMode: ${modes.ipipMode}
    natOutgoing: true
    nodeSelector: all()
    vxlanMode: ${modes.vxlanMode}
`;
}

export function nodeName(node: number): string {
  return `node${node}`;
}

function nodeText(cluster: Cluster, node: number): string {
  const address = v4(cluster.nodeAddress(node));
  return `- apiVersion: v1
  kind: Node
  metadata:
    annotations:
      projectcalico.org/IPv4Address: ${address}/16
      projectcalico.org/IPv4IPIPTunnelAddr: ${v4(cluster.tunnelAddress(2, node))}
      projectcalico.org/IPv4VXLANTunnelAddr: ${v4(cluster.tunnelAddress(0, node))}
      projectcalico.org/IPv6Address: ${v6(NODE_V6_PREFIX, cluster.nodeV6(node))}/64
      projectcalico.org/IPv6VXLANTunnelAddr: ${v6(POD_V6_PREFIX, cluster.tunnelV6(node))}
      projectcalico.org/VXLANTunnelMACAddr: ${mac(MAC.vtep, node)}
      projectcalico.org/VXLANTunnelMACAddrV6: ${mac(MAC.vtepV6, node)}
    labels:
      kubernetes.io/hostname: ${nodeName(node)}
      kubernetes.io/os: linux
    name: ${nodeName(node)}
  status:
    addresses:
    - address: ${address}
      type: InternalIP
    - address: ${nodeName(node)}
      type: Hostname
`;
}

function podText(cluster: Cluster, pod: number): string {
  const [address, second] = [v4(cluster.podAddress(pod)), v6(POD_V6_PREFIX, cluster.podV6(pod))];
  const [node, namespace, app] = [cluster.nodeOf(pod), `team-${pod % 20}`, `app-${pod % 97}`];
  return `- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      cni.projectcalico.org/containerID: ${pod.toString(16).padStart(64, '0')}
      cni.projectcalico.org/podIP: ${address}/32
      cni.projectcalico.org/podIPs: ${address}/32,${second}/128
    creationTimestamp: "2026-11-01T08:00:00Z"
    labels:
      app: ${app}
    name: ${app}-${pod}
    namespace: ${namespace}
  spec:
    containers:
    - env:
      - name: LISTEN
        value: ":8080"
      image: registry.example/${app}:1.0
      name: main
      ports:
      - containerPort: 8080
        protocol: TCP
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
      volumeMounts:
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: token
        readOnly: true
    nodeName: ${nodeName(node)}
    tolerations:
    - effect: NoExecute
      key: node.kubernetes.io/not-ready
      operator: Exists
      tolerationSeconds: 300
    volumes:
    - name: token
      projected:
        defaultMode: 420
  status:
    conditions:
    - lastTransitionTime: "2026-11-01T08:00:05Z"
      status: "True"
      type: Ready
    hostIP: ${v4(cluster.nodeAddress(node))}
    phase: Running
    podIP: ${address}
    podIPs:
    - ip: ${address}
    - ip: ${second}
    startTime: "2026-11-01T08:00:00Z"
`;
}

/** Dotted decimals of a u32. */
function v4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** RFC 5952, where the middle of the address is zero. */
function v6(prefix: readonly number[], low: number): string {
  const front = prefix.slice(0, 3).map((word) => word.toString(16));
  const back = [low >>> 16, low & 0xffff].map((word) => word.toString(16));
  return `${front.join(':')}::${low === 0 ? '' : back.slice(low > 0xffff ? 0 : 1).join(':')}`;
}

function mac(kind: number, node: number): string {
  const hex = [kind, MAC_MIDDLE, node].map((word) => word.toString(16).padStart(4, '0')).join('');
  return hex.match(/../g)?.join(':') ?? '';
}
