// How long the walk takes per packet, alone: npx vitest bench --config test/vitest.config.ts test/bench/walk.bench.ts
// Each line is 1000 packets (microseconds per run = nanoseconds per packet). Vitest wraps every module: compare lines of one
// run here, and measure the built program for numbers that leave the project.
import { bench, describe } from 'vitest';
import { LayerStack } from '../../src/decode/layer-stack.ts';
import { viewPacket } from '../../src/decode/view/packet-view.ts';
import { walk } from '../../src/decode/walk.ts';
import { walkPorts } from '../../src/decode/walk-ports.ts';
import { ethernet, ipv4, ipv6, joinPackets, tcp, udp, vxlanFrame } from '../support/packet-builder.ts';

const PACKETS = 1000;
const stack = new LayerStack();
const ports = walkPorts();

const plain = () => ethernet({}, ipv4({ proto: 6 }, tcp({}, new Uint8Array(40))));
const SETS = {
  'TCP over IPv4': [plain()],
  'TCP over IPv6': [ethernet({ type: 0x86dd }, ipv6({ nxt: 6 }, tcp({})))],
  'TCP in VXLAN': [vxlanFrame(plain())],
  'four of five in VXLAN': [
    vxlanFrame(plain()),
    vxlanFrame(ethernet({}, ipv4({}, udp({})))),
    vxlanFrame(plain()),
    plain(),
    vxlanFrame(plain()),
  ],
};

/** Nothing but the reads that TCP in VXLAN needs, at fixed places and unchecked: what the machine can do. */
function literalReads(bytes: Uint8Array, start: number): number {
  const inner = start + 50;
  const type = (bytes[start + 12]! << 8) | bytes[start + 13]!;
  const port = (bytes[start + 36]! << 8) | bytes[start + 37]!;
  const ports =
    (bytes[inner + 34]! << 24) | (bytes[inner + 35]! << 16) | (bytes[inner + 36]! << 8) | bytes[inner + 37]!;
  return type === 0x0800 && port === 4789 && (bytes[start + 42]! & 8) !== 0 ? ports : 0;
}

for (const [name, packets] of Object.entries(SETS)) {
  const { bytes, starts, lengths } = joinPackets(packets);
  const each = (visit: (start: number, length: number) => void) => {
    for (let i = 0; i < PACKETS; i++) visit(starts[i % starts.length]!, lengths[i % lengths.length]!);
  };
  describe(name, () => {
    bench('walk', () => each((start, length) => walk(bytes, start, length, length, 1, stack, ports)));
    bench('walk and object view', () =>
      each((start, length) => {
        walk(bytes, start, length, length, 1, stack, ports);
        viewPacket(bytes, start, stack, ports);
      }),
    );
    if (name === 'TCP in VXLAN')
      bench('literal reads, unchecked', () => each((start) => void literalReads(bytes, start)));
  });
}
