// 802.2 LLC and SNAP: enough to step over them to an EtherType, or to know that there is none.
import { etherTypeName } from './ether-type.ts';
import { defineHeader, type HeaderInfo, uint } from './header.ts';
import { layout, oneOf } from './layout.ts';

const FIXED = {
  dsap: uint(0, 8, 'Destination service access point', { hex: true, meaning: sapName }),
  ssap: uint(8, 8, 'Source service access point', { hex: true, meaning: sapName }),
  control: uint(16, 8, 'Control', { hex: true }),
};

export const LLC = defineHeader('llc', 'IEEE 802.2 §3.2', 3, FIXED);

/** LLC with dsap = ssap = 0xaa and control 3: a SNAP header with organisation and protocol follows. */
export const LLC_SNAP = defineHeader('llc', 'IEEE 802.2 §3.2, RFC 1042', 8, {
  ...FIXED,
  oui: uint(24, 24, 'Organization code', { hex: true }),
  type: uint(48, 16, 'Type', { hex: true, meaning: etherTypeName }),
});

/** The same under an organisation whose protocol numbers are its own. */
export const LLC_SNAP_PID = defineHeader('llc', 'IEEE 802.2 §3.2, IEEE 802 §9.2', 8, {
  ...FIXED,
  oui: uint(24, 24, 'Organization code', { hex: true }),
  pid: uint(48, 16, 'Protocol', { hex: true }),
});

export const LLC_SAP = { snap: 0xaa, ip: 0x06, spanningTree: 0x42 } as const;
export const LLC_UNNUMBERED_INFORMATION = 3;
/** Organisation codes under which the SNAP protocol is an EtherType: RFC 1042's, and 802.1H bridge tunnels. */
export const SNAP_OUI = { ethernet: 0x000000, bridgeTunnel: 0x0000f8 } as const;

/** The SNAP definition that fits the organisation code at `at`. */
function snapForm(bytes: Uint8Array, at: number): HeaderInfo {
  const oui = LLC_SNAP.oui.read(bytes, at);
  return oui === SNAP_OUI.ethernet || oui === SNAP_OUI.bridgeTunnel ? LLC_SNAP : LLC_SNAP_PID;
}

function sapName(value: number): string | null {
  switch (value & 0xfe) {
    case 0xaa:
      return 'SNAP';
    case 0x42:
      return 'Spanning tree';
    case 0x06:
      return 'IP';
    case 0xe0:
      return 'NetWare';
    case 0xf0:
      return 'NetBIOS';
    case 0xfe:
      return 'OSI network layer';
    default:
      return null;
  }
}

export const LLC_LAYOUT = layout(
  LLC,
  oneOf((bytes, at) => (isSnap(bytes, at) ? snapForm(bytes, at) : LLC)),
  {
    protocol: 'llc',
    title: '802.2 LLC and SNAP',
    announcedBy: 'an 802.3 length instead of an EtherType',
    forms: {
      LLC: LLC,
      'SNAP with an EtherType': LLC_SNAP,
      'SNAP with a protocol of the organisation': LLC_SNAP_PID,
    },
  },
);

function isSnap(bytes: Uint8Array, at: number): boolean {
  return (
    LLC.dsap.read(bytes, at) === LLC_SAP.snap &&
    LLC.ssap.read(bytes, at) === LLC_SAP.snap &&
    LLC.control.read(bytes, at) === LLC_UNNUMBERED_INFORMATION
  );
}
