import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LayerStack } from '../../../src/decode/layer-stack.ts';
import { walk } from '../../../src/decode/walk.ts';
import { walkPorts } from '../../../src/decode/walk-ports.ts';
import { AddressWords } from '../../../src/flow/address-words.ts';
import { FRAGMENT_CAPACITY, Fragments } from '../../../src/flow/rare/fragments.ts';
import { ethernet, hex, ipv4, ipv6, udp, vxlanFrame } from '../../support/packet-builder.ts';

function setKey(fragments: Fragments, words: readonly number[]): void {
  for (let i = 0; i < fragments.key.length; i++) fragments.key[i] = words[i] ?? 0;
}

function keyOf(frame: Uint8Array, capture = 0, layer?: number, addresses = new AddressWords()): string {
  const stack = new LayerStack();
  walk(frame, 0, frame.length, frame.length, 1, stack, walkPorts());
  const fragments = new Fragments();
  fragments.setKey(addresses, frame, stack, layer ?? stack.network, capture);
  return fragments.key.join();
}

describe('Fragments', () => {
  it('knows nothing at first, not even the datagram of zeros', () => {
    const fragments = new Fragments();
    expect(fragments.get()).toBe(-1);
    fragments.put(0);
    expect(fragments.get()).toBe(0);
  });

  it('gives the value that was put last, and never that of another datagram', () => {
    const word = fc.integer({ min: -0x80000000, max: 0x7fffffff });
    const key = fc.array(fc.oneof(word, fc.nat({ max: 1 })), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat()), { maxLength: 60 }), (puts) => {
        const fragments = new Fragments();
        const model = new Map<string, number>();
        for (const [words, value] of puts) {
          setKey(fragments, words);
          fragments.put(value);
          expect(fragments.get()).toBe(value);
          model.set(words.join(), value);
        }
        for (const [words] of puts) {
          setKey(fragments, words);
          expect([-1, model.get(words.join())]).toContain(fragments.get());
        }
      }),
      { numRuns: 100 },
    );
  });

  it('keeps four datagrams that share a place, and gives up the oldest for a fifth', () => {
    const same = sharingDatagrams(5);
    const fragments = new Fragments();
    same.forEach((id, i) => {
      setKey(fragments, [0, 0, 0, 0, id, 17]);
      fragments.put(i);
    });
    const found = same.map((id) => {
      setKey(fragments, [0, 0, 0, 0, id, 17]);
      return fragments.get();
    });
    expect(found).toEqual([-1, 1, 2, 3, 4]);
  });

  it('holds a bounded number of datagrams, the last ones', () => {
    const fragments = new Fragments();
    for (let i = 0; i < 10 * FRAGMENT_CAPACITY; i++) {
      setKey(fragments, [0, 0, i, 0, 0, 17]);
      fragments.put(i);
    }
    let held = 0;
    for (let i = 0; i < 10 * FRAGMENT_CAPACITY; i++) {
      setKey(fragments, [0, 0, i, 0, 0, 17]);
      if (fragments.get() === i) held++;
    }
    expect(held).toBe(FRAGMENT_CAPACITY);
  });
});

describe('what makes a datagram', () => {
  const part = (values: Parameters<typeof ipv4>[0]) =>
    ethernet({}, ipv4({ id: 7, 'flags.mf': true, ...values }, udp({})));

  it('is the same for every fragment of it', () => {
    expect(keyOf(part({ frag_offset: 100 }))).toBe(keyOf(part({})));
    expect(keyOf(part({ frag_offset: 200, 'flags.mf': false, ttl: 3 }))).toBe(keyOf(part({})));
  });

  it('differs by capture, addresses, identification and protocol', () => {
    const others = [
      keyOf(part({}), 1),
      keyOf(part({ src: '10.0.0.9' })),
      keyOf(part({ dst: '10.0.0.9' })),
      keyOf(part({ id: 8 })),
      keyOf(part({ proto: 6 })),
    ];
    expect(others).not.toContain(keyOf(part({})));
    expect(new Set(others).size).toBe(others.length);
  });

  it('differs inside a tunnel from outside of it', () => {
    const inner = part({ frag_offset: 100 });
    expect(keyOf(vxlanFrame(inner))).not.toBe(keyOf(inner));
  });

  it('of IPv6 is the identification of its fragment header, whatever follows', () => {
    const addresses = new AddressWords();
    const v6 = (rest: string) => ethernet({ type: 0x86dd }, ipv6({ nxt: 44 }, hex(rest), udp({})));
    const first = keyOf(v6('11 00 0001 deadbeef'), 0, 1, addresses);
    expect(keyOf(v6('06 00 0581 deadbeef'), 0, 1, addresses)).toBe(first);
    expect(keyOf(v6('11 00 0001 deadbeee'), 0, 1, addresses)).not.toBe(first);
  });
});

/** Identifications of datagrams that share a place: found by trying, for the hash is nobody's business. */
function sharingDatagrams(count: number): number[] {
  const group = [0];
  while (group.length < count) {
    const fragments = new Fragments();
    const put = (id: number): void => {
      setKey(fragments, [0, 0, 0, 0, id, 17]);
      fragments.put(id);
    };
    group.forEach(put);
    for (let id = 1; ; id++) {
      if (group.includes(id)) continue;
      put(id);
      setKey(fragments, [0, 0, 0, 0, 0, 17]);
      if (fragments.get() >= 0) continue;
      group.push(id);
      break;
    }
  }
  return group;
}
