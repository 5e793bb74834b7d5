// What one input of the fuzzer is: files as they are put on a command line, and the content that anything said of them must be from.

export type FuzzKind = 'capture' | 'blocks' | 'headers' | 'snapshot' | 'paste' | 'bundle';

export interface FuzzFile {
  /** Path below the input's folder. */
  name: string;
  bytes: Uint8Array;
}

export interface FuzzInput {
  files: readonly FuzzFile[];
  /**
   * The content before it was packed or damaged: an answer may name nothing else. Null where damage hit a compressed stream, so that
   * what comes out of it is anybody's guess.
   */
  content: readonly Uint8Array[] | null;
  /** A seed's own choice among commands, chunk lengths and options. */
  choice: number;
}
