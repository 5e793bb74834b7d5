// Name resolution blocks: what the writer called addresses (draft-ietf-opsawg-pcapng section 4.5). Wireshark and editcap write them, with names
// of DNS or of a hosts file. The caller has the whole block in the buffer.
import type { HostName } from '../source.ts';

const [END, IPV4, IPV6] = [0, 1, 2] as const;
const ADDRESS_LENGTH: Readonly<Record<number, number>> = { [IPV4]: 4, [IPV6]: 16 };
/** A name of a host: what is none is not kept. */
const HOST = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9])?$/i;

/** The first name of each record of a block of `length` bytes at `at`; what does not fit the block ends the list. */
export function readHostNames(view: DataView, at: number, length: number, little: boolean): HostName[] {
  const found: HostName[] = [];
  const end = at + length - 4;
  let record = at + 8;
  while (end - record >= 4) {
    const type = view.getUint16(record, little);
    const size = view.getUint16(record + 2, little);
    const value = record + 4;
    if (type === END || value + size > end) break;
    const taken = ADDRESS_LENGTH[type] ?? size;
    const name = size > taken ? firstName(view, value + taken, value + size) : '';
    if (HOST.test(name)) found.push({ address: bytesOf(view, value, value + taken).slice(), name });
    record = value + ((size + 3) & ~3);
  }
  return found;
}

/** Names are zero-terminated, several in a row. */
function firstName(view: DataView, from: number, to: number): string {
  const bytes = bytesOf(view, from, to);
  const end = bytes.indexOf(0);
  return end < 0 ? '' : new TextDecoder().decode(bytes.subarray(0, end));
}

function bytesOf(view: DataView, from: number, to: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, to - from);
}
