// Ports that mean a tunnel: the defaults, those that a user adds, and what is no port.
import { describe, expect, it } from 'vitest';
import { PORT_KIND, walkPorts } from '../../src/decode/walk-ports.ts';

describe('walkPorts', () => {
  it('knows the registered ports and Linux’s old default', () => {
    const { kind } = walkPorts();
    const known = [...kind.entries()].filter(([, value]) => value !== PORT_KIND.none);
    expect(known).toEqual([
      [4789, PORT_KIND.vxlan],
      [4790, PORT_KIND.vxlanGpe],
      [6081, PORT_KIND.geneve],
      [8472, PORT_KIND.vxlanMaybe],
      [51820, PORT_KIND.wireguard],
    ]);
  });

  it('adds the ports it is given', () => {
    const { kind } = walkPorts({ vxlan: [8472, 9999], wireguard: [1234] });
    expect([kind[4789], kind[8472], kind[9999], kind[1234]]).toEqual([1, 2, 1, 5]);
  });

  it('has in each table only what was asked for', () => {
    const [some, none, others] = [
      walkPorts({ vxlan: [9999] }),
      walkPorts(),
      walkPorts({ wireguard: [9999], vnis: [7] }),
    ];
    expect([some, none, others].map(({ kind }) => kind[9999])).toEqual([1, 0, 5]);
    expect(walkPorts({ wireguard: [9999] })).toEqual({ kind: others.kind, vnis: new Set() });
  });

  it.each([0, 65536, 1.5, -1])('refuses %d', (port) => {
    expect(() => walkPorts({ vxlan: [port] })).toThrow(new RangeError(`${port} is no UDP port`));
  });
});
