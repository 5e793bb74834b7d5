// Captures of Calico Enterprise's PacketCapture: `pcap/{namespace}/{capture}/{workload endpoint}_{interface}.pcap`,
// rotated pieces with a time behind the interface. Always a pod's interface on its node's side. The node is not in the path: the
// endpoint's name may have it, the status of the object has it for certain (topology/read/kubernetes/packet-capture.ts).
import type { CaptureHint } from '../../capture/capture-hint.ts';
import { isWorkloadDevice } from '../../cluster/device.ts';
import { type Layout, rootsOf, type Tree } from './tool-layout.ts';

/** What is said of them. */
export const PACKET_CAPTURE = 'PacketCapture';

const BELOW_ROOT = /^pcap\/([a-z0-9-]+)\/[a-z0-9.-]+\/([a-z0-9.-]+)_([a-z]+[0-9a-f]+)[^/]*\.pcap[^/]*$/;

export const packetCapture: Layout = {
  find(files) {
    return rootsOf(
      files.paths,
      /(^|[/!\\])pcap[/\\][a-z0-9-]+[/\\][a-z0-9.-]+[/\\][a-z0-9.-]+_[a-z]+[0-9a-f]+[^/\\]*\.pcap/,
    ).map((root): Tree => ({ root, title: PACKET_CAPTURE, taken: null, place: () => null, captured: hintOf }));
  },
};

function hintOf(below: string): CaptureHint | null {
  const [, namespace = '', endpoint = '', device = ''] = BELOW_ROOT.exec(below) ?? [];
  if (!isWorkloadDevice(device)) return null;
  // NODE-k8s-POD-eth0, in which a hyphen of a name is doubled
  const [, node = null, pod = endpoint] = /^((?:[^-]|--)+)-k8s-((?:[^-]|--)+)-eth0$/.exec(endpoint) ?? [];
  const name = node === null ? endpoint : pod.replaceAll('--', '-');
  return {
    node: node?.replaceAll('--', '-') ?? null,
    nodeAtEnd: null,
    interface: device,
    pod: { namespace, name },
    source: 'layout',
    detail: `its path says the interface ${device} of ${namespace}/${name}`,
  };
}
