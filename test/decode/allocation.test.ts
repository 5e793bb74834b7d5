// The walk allocates nothing per packet: 200,000 packets leave the heap where it was.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { arp, ethernet, geneve, ipv4, ipv6, joinPackets, tcp, udp, vxlanFrame } from '../support/packet-builder.ts';

const PACKETS = 200_000;
const ROUNDS = 4;
// An object has 16 bytes or more; young objects stay on the heap until the next collection, and these would fit.
const LEAST_PER_PACKET = 16;

it('allocates nothing per packet', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { bytes, starts, lengths } = joinPackets([
    vxlanFrame(ethernet({}, ipv4({ proto: 6 }, tcp({})))),
    vxlanFrame(ethernet({ type: 0x0806 }, arp())),
    ethernet({ type: 0x86dd }, ipv6({ nxt: 6 }, tcp({}))),
    ethernet({}, ipv4({}, udp({ dstport: 6081 }, geneve({}, ethernet({}, ipv4({}, udp({}))))))),
    ethernet({}, ipv4({ proto: 6 }, tcp({})).subarray(0, 30)),
  ]);
  const [stack, ports] = [new LayerStack(), walkPorts()];
  const run = (packets: number) => {
    for (let i = 0; i < packets; i++) {
      const which = i % starts.length;
      walk(bytes, starts[which]!, lengths[which]!, lengths[which]!, 1, stack, ports);
    }
  };
  run(PACKETS);
  // the runtime compiles, and a test runner's timers run, in some rounds: an object per packet would show in each
  const grown = Array.from({ length: ROUNDS }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    run(PACKETS);
    return process.memoryUsage().heapUsed - before;
  });
  expect(Math.min(...grown)).toBeLessThan(PACKETS * LEAST_PER_PACKET);
});
