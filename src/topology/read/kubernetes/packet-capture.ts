// PacketCapture objects: which node wrote which file. The status is written by the nodes themselves.
import { type Located, listAt, textAt, textsAt } from '../located.ts';
import type { Facts } from '../stated-facts.ts';

/** Reads one object into `facts.captureFiles`. */
export function readPacketCapture(object: Located, facts: Facts): void {
  for (const [i, entry] of listAt(object.value, 'status', 'files').entries()) {
    const node = textAt(entry, 'node');
    const directory = textAt(entry, 'directory') ?? '';
    if (node === null) continue;
    const ref = object.ref(['status', 'files', i, 'node']);
    for (const name of textsAt(entry, 'fileNames')) facts.captureFiles.push({ name, directory, node, ref });
  }
}
