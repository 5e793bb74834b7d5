// Whether bytes are an archive: apart from the readers, which are loaded for archives only.

/** A tar header is one block; its checksum is the sum of its bytes with blanks for the checksum itself. */
const BLOCK = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_END = 156;

/** Whether bytes begin with a tar header: by its checksum, which holds for every kind of tar, old ones too. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < BLOCK || head[0] === 0) return false;
  const field = String.fromCharCode(...head.subarray(CHECKSUM_AT, CHECKSUM_END));
  const digits = /^[ \0]{0,7}([0-7]{1,7})[ \0]/.exec(field)?.[1];
  if (digits === undefined) return false;
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= CHECKSUM_AT && i < CHECKSUM_END ? 0x20 : (head[i] ?? 0);
  return sum === Number.parseInt(digits, 8);
}

/** Local file header: `PK\3\4`; an empty archive has only the end of its directory. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}
