// The table of faults: numbers and codes agree, are stable and say something.
import { describe, expect, it } from 'vitest';
import {
  FAULT,
  FAULT_NAMES,
  FAULTS,
  LIMIT,
  LIMIT_NAMES,
  NUMBER_SPACE,
  NUMBER_SPACE_NAMES,
  TRUNCATED,
} from '../../src/decode/faults.ts';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { unsupportedText, viewFault } from '../../src/decode/view/fault-view.ts';
import { byNumber, PROTOCOLS, type ProtocolRow } from '../../src/wire/protocols.ts';
import { ethernet, hex, ipv4, udp } from '../support/packet-builder.ts';
import { walkPacket } from '../support/walk-packet.ts';

describe('FAULTS', () => {
  it.each(Object.entries(FAULT))('%s has the code that its name says', (key, number) => {
    expect(FAULT_NAMES[number]).toBe(
      key.replace(/(?<=[a-z])[A-Z]|(?<=[0-9])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    );
  });

  it('has one entry for each number, without gaps', () => {
    const truncations = Object.values<ProtocolRow>(PROTOCOLS).flatMap(({ cut }) => (cut === null ? [] : [cut.fault]));
    const numbers = [...Object.values(FAULT), ...truncations].sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from(FAULTS, (_, number) => number));
    expect(new Set(FAULT_NAMES).size).toBe(FAULTS.length);
  });

  it('tells of a protocol what it is when it is cut off, 0 where there is nothing to cut', () => {
    const told = byNumber<ProtocolRow>(PROTOCOLS).map(({ cut }, number) => [TRUNCATED[number], cut?.fault ?? 0]);
    expect(told.filter(([found, stated]) => found !== stated)).toEqual([]);
    expect(told.filter(([, stated]) => stated === 0).length).toBeGreaterThan(0);
  });

  it('has a text and a specification for each', () => {
    expect(FAULTS.slice(1).filter((info) => info.text === '' || info.spec === '')).toEqual([]);
  });

  it('has a name for every limit and number space', () => {
    expect(Object.values(LIMIT)).toEqual(LIMIT_NAMES.map((_, number) => number));
    expect(Object.values(NUMBER_SPACE)).toEqual(NUMBER_SPACE_NAMES.map((_, number) => number));
  });
});

describe('viewFault', () => {
  it('says what was needed, what was there and who set the limit', () => {
    const { stack, start } = walkPacket(ethernet({}, ipv4({ proto: 6 }, new Uint8Array(12))));
    expect(viewFault(stack, start)).toEqual({
      code: 'tcp-truncated',
      message: 'the TCP header is cut off: needs 20 bytes, has 12 (set by ip.len)',
      layer: 2,
      offset: 34,
      need: 20,
      have: 12,
      limit: 'ip.len',
      spec: 'RFC 9293 §3.1',
      notice: false,
    });
  });

  it('tells the capture’s cut from a frame that ended', () => {
    const packet = ethernet({}, ipv4({}, udp({}))).subarray(0, 20);
    const cut = walkPacket(packet, { original: 42 });
    expect(viewFault(cut.stack, cut.start)?.message).toBe(
      'the IPv4 header is cut off: needs 20 bytes, has 6 (the capture cut the packet off)',
    );
    const short = walkPacket(packet);
    expect(viewFault(short.stack, short.start)?.message).toBe(
      'the IPv4 header is cut off: needs 20 bytes, has 6 (the frame was no longer on the wire)',
    );
  });

  it('is null for a packet that is all right', () => {
    expect(viewFault(new LayerStack(), 0)).toBeNull();
  });
});

describe('unsupportedText', () => {
  it.each([
    [ethernet({ type: 0x894f }, hex('11')), 1, 'EtherType 0x894f (NSH)'],
    [ethernet({ type: 0x1234 }, hex('11')), 1, 'EtherType 0x1234'],
    [hex('00'), 147, 'link type 147'],
    [hex('00000000 00'), 0, 'address family 0'],
  ])('%o', (packet, linkType, text) => {
    expect(unsupportedText(walkPacket(packet, { linkType }).stack)).toBe(text);
  });

  it('is null for a packet that is supported', () => {
    expect(unsupportedText(walkPacket(ethernet({}, ipv4({}, udp({})))).stack)).toBeNull();
  });
});
