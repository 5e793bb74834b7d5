// Ethernet addresses as text: six lower-case hex pairs with colons, as iproute2, tcpdump and tshark print them (IEEE 802).

/** Two digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Text of the 6 bytes at `at`; what is not there is 0. */
export function formatMac(bytes: Uint8Array, at: number): string {
  let text = HEX[bytes[at] ?? 0] as string;
  for (let i = 1; i < 6; i++) text += `:${HEX[bytes[at + i] ?? 0]}`;
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
