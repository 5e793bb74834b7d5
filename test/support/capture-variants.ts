// One capture as it would look had tcpdump been told something else: what the matrix runs through. Names are tcpdump's options.
import { type CaptureFile, cutFrames, filterFrames, toCookedV1 } from './capture-rewriter.ts';
import { LINK, type OuterHeader } from './outer-header.ts';

export interface Variant {
  name: string;
  /** The files as they would be; null when the variant says nothing about them (SLL v1 of an Ethernet capture). */
  apply(files: readonly CaptureFile[]): CaptureFile[] | null;
}

/**
 * @param isPod whether an address is in a pool, to choose the pod of `host POD`.
 * @param whole also what is seldom done.
 */
export function captureVariants(isPod: (address: string) => boolean, whole = true): Variant[] {
  const each = (name: string, change: (file: CaptureFile) => CaptureFile): Variant => ({
    name,
    apply: (files) => files.map(change),
  });
  const keep = (name: string, test: (outer: OuterHeader) => boolean): Variant =>
    each(name, (file) => filterFrames(file, test));
  return [
    each('as it is', (file) => file),
    keep('udp port 4789', (o) => o.protocol === 17 && (o.srcPort === 4789 || o.dstPort === 4789)),
    keep('tcp', (o) => o.protocol === 6),
    hostVariant('host POD', isPod),
    ...(whole
      ? [
          keep('icmp', (o) => o.protocol === 1 || o.protocol === 58),
          keep('ip', (o) => o.etherType === 0x0800),
          hostVariant('host ADDRESS', () => true),
        ]
      : []),
    { name: 'out only', apply: (files) => files.map((file) => oneDirection(file, true)) },
    { name: 'in only', apply: (files) => files.map((file) => oneDirection(file, false)) },
    ...[68, 96, 104].map((length) => each(`-s ${length}`, (file) => cutFrames(file, length))),
    ...[1, 3, 10].map((count) => each(`-c ${count}`, (file) => filterFrames(file, (_, i) => i < count))),
    each('first half', (file) => filterFrames(file, (_, i) => i < file.frames.length / 2)),
    each('second half', (file) => filterFrames(file, (_, i) => i >= file.frames.length / 2)),
    {
      name: '-y LINUX_SLL',
      apply: (files) =>
        files.some((f) => f.linkType === LINK.sll2)
          ? files.map((f) => (f.linkType === LINK.sll2 ? toCookedV1(f) : f))
          : null,
    },
  ];
}

/** The address that most frames have in the outermost header. */
function hostVariant(name: string, fits: (address: string) => boolean): Variant {
  return {
    name,
    apply(files) {
      const count = new Map<string, number>();
      for (const { outer } of files.flatMap((file) => file.frames))
        for (const address of [outer.src, outer.dst])
          if (address !== null && fits(address)) count.set(address, (count.get(address) ?? 0) + 1);
      const [host] = [...count].sort((a, b) => b[1] - a[1]).map(([address]) => address);
      return files.map((file) => filterFrames(file, (o) => host !== undefined && (o.src === host || o.dst === host)));
    },
  };
}

/** `-Q out` or `-Q in`: by the cooked packet type, else by the MAC that is in most frames, the capturing device's own. */
function oneDirection(file: CaptureFile, out: boolean): CaptureFile {
  if (file.frames.some((f) => f.outer.packetType !== null))
    return filterFrames(file, (o) => (o.packetType === 4) === out);
  const count = new Map<string, number>();
  for (const { outer } of file.frames)
    for (const mac of [outer.srcMac, outer.dstMac]) if (mac !== null) count.set(mac, (count.get(mac) ?? 0) + 1);
  const [own] = [...count].sort((a, b) => b[1] - a[1]).map(([mac]) => mac);
  return filterFrames(file, (o) => (o.srcMac === own) === out);
}
