// What reading a line of habit goes by.
import type { Command } from 'commander';

/** What is typed, and what stderr says of it. */
export interface Line {
  words: string[];
  notes: string[];
}

/** The program's commands, each declared when it is asked for. */
export interface Commands {
  named(name: string): Command | undefined;
  all(): readonly Command[];
}

/** A line as it is read: words to go, and what they became. */
export interface Reading extends Line {
  command: Command;
  commands: Commands;
  /** Left to read, the first of them next. */
  rest: string[];
  /** The line as given behind the command. */
  given: readonly string[];
  /** The same for `decode`, to say what to type instead. Throws bad usage for what that does not take either. */
  asDecode(): string[];
  /** Go behind everything: an expression has no words behind it. */
  tail: string[];
}
