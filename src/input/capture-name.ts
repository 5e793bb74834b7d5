// How files are called that hold captures: with the ending of one, the number that tcpdump appends to pieces, and that of a compression.

const COMPRESSED = /\.(gz|zst)$/i;
const ENDING = /\.(pcap|pcapng|cap|dmp)\d*$/i;

/** Whether a name, or a path that ends in it, is one that tools give to captures. */
export function isCaptureName(name: string): boolean {
  return ENDING.test(name.replace(COMPRESSED, ''));
}

/** The same for pieces of one capture, plain or compressed, with the ending or without it. */
export function captureStem(name: string): string {
  return name.replace(COMPRESSED, '').replace(ENDING, '');
}
