// Columns of tables grow by doubling.

type Column = Uint8Array | Int8Array | Int32Array | Float64Array;

/** A column with more room, and what it held. */
export function larger<T extends Column>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
