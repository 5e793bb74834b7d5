// HOT: per packet. No allocation.
// packets -> layers -> facts, a batch at a time: all that needs no table. Paths and IPv6 addresses get numbers of this writer's own.

import type { CaptureInterface } from '../capture/source.ts';
import { PacketFacts } from '../decode/facts.ts';
import { LayerStack } from '../decode/layer-stack.ts';
import { walk } from '../decode/walk.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { AddressWords } from './address-words.ts';
import { ByteView } from './byte-view.ts';
import type { FactBlock } from './fact-block.ts';
import { NOT_USUAL, PathKeys } from './paths/path-keys.ts';

/** Keys, or addresses, after which numbers begin anew. */
const MOST_NUMBERS = 1 << 16;

// Local name: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const SLOW = NOT_USUAL;

export class FactWriter {
  readonly #ports: WalkPorts;
  readonly #most: number;
  readonly #stack = new LayerStack();
  readonly #view = new ByteView();
  #numbering = 0;
  #addresses = new AddressWords();
  #keys = new PathKeys(this.#addresses);
  /** Of each memory written to: its facts, with this writer's addresses. */
  #factsIn = new WeakMap<object, PacketFacts>();

  constructor(ports: WalkPorts, most = MOST_NUMBERS) {
    this.#ports = ports;
    this.#most = most;
  }

  /** Writes the facts of a block's batch, which is of capture number `capture` with these interfaces. */
  write(block: FactBlock, capture: number, interfaces: readonly Pick<CaptureInterface, 'linkType'>[]): void {
    if (this.#keys.count > this.#most || this.#addresses.count > this.#most) this.#beginAnew();
    block.numbering = this.#numbering;
    const { batch } = block;
    const { bytes, start, captured, original, count } = batch;
    const facts = this.#factsOf(block);
    const view = this.#view.of(bytes);
    const stack = this.#stack;
    const keys = this.#keys;
    const ports = this.#ports;
    for (let i = 0; i < count; i++) {
      const on = batch.interface[i]!;
      walk(bytes, start[i]!, captured[i]!, original[i]!, interfaces[on]?.linkType ?? -1, stack, ports);
      facts.ends[i] = stack.outcome | (stack.fault << 2);
      const key = keys.find(view, stack, capture, on);
      if (key === SLOW) facts.defer(i);
      else facts.write(batch, i, view, stack, stack.network, stack.transport, key, keys.overheadBytes, false);
    }
  }

  #factsOf({ facts: memory }: FactBlock): PacketFacts {
    let facts = this.#factsIn.get(memory);
    if (facts === undefined) {
      facts = new PacketFacts(this.#addresses, memory);
      this.#factsIn.set(memory, facts);
    }
    return facts;
  }

  #beginAnew(): void {
    this.#numbering++;
    this.#addresses = new AddressWords();
    this.#keys = new PathKeys(this.#addresses);
    this.#factsIn = new WeakMap();
  }
}
