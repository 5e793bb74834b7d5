/** A text as it begins a sentence. Names keep their spelling: what is no plain word in front may be one. */
export function sentenceCase(text: string): string {
  return /^[a-z]+(?: |$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
