// Expectations by pcap-filter(7), not by the parser: what tcpdump -d says of each was looked at once.
import { describe, expect, it } from 'vitest';
import { type ExpressionFrame, parseCaptureExpression } from '../../src/net/capture-expression.ts';
import { parseIp } from '../../src/net/ip.ts';

const SYN: ExpressionFrame = {
  source: parseIp('10.48.0.130'),
  destination: parseIp('10.48.0.200'),
  ...{ version: 4, protocol: 6, sourcePort: 40_000, destinationPort: 80 },
};
const PING: ExpressionFrame = { ...SYN, protocol: 1, sourcePort: null, destinationPort: null };
const SIX: ExpressionFrame = {
  ...SYN,
  ...{ version: 6, source: parseIp('fd00::1'), destination: parseIp('fd00::2') },
};

const keeps = (text: string, frame: ExpressionFrame): boolean | null | undefined =>
  parseCaptureExpression(text)?.(frame);

describe('an expression of tcpdump', () => {
  it.each([
    ['', true],
    ['ip', true],
    ['ip6', false],
    ['tcp', true],
    ['udp', false],
    ['arp', false],
    ['ip proto 6', true],
    ['ip6 proto 6', false],
    ['proto 17', false],
    ['ip proto \\tcp', true],
    ['host 10.48.0.130', true],
    ['src host 10.48.0.200', false],
    ['dst 10.48.0.200', true],
    ['src or dst host 10.48.0.200', true],
    ['src and dst net 10.48.0.0/24', true],
    ['src and dst host 10.48.0.130', false],
    ['net 10.48', true],
    ['net 10.49.0', false],
    ['port 80', true],
    ['tcp port http', true],
    ['udp port 80', false],
    ['src port 80', false],
    ['portrange 70-90', true],
    ['port 443 or 80', true],
    ['host 10.1.1.1 or 10.48.0.130', true],
    ['not port 22', true],
    ['!(port 80)', false],
    ['tcp and not (host 10.48.0.130 and port 80)', false],
    ['udp && port 80 || tcp', true],
    // from left to right: (tcp or udp) and udp
    ['tcp or udp and udp', false],
  ])('%s of a TCP packet: %s', (text, expected) => {
    expect(keeps(text, SYN)).toBe(expected);
  });

  it('ports are of protocols that have them', () => {
    expect(keeps('port 80', PING)).toBe(false);
    expect(keeps('not port 22', PING)).toBe(true);
    expect(keeps('icmp', PING)).toBe(true);
  });

  it('knows both families apart', () => {
    expect(keeps('ip6 and host fd00::1', SIX)).toBe(true);
    expect(keeps('ip', SIX)).toBe(false);
    expect(keeps('net 0.0.0.0/0', SIX)).toBe(false);
  });

  it('says neither where a primitive is not about IP or the frame does not tell', () => {
    for (const text of ['vlan', 'less 100', 'udp[8:4] = 0x08000000', 'ether host 12:34:56:78:9a:bc'])
      expect(keeps(text, SYN)).toBeNull();
    expect(keeps('vlan and udp', SYN)).toBe(false);
    expect(keeps('host 10.1.1.1', { ...SYN, source: null })).toBeNull();
  });

  it('is none where it cannot be read, however long it is', () => {
    for (const text of ['(', 'tcp and', 'host', ')', 'not', '('.repeat(100_000), 'tcp '.repeat(10)])
      expect(parseCaptureExpression(text)).toBeNull();
  });
});
