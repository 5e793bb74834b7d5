// What happens to files: bytes change, go missing, come in twice; lengths are forged; copies end early.
import fc from 'fast-check';
import { joinBytes } from '../../support/capture-builder.ts';

export type Damage =
  | { how: 'none' }
  | { how: 'change'; at: number; value: number }
  | { how: 'word'; at: number; value: number }
  | { how: 'cut'; at: number }
  | { how: 'remove'; at: number; length: number }
  | { how: 'repeat'; at: number; length: number }
  | { how: 'insert'; at: number; bytes: Uint8Array };

const AT = fc.nat(4000);

/** Lengths that are likely to be wrong in an interesting way. */
const WORDS = fc.constantFrom(
  0,
  1,
  3,
  4,
  11,
  12,
  13,
  16,
  0x7f,
  0xff,
  0x100,
  0xffff,
  0x10000,
  0x7fffffff,
  0xfffffffc,
  0xffffffff,
);

const DAMAGE: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Damage>({ how: 'none' }) },
  fc.record({ how: fc.constant('change' as const), at: AT, value: fc.nat(255) }),
  fc.record({ how: fc.constant('word' as const), at: AT, value: fc.oneof(WORDS, fc.nat(0xffffffff)) }),
  fc.record({ how: fc.constant('cut' as const), at: AT }),
  fc.record({ how: fc.constant('remove' as const), at: AT, length: fc.nat(40) }),
  fc.record({ how: fc.constant('repeat' as const), at: AT, length: fc.nat(200) }),
  fc.record({ how: fc.constant('insert' as const), at: AT, bytes: fc.uint8Array({ maxLength: 40 }) }),
);

export function damages(maxLength: number): fc.Arbitrary<Damage[]> {
  return fc.array(DAMAGE, { maxLength });
}

export function damaged(bytes: Uint8Array, list: readonly Damage[]): Uint8Array {
  return list.reduce(damagedOnce, bytes);
}

export function isDamaged(list: readonly Damage[]): boolean {
  return list.some(({ how }) => how !== 'none');
}

function damagedOnce(bytes: Uint8Array, damage: Damage): Uint8Array {
  if (damage.how === 'none' || bytes.length === 0) return bytes;
  const at = damage.at % bytes.length;
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (damage.how) {
    case 'change':
      return joinBytes([before, Uint8Array.of(damage.value), behind.subarray(1)]);
    case 'word': {
      const copy = Uint8Array.from(bytes);
      const place = Math.min(at & ~3, Math.max(0, copy.length - 4));
      if (copy.length >= 4) new DataView(copy.buffer).setUint32(place, damage.value, (damage.at & 1) === 0);
      return copy;
    }
    case 'cut':
      return before;
    case 'remove':
      return joinBytes([before, behind.subarray(damage.length)]);
    case 'repeat':
      return joinBytes([before, behind.subarray(0, damage.length), behind]);
    case 'insert':
      return joinBytes([before, damage.bytes, behind]);
  }
}
