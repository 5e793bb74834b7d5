// What a shell may put where the cursor is.

/** A word, and what it means; both of one line. */
export interface Candidate {
  value: string;
  description: string;
}
