import { expect, it } from 'vitest';
import { overlayPorts } from '../../src/attribution/overlay-settings.ts';
import { PORT_KIND } from '../../src/decode/walk-ports.ts';

it("WireGuard is known on both of Calico's ports without a snapshot", () => {
  const { kind } = overlayPorts(null, [9999]);
  expect([51820, 51821, 51822].map((port) => kind[port])).toEqual([
    PORT_KIND.wireguard,
    PORT_KIND.wireguard,
    PORT_KIND.none,
  ]);
  expect(kind[9999]).toBe(PORT_KIND.vxlan);
});
