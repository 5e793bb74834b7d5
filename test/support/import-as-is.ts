// A module that was made by a test, loaded as Node does: from a test's own source Vitest would take it apart and put it together first.

/** @param address a file's URL */
export function importAsIs(address: string): Promise<unknown> {
  return import(address);
}
