// Ethernet addresses as text: six lower-case hex pairs with colons, as iproute2, tcpdump and tshark print them (IEEE 802).

/** Text of the 6 bytes at `at`. */
export function formatMac(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = 0; i < 6; i++) {
    const byte = bytes[at + i] ?? 0;
    text += (i === 0 ? '' : ':') + (byte < 16 ? '0' : '') + byte.toString(16);
  }
  return text;
}

/**
 * Canonical text of a MAC written `02:14:9D:F4:2C:1F`, `02-14-9d-f4-2c-1f` (Windows nodes) or `0214.9df4.2c1f` (switches).
 * @returns null when the text is no MAC
 */
export function canonicalMac(text: string): string | null {
  const written =
    /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ||
    /^[0-9a-f]{2}(-[0-9a-f]{2}){5}$/i.test(text) ||
    /^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/i.test(text);
  if (!written) return null;
  const digits = text.replaceAll(/[:.-]/g, '').toLowerCase();
  return digits.replaceAll(/(..)(?=.)/g, '$1:');
}
