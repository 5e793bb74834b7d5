// Expressions that filter what is shown: inner headers, behind `outer` the outermost ones; every word must be understood.
import { describe, expect, it } from 'vitest';
import { type ExpressionFrame, parseFilterExpression } from '../../src/net/capture-expression.ts';
import { parseIp } from '../../src/net/ip.ts';

const TUNNEL: ExpressionFrame = {
  source: parseIp('10.0.1.20'),
  destination: parseIp('10.0.1.30'),
  ...{ version: 4, protocol: 17, sourcePort: 34_036, destinationPort: 4789 },
};
const CARRIED: ExpressionFrame = {
  source: parseIp('10.48.0.130'),
  destination: parseIp('10.48.0.200'),
  ...{ version: 4, protocol: 6, sourcePort: 40_000, destinationPort: 80, outermost: TUNNEL },
};
const ARP: ExpressionFrame = {
  source: parseIp('10.0.1.20'),
  destination: parseIp('10.0.1.30'),
  ...{ version: null, protocol: -1, sourcePort: null, destinationPort: null, isArp: true },
};

function fits(text: string, frame: ExpressionFrame): boolean | null {
  const expression = parseFilterExpression(text);
  if ('notUnderstood' in expression) throw new Error(`not understood: ${expression.notUnderstood}`);
  return expression.fits(frame);
}

describe('outer', () => {
  it.each([
    ['port 4789', false],
    ['outer port 4789', true],
    ['outer tcp', false],
    ['outer udp and tcp', true],
    ['outer host 10.0.1.20 and host 10.48.0.130', true],
    ['outer src 10.0.1.30', false],
    ['outer (udp and dst host 10.0.1.30)', true],
    ['outer (host 10.0.1.20 or tcp) and tcp', true],
    ['not outer net 10.48.0.0/16', true],
    ['outer host 10.9.9.9 or 10.0.1.30', true],
    ['host 10.9.9.9 or 10.0.1.30', false],
  ])('%s: %s', (text, expected) => {
    expect(fits(text, CARRIED)).toBe(expected);
  });

  it('of a packet without a tunnel asks its own headers', () => {
    expect(fits('outer port 4789', TUNNEL)).toBe(true);
  });

  it('is told, since it needs more than the inner headers', () => {
    expect(parseFilterExpression('tcp and outer udp')).toMatchObject({ asksOuter: true });
    expect(parseFilterExpression('tcp')).toMatchObject({ asksOuter: false });
  });
});

describe('what is no IP packet', () => {
  it.each([
    ['arp', true],
    ['ip', false],
    ['not port 53', true],
    ['host 10.0.1.20', true],
    ['net 10.0.1.0/24', true],
    ['ip host 10.0.1.20', false],
    ['tcp', false],
  ])('%s: %s', (text, expected) => {
    expect(fits(text, ARP)).toBe(expected);
  });
});

describe('what is not understood is named', () => {
  it.each([
    ['hots 10.48.0.200', 'hots 10.48.0.200'],
    ['tcp and vlan', 'vlan'],
    ['tcp[13] & 2 != 0', 'tcp[13] & 2 != 0'],
    ['host', 'host'],
    ['(tcp', '( without )'],
    ['tcp)', ') without ('],
    ['less 100 and tcp', 'less 100'],
    ['port nowhere', 'port nowhere'],
  ])('%s: %s', (text, notUnderstood) => {
    expect(parseFilterExpression(text)).toEqual({ notUnderstood });
  });

  it('also of ten thousand words', () => {
    expect(parseFilterExpression('not '.repeat(10_000))).toEqual({ notUnderstood: 'more than 500 words' });
  });
});
