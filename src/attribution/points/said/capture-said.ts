// What is said of where a capture was taken, beside its frames and below the user's word: by an object that lists its file, by the
// bundle it came in, by its own metadata, by its file name. Frames win against all of them.
import type { CaptureHint } from '../../../capture/capture-hint.ts';
import type { Evidence, Node, Topology } from '../../../topology/model.ts';
import { formatRef } from '../../../topology/read/located.ts';
import { readFileName } from '../point-device.ts';
import { baseName } from '../points-input.ts';

/** Evidence of these sources is what was said, not what packets show; `file-name` is what a person called it. */
export const SAID_SOURCES: ReadonlySet<string> = new Set(['packet-capture', 'layout', 'capture-metadata', 'file-name']);

export interface Said {
  /** Null where the snapshot has no such node. */
  node: Node | null;
  /** The node's name in the snapshot, else as it was said. */
  name: string;
  /** Set only if it was said; of a file name only if such a device exists on the node. */
  interface: string | null;
  evidence: Evidence;
  /** Subject of a sentence that says whose it is: `the file name says`. */
  says: string;
}

/** The strongest that names a node; null where none does. */
export function saidOf(topology: Topology | null, path: string, hints: readonly CaptureHint[]): Said | null {
  const byObject = topology === null ? null : saidByObject(topology, path);
  if (byObject !== null)
    return { ...byObject, interface: hints.find((hint) => hint.interface !== null)?.interface ?? null };
  for (const hint of hints) {
    const said = saidByHint(topology, hint);
    if (said !== null) return said;
  }
  return topology === null ? null : saidByName(topology, path);
}

/** A file of this name in a directory that the path ends with; where one node only has such a file, whatever its folder. */
function saidByObject(topology: Topology, path: string): Said | null {
  const name = baseName(path);
  const listed = topology.captureFiles.filter((file) => file.name === name);
  if (listed.length === 0) return null;
  const folder = path.slice(0, -name.length).replaceAll('\\', '/');
  const inPlace = listed.filter(({ directory }) => folder.endsWith(`${directory.split('/').slice(-2).join('/')}/`));
  const files = inPlace.length > 0 ? inPlace : listed;
  const [file] = files;
  if (file === undefined || files.some(({ node }) => node !== file.node)) return null;
  const node = topology.nodeByName(file.node);
  const detail = `the status of its PacketCapture says ${file.node} (${formatRef(file.ref)})`;
  return {
    node,
    name: node?.name ?? file.node,
    interface: null,
    evidence: { source: 'packet-capture', detail },
    says: 'the status of its PacketCapture says',
  };
}

function saidByHint(topology: Topology | null, hint: CaptureHint): Said | null {
  const node = topology === null ? null : nodeOfHint(topology, hint);
  const name = node?.name ?? hint.node;
  if (name === null) return null;
  const says = hint.source === 'layout' ? 'its place in the bundle says' : 'the capture itself says';
  return { node, name, interface: hint.interface, evidence: { source: hint.source, detail: hint.detail }, says };
}

function nodeOfHint(topology: Topology, { node, nodeAtEnd, pod }: CaptureHint): Node | null {
  if (node !== null) return topology.nodeByName(node);
  if (nodeAtEnd !== null) return nodeAtEndOf(topology, nodeAtEnd);
  const place = topology.pods.find(({ namespace, name }) => namespace === pod?.namespace && name === pod.name);
  return place?.nodeName == null ? null : topology.nodeByName(place.nodeName);
}

/** The longest name of a node that the text ends with, behind a hyphen: `lab-node-1` is of node-1, whatever lab is. */
function nodeAtEndOf(topology: Topology, text: string): Node | null {
  const words = text.split('-');
  for (let i = 0; i < words.length; i++) {
    const node = topology.nodeByName(words.slice(i).join('-'));
    if (node !== null) return node;
  }
  return null;
}

function saidByName(topology: Topology, path: string): Said | null {
  const file = readFileName(topology, path);
  if (file === null) return null;
  return {
    ...file,
    name: file.node.name,
    evidence: { source: 'file-name', detail: `the file name starts with ${file.node.name}` },
    says: 'the file name says',
  };
}
