// Every outcome that a conversation may have, for filters and their help; what each means is told in docs/output.md.

export const OUTCOMES = [
  'answered',
  'partly-answered',
  'half-open',
  'refused',
  'unreachable',
  'reset',
  'no-answer',
  'one-way',
  'sent-never-arrived',
] as const;
