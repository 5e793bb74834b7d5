import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { communityId } from '../../src/net/community-id.ts';
import { type Ip, parseIp } from '../../src/net/ip.ts';

const ip = (text: string): Ip => parseIp(text) as Ip;

/** From the baseline of github.com/corelight/community-id-spec, which other implementations are held to. */
const PUBLISHED = [
  ['128.232.110.120', '66.35.250.204', 6, [34855, 80], '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['192.168.1.52', '8.8.8.8', 17, [54585, 53], '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  ['192.168.170.8', '192.168.170.56', 132, [7, 7], '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  ['192.168.0.89', '192.168.0.1', 1, [8, 0], '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['10.1.12.1', '10.1.12.2', 46, null, '1:KHlLkgoJW7ifUTyTSgyVfkFHzKw='],
  ['3ffe:507:0:1:200:86ff:fe05:80da', '3ffe:501:0:1001::2', 58, [128, 129], '1:+TW+HtLHvV1xnGhV1lv7XoJrqQg='],
] as const;

describe('communityId', () => {
  it.each(PUBLISHED)('is the published one of %s to %s, protocol %d', (from, to, protocol, ports, id) => {
    expect(communityId({ source: ip(from), destination: ip(to), protocol, ports })).toBe(id);
  });

  it.each(PUBLISHED)('is the same for the answers of %s to %s, protocol %d', (from, to, protocol, ports, id) => {
    const turned = ports === null ? null : ([ports[1], ports[0]] as const);
    expect(communityId({ source: ip(to), destination: ip(from), protocol, ports: turned })).toBe(id);
  });

  it('keeps the direction of a message that nothing answers', () => {
    // ICMP type 11, from the same baseline
    const tuple = { source: ip('10.0.0.1'), destination: ip('10.0.0.2'), protocol: 1, ports: [11, 0] } as const;
    expect(communityId(tuple, true)).toBe('1:YHxtAirCG//0OzkcVAukqKQN9xM=');
    const turned = { ...tuple, source: tuple.destination, destination: tuple.source };
    expect(communityId(turned, true)).not.toBe(communityId(tuple, true));
  });

  it('orders ends of one address by their ports', () => {
    const address = ip('127.0.0.1');
    const bytes = Buffer.from([0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 6, 0, 0, 80, 4, 210]);
    const digest = createHash('sha1').update(bytes).digest('base64');
    for (const ports of [[80, 1234] as const, [1234, 80] as const])
      expect(communityId({ source: address, destination: address, protocol: 6, ports })).toBe(`1:${digest}`);
  });
});
