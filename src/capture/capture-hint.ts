// What is known of where a capture was taken beside its frames: by the bundle that it came in, or by what it says of itself.

export interface CaptureHint {
  /** The node by any name it goes by; null where that is not known. */
  node: string | null;
  /** A text that the node's name is the end of, where nothing tells where the name begins. */
  nodeAtEnd: string | null;
  /** The device that was captured, as its node calls it. */
  interface: string | null;
  pod: { namespace: string; name: string } | null;
  /** `layout`: the folders and names of a diagnosis tool; `capture-metadata`: the capture's own comments and names. */
  source: 'layout' | 'capture-metadata';
  /** How it is known, as a sentence about the capture. */
  detail: string;
}
