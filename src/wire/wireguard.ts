// WireGuard's four messages (whitepaper §5.4). All is encrypted but type, indexes and counter; integers are little-endian.
import { base64, defineHeader, type HeaderInfo, octets, uint, uint64LE } from './header.ts';
import { layout, oneOf } from './layout.ts';

/** Registered nowhere, but what nearly everybody uses. */
export const WIREGUARD_PORT = 51820;

const FIXED = {
  type: uint(0, 8, 'Type', { meaning: wireguardTypeName }),
  reserved: octets(8, 3, 'Reserved'),
};

const SPEC = 'WireGuard whitepaper §5.4';

/** What all messages begin with. */
export const WIREGUARD = defineHeader('wg', SPEC, 4, FIXED);

export const WIREGUARD_INITIATION = defineHeader('wg', `${SPEC}.2`, 148, {
  ...FIXED,
  sender: uint(32, 32, 'Sender index', { hex: true, littleEndian: true }),
  ephemeral: base64(64, 32, 'Ephemeral key'),
  encrypted_static: octets(320, 48, 'Encrypted static key'),
  encrypted_timestamp: octets(704, 28, 'Encrypted timestamp'),
  mac1: octets(928, 16, 'MAC 1'),
  mac2: octets(1056, 16, 'MAC 2'),
});

export const WIREGUARD_RESPONSE = defineHeader('wg', `${SPEC}.3`, 92, {
  ...FIXED,
  sender: uint(32, 32, 'Sender index', { hex: true, littleEndian: true }),
  receiver: uint(64, 32, 'Receiver index', { hex: true, littleEndian: true }),
  ephemeral: base64(96, 32, 'Ephemeral key'),
  encrypted_empty: octets(352, 16, 'Encrypted nothing'),
  mac1: octets(480, 16, 'MAC 1'),
  mac2: octets(608, 16, 'MAC 2'),
});

export const WIREGUARD_COOKIE = defineHeader('wg', `${SPEC}.7`, 64, {
  ...FIXED,
  receiver: uint(32, 32, 'Receiver index', { hex: true, littleEndian: true }),
  nonce: octets(64, 24, 'Nonce'),
  encrypted_cookie: octets(256, 32, 'Encrypted cookie'),
});

/** Transport data with nothing in it. */
export const WIREGUARD_KEEPALIVE_LENGTH = 32;

/** The encrypted packet and its 16 bytes of authentication follow. */
export const WIREGUARD_DATA = defineHeader('wg', `${SPEC}.6`, 16, {
  ...FIXED,
  receiver: uint(32, 32, 'Receiver index', { hex: true, littleEndian: true }),
  counter: uint64LE(64, 'Counter'),
});

/**
 * Whether a UDP payload of this many bytes can be a message of this type. The packet in transport data is padded to 16 bytes,
 * but never beyond the MTU of its device: where that is no multiple of 16 (8941, 1420, 1400), full ones have any length.
 */
export function isWireguardSize(type: number, lengthBytes: number): boolean {
  switch (type) {
    case 1:
      return lengthBytes === 148;
    case 2:
      return lengthBytes === 92;
    case 3:
      return lengthBytes === 64;
    case 4:
      return lengthBytes >= WIREGUARD_KEEPALIVE_LENGTH;
    default:
      return false;
  }
}

/** `handshake initiation`, ...; null for no message. */
export function wireguardTypeName(value: number): string | null {
  return ['handshake initiation', 'handshake response', 'cookie reply', 'transport data'][value - 1] ?? null;
}

/** The definition that fits a message of this type, if it is all there; else what all messages begin with. */
function wireguardForm(type: number, have: number): HeaderInfo {
  const form = [WIREGUARD_INITIATION, WIREGUARD_RESPONSE, WIREGUARD_COOKIE, WIREGUARD_DATA][type - 1];
  return form !== undefined && have >= form.headerLength ? form : WIREGUARD;
}

export const WIREGUARD_LAYOUT = layout(
  WIREGUARD,
  oneOf((bytes, at, end) => wireguardForm(WIREGUARD.type.read(bytes, at), end - at)),
  {
    protocol: 'wg',
    title: 'WireGuard',
    announcedBy: 'UDP port 51820 or 51821',
    forms: {
      'Any message': WIREGUARD,
      'Handshake initiation': WIREGUARD_INITIATION,
      'Handshake response': WIREGUARD_RESPONSE,
      'Cookie reply': WIREGUARD_COOKIE,
      'Transport data': WIREGUARD_DATA,
    },
  },
);
