import { describe, expect, it } from 'vitest';
import { effectsOf } from '../../../src/explain/snapshots/effects.ts';
import { cluster, ippools, nodes } from '../../support/cluster-text.ts';

const NODES = nodes(
  { name: 'a', ip: '10.0.1.1/24', vxlan: '10.48.0.1' },
  { name: 'b', ip: '10.0.1.2/24', vxlan: '10.48.0.65' },
  { name: 'c', ip: '10.0.2.3/24', vxlan: '10.48.0.129' },
);

const withPool = (pool: Parameters<typeof ippools>[0], list = NODES) => cluster(ippools(pool), list);

/** `all nodes: none>vxlan (pool-never>pool-always)`. */
function told(before: ReturnType<typeof withPool>, after: ReturnType<typeof withPool>): string[] {
  return effectsOf(before, after).map(
    ({ between, before: was, after: is, reasons }) => `${between}: ${was}>${is} (${reasons.before}>${reasons.after})`,
  );
}

describe('what a change means for flows', () => {
  it('a mode', () => {
    expect(told(withPool({ vxlan: 'Never' }), withPool({ vxlan: 'Always' }))).toEqual([
      'all nodes: none>vxlan (pool-never>pool-always)',
    ]);
    expect(told(withPool({ vxlan: 'Always' }), withPool({ ipip: 'Always' }))).toEqual([
      'all nodes: vxlan>ipip (pool-always>pool-always)',
    ]);
  });

  it('CrossSubnet: within subnets or between them', () => {
    expect(told(withPool({ vxlan: 'Always' }), withPool({ vxlan: 'CrossSubnet' }))).toEqual([
      'nodes of one subnet: vxlan>none (pool-always>crosssubnet-same)',
    ]);
    expect(told(withPool({ vxlan: 'CrossSubnet' }), withPool({ vxlan: 'Never' }))).toEqual([
      'subnets: vxlan>none (crosssubnet-different>pool-never)',
    ]);
  });

  it("a node's prefix, with the pool as it was", () => {
    const narrow = nodes(
      { name: 'a', ip: '10.0.1.1/32', vxlan: '10.48.0.1' },
      { name: 'b', ip: '10.0.1.2/24', vxlan: '10.48.0.65' },
      { name: 'c', ip: '10.0.2.3/24', vxlan: '10.48.0.129' },
    );
    const pool = { vxlan: 'CrossSubnet' };
    const effects = effectsOf(withPool(pool), withPool(pool, narrow));
    expect(effects).toMatchObject([
      { before: 'none', after: 'vxlan', between: 'some nodes', example: { from: 'a', to: 'b' } },
    ]);
  });

  it('keys of WireGuard on all nodes', () => {
    const keyed = nodes(
      { name: 'a', ip: '10.0.1.1/24', vxlan: '10.48.0.1', key: 'ka' },
      { name: 'b', ip: '10.0.1.2/24', vxlan: '10.48.0.65', key: 'kb' },
      { name: 'c', ip: '10.0.2.3/24', vxlan: '10.48.0.129', key: 'kc' },
    );
    expect(told(withPool({ vxlan: 'Always' }), withPool({ vxlan: 'Always' }, keyed))).toEqual([
      'all nodes: vxlan>wireguard (pool-always>wireguard-keys)',
    ]);
  });

  it('nothing, where only names or block sizes differ', () => {
    expect(told(withPool({ name: 'one' }), withPool({ name: 'two', blockSize: 28 }))).toEqual([]);
  });
});
