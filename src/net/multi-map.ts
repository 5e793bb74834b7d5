// Maps of several values under one key.

/** Adds to what a key has: in place, since a copy for each value costs their square. */
export function addUnder<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}
