// VXLAN, its group policy extension, and the generic protocol extension (its own port, 4790).
// The VNI counts only when the I flag is set; reserved bits are ignored on receipt (RFC 7348 §5).
import { defineHeader, flag, reserved, uint } from './header.ts';
import { always, layout } from './layout.ts';

/** RFC 7348 with the bits of the group policy option (draft-smith-vxlan-group-policy), as Wireshark names them. */
export const VXLAN = defineHeader('vxlan', 'RFC 7348 §5, draft-smith-vxlan-group-policy-05 §2.1', 8, {
  flags: uint(0, 16, 'Flags', { hex: true, group: true }),
  flag_g: flag(0, 'Group policy extension (G)'),
  reserved1: reserved(1, 3),
  flag_i: flag(4, 'VNI is valid (I)'),
  reserved2: reserved(5, 4),
  flag_d: flag(9, "Don't learn (D)"),
  reserved3: reserved(10, 2),
  flag_a: flag(12, 'Policy applied (A)'),
  reserved4: reserved(13, 3),
  gbp: uint(16, 16, 'Group policy ID'),
  vni: uint(32, 24, 'VXLAN network identifier (VNI)'),
  reserved8: reserved(56, 8, { named: true }),
});

export const VXLAN_GPE = defineHeader('vxlan', 'draft-ietf-nvo3-vxlan-gpe-13 §3', 8, {
  flags: uint(0, 8, 'Flags', { hex: true, group: true }),
  reserved1: reserved(0, 2),
  ver: uint(2, 2, 'Version'),
  i_bit: flag(4, 'Instance (I)'),
  p_bit: flag(5, 'Next protocol is valid (P)'),
  reserved2: reserved(6, 1),
  o_bit: flag(7, 'OAM (O)'),
  reserved_16: reserved(8, 16, { named: true }),
  next_proto: uint(24, 8, 'Next protocol', { meaning: nextProtocolName }),
  vni: uint(32, 24, 'VXLAN network identifier (VNI)'),
  reserved8: reserved(56, 8, { named: true }),
});

/** Destination ports: the registered one, Linux's old default, and GPE's. */
export const VXLAN_PORT = 4789;
export const VXLAN_PORT_LINUX = 8472;
export const VXLAN_GPE_PORT = 4790;

export const GPE_NEXT = { ipv4: 1, ipv6: 2, ethernet: 3, nsh: 4, mpls: 5 } as const;

function nextProtocolName(value: number): string | null {
  return ['IPv4', 'IPv6', 'Ethernet', 'NSH', 'MPLS'][value - 1] ?? null;
}

/** Which of the two it is only the port says: decode/view/layer-parts.ts. */
export const VXLAN_LAYOUT = layout(VXLAN, always(VXLAN), {
  protocol: 'vxlan',
  title: 'VXLAN',
  announcedBy: 'UDP destination port 4789 or 8472; GPE: 4790',
  forms: {
    'VXLAN with group policy': VXLAN,
    'Generic protocol extension (GPE)': VXLAN_GPE,
  },
});
