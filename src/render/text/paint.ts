// Colours of terminal output. They only repeat what the text says; without colour nothing is lost.

export type Tone = 'bad' | 'warn' | 'good' | 'dim' | 'strong';

/** Colours a text that is already escaped and padded; returns it unchanged when colours are off. */
export type Paint = (tone: Tone, text: string) => string;

/** SGR parameters (ECMA-48 section 8.3.117): only the 8 basic colours, which every theme makes readable. */
const SGR: Record<Tone, [string, string]> = {
  bad: ['31;1', '0'],
  warn: ['33', '0'],
  good: ['32', '0'],
  dim: ['2', '0'],
  strong: ['1', '0'],
};

export function createPaint(color: boolean): Paint {
  if (!color) return (_tone, text) => text;
  return (tone, text) => (text === '' ? '' : `\u001b[${SGR[tone][0]}m${text}\u001b[${SGR[tone][1]}m`);
}
