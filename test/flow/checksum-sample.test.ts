import { describe, expect, it } from 'vitest';
import { SAMPLED } from '../../src/flow/checksum-sample.ts';
import { ethernet, hex, ipv4, udp, vxlanFrame } from '../support/packet-builder.ts';
import { countFrames, type Frame } from './traffic.ts';

/** 10.0.0.1:40000 > 10.0.0.2:53 with the bytes 01 02. */
const datagram = (checksum: number): Uint8Array => udp({ checksum }, hex('0102'));
const frame = (checksum: number): Uint8Array => ethernet({}, ipv4({}, datagram(checksum)));
/** Pseudo header 0a00+0001+0a00+0002+0011+000a = 141e, datagram 9c40+0035+000a+0102 = 9d81: the complement of b19f. */
const RIGHT = 0x4e60;
const PSEUDO_HEADER = 0x141e;
const WRONG = 0x1234;

function sampled(...frames: (Frame | Uint8Array)[]): [wrong: number, right: number] {
  const { columns } = countFrames(frames).table;
  return [columns.checksumsWrong[0]!, columns.checksumsRight[0]!];
}

describe('checksums of a row’s first packets', () => {
  it('are judged until one is right', () => {
    expect(sampled(frame(RIGHT))).toEqual([0, 1]);
    expect(sampled(frame(RIGHT), frame(WRONG), frame(RIGHT))).toEqual([0, 1]);
    expect(sampled(frame(WRONG), frame(RIGHT), frame(WRONG))).toEqual([1, 1]);
  });

  it('are judged in a few packets only', () => {
    const frames = Array.from({ length: SAMPLED + 3 }, () => frame(WRONG));
    expect(sampled(...frames)).toEqual([SAMPLED, 0]);
  });

  it('are neither right nor wrong where there is none, or it was left to the NIC', () => {
    expect(sampled(frame(0))).toEqual([0, 0]);
    expect(sampled(frame(PSEUDO_HEADER))).toEqual([0, 0]);
  });

  it('are not judged where bytes are missing, nor in super-frames', () => {
    const whole = frame(WRONG);
    expect(sampled({ data: whole, original: whole.length + 1 })).toEqual([0, 0]);
    const large = ethernet({}, ipv4({}, udp({ checksum: WRONG }, new Uint8Array(9300))));
    expect(sampled(large)).toEqual([0, 0]);
  });

  it('are those of the packet inside a tunnel, and of the outer datagram', () => {
    expect(sampled(vxlanFrame(frame(RIGHT)))).toEqual([0, 1]);
    expect(sampled(vxlanFrame(frame(WRONG)))).toEqual([1, 0]);
  });
});
