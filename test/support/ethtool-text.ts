// `ethtool -k` of a NIC, as ethtool 5.16 prints it (some fifty lines; those of other protocols are left out), and of a VXLAN device.

/** @param changes features that are otherwise than here */
export function ethtoolText(device: string, changes: Readonly<Record<string, string>> = {}): string {
  const features: readonly (readonly [string, string])[] = [
    ['rx-checksumming', 'on [fixed]'],
    ['tx-checksumming', 'on'],
    ['\ttx-checksum-ipv4', 'off [fixed]'],
    ['\ttx-checksum-ip-generic', 'on'],
    ['\ttx-checksum-ipv6', 'off [fixed]'],
    ['\ttx-checksum-fcoe-crc', 'off [fixed]'],
    ['\ttx-checksum-sctp', 'off [fixed]'],
    ['scatter-gather', 'on'],
    ['\ttx-scatter-gather', 'on'],
    ['\ttx-scatter-gather-fraglist', 'off [fixed]'],
    ['tcp-segmentation-offload', 'on'],
    ['\ttx-tcp-segmentation', 'on'],
    ['\ttx-tcp-ecn-segmentation', 'off [fixed]'],
    ['\ttx-tcp-mangleid-segmentation', 'off'],
    ['\ttx-tcp6-segmentation', 'on'],
    ['generic-segmentation-offload', 'on'],
    ['generic-receive-offload', 'on'],
    ['large-receive-offload', 'off [fixed]'],
    ['rx-vlan-offload', 'off [fixed]'],
    ['highdma', 'on'],
    ['tx-gre-segmentation', 'off [fixed]'],
    ['tx-ipxip4-segmentation', 'off [fixed]'],
    ['tx-udp_tnl-segmentation', 'off [requested on]'],
    ['tx-udp_tnl-csum-segmentation', 'on'],
    ['rx-gro-hw', 'off [fixed]'],
  ];
  const lines = features.map(([name, state]) => `${name}: ${changes[name.trim()] ?? state}`);
  return `Features for ${device}:\n${lines.join('\n')}\n`;
}
