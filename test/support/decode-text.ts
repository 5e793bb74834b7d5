// Shows packets built in memory the way `overlens decode` shows them.
import type { CaptureInfo, CaptureInterface } from '../../src/capture/source.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import type { Packet } from '../../src/decode/packet.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import type { AddressNames } from '../../src/render/packets/address-texts.ts';
import { LineBuffer } from '../../src/render/packets/line-buffer.ts';
import { packetJson } from '../../src/render/packets/packet-json.ts';
import { treeLines } from '../../src/render/packets/packet-tree.ts';
import { createTextWriter, type TextLook } from '../../src/render/packets/packet-writer.ts';
import { createPaint } from '../../src/render/text/paint.ts';

export interface ShownPacket {
  data: Uint8Array;
  original?: number;
  linkType?: number;
  seconds?: number;
  nanos?: number;
  timeDigits?: number;
  /** Interfaces of the capture; the packet's is the first of them. */
  interfaces?: readonly (string | null)[];
  number?: number;
}

/** A walked packet, at an offset in a larger buffer. */
export function walkedPacket(shown: ShownPacket): Packet {
  const { data, original = data.length, linkType = 1, seconds = 1_700_000_000, nanos = 123_456_789 } = shown;
  const start = 5;
  const bytes = new Uint8Array(data.length + 12).fill(0xa5);
  bytes.set(data, start);
  const interfaces = (shown.interfaces ?? [null]).map((name, index) =>
    captureInterface(index, name, linkType, shown.timeDigits ?? 6),
  );
  const stack = new LayerStack();
  walk(bytes, start, data.length, original, linkType, stack, walkPorts());
  return {
    capture: 0,
    info: captureInfo(interfaces),
    number: shown.number ?? 1,
    bytes,
    start,
    captured: data.length,
    original,
    seconds,
    nanos,
    firstSeconds: 1_700_000_000,
    firstNanos: 0,
    interface: interfaces[0] ?? null,
    stack,
  };
}

/** What the options of `decode` ask for. */
export interface ShownLook extends Omit<TextLook, 'tree'> {
  output: 'text' | 'json';
  verbose: boolean;
  macNames: AddressNames | null;
  timeText: (packet: Packet) => string | null;
}

/** What `decode` writes for packets, by default one line each without a time. */
export function decodeText(packets: readonly Packet[], look: Partial<ShownLook> = {}): string {
  const whole: ShownLook = {
    ...{
      output: 'text',
      time: 'none',
      verbose: false,
      hex: false,
      color: false,
      width: null,
      headings: false,
      places: null,
    },
    ...{ ports: walkPorts(), names: null, macNames: null, linkName: () => null, timeText: () => null },
    ...look,
  };
  if (whole.output === 'json') return packets.map((packet) => packetJson(packet, whole)).join('');
  const out = new LineBuffer();
  const treeLook = { ...whole, paint: createPaint(whole.color) };
  const tree = whole.verbose ? (packet: Packet) => treeLines(packet, treeLook) : null;
  const writer = createTextWriter(out, { ...whole, tree });
  for (const packet of packets) writer.write(packet);
  return new TextDecoder().decode(out.take());
}

/** The line of one packet behind its number. */
export function lineOf(data: Uint8Array, look: Partial<ShownLook> = {}, shown: Partial<ShownPacket> = {}): string {
  return decodeText([walkedPacket({ data, ...shown })], look)
    .replace(/^ *1 {2}/, '')
    .replace(/\n$/, '');
}

function captureInterface(index: number, name: string | null, linkType: number, timeDigits: number): CaptureInterface {
  return { index, name, description: null, linkType, snaplen: 0, filter: null, timeDigits, dropped: null };
}

function captureInfo(interfaces: CaptureInterface[]): CaptureInfo {
  return {
    path: 'a.pcap',
    format: 'pcap',
    compression: 'none',
    interfaces,
    complete: true,
    warnings: [],
    error: null,
  };
}
