// The words of an iproute2 line: values stand behind their names (`dev ens5 proto bird`), flags alone. Forms: calico-facts 9.2.

/** The word after `name`; null when it is not there. */
export function wordAfter(words: readonly string[], name: string): string | null {
  const at = words.indexOf(name);
  return at < 0 ? null : (words[at + 1] ?? null);
}

/** The number after `name`; null when there is none. */
export function numberAfter(words: readonly string[], name: string): number | null {
  const word = wordAfter(words, name);
  return word !== null && /^\d{1,10}$/.test(word) ? Number(word) : null;
}

/** The line's words. */
export function wordsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
