// Captures whose packets have comments, in the forms of the programs that write them.
import {
  buildPcapng,
  type InterfaceFields,
  interfaceBlock,
  type PcapngBlock,
  packetBlock,
  sectionBlock,
} from './capture-builder.ts';

export interface CommentedFrame {
  data: Uint8Array;
  comments?: readonly string[];
  direction?: 'inbound' | 'outbound';
  /** Seconds. */
  time?: number;
  /** Of the second; default: the packet's number. */
  micros?: number;
}

/** epb_flags, whose lowest bits are the direction. */
function flags(direction: CommentedFrame['direction']): Uint8Array {
  return Uint8Array.of(direction === 'inbound' ? 1 : direction === 'outbound' ? 2 : 0, 0, 0, 0);
}

/** pcapng as gopacket writes it: comments first, then the flags. */
export function commentedCapture(
  frames: readonly CommentedFrame[],
  blocks: readonly PcapngBlock[] = [],
  device: InterfaceFields = { name: 'dummy-0' },
): Uint8Array {
  const packets = frames.map(({ data, comments = [], direction, time = 1_700_000_000, micros }, i) =>
    packetBlock({
      data,
      units: BigInt(time) * 1_000_000n + BigInt(micros ?? i),
      options: [
        ...comments.map((text): [number, string] => [1, text]),
        ...(direction === undefined ? [] : [[2, flags(direction)] as [number, Uint8Array]]),
      ],
    }),
  );
  return buildPcapng([sectionBlock(), interfaceBlock(device), ...blocks, ...packets]);
}

/** ptcpdump's comments for a packet of a pod's process. */
export function ptcpdumpComments(namespace: string, pod: string): string[] {
  return [
    'PID: 4711\nCmd: /bin/web\nArgs: web --port 80',
    'ContainerName: web\nContainerId: 0123\nContainerImage: web:1\nContainerLabels: {}',
    `PodName: ${pod}\nPodNamespace: ${namespace}\nPodUID: 9e1c\nPodLabels: app=web\nPodAnnotations: `,
  ];
}

export interface NetobservEnd {
  ip: string;
  kind?: string;
  namespace?: string;
  name?: string;
  node?: string;
}

/** NetObserv CLI's three comments. */
export function netobservComments(source: NetobservEnd, destination: NetobservEnd): string[] {
  const end = (side: string, { ip, kind, namespace, name, node }: NetobservEnd): string =>
    [
      ['IP', ip],
      ['Node Name', node],
      ['Name', name],
      ['Namespace', namespace],
      ['Kind', kind],
      ['Owner Kind', 'Deployment'],
      ['Port', '80'],
    ]
      .flatMap(([column, value]) => (value === undefined ? [] : [`${side} ${column}: ${value}\n`]))
      .join('');
  return [
    `Source\n${end('Src', source)}`,
    `Destination\n${end('Dst', destination)}`,
    'Common\nProto: TCP\nBytes: 66B\n',
  ];
}
