// What is collected of a sender's packets to a receiver before a switch of mode can be told, and what the switch is then.

import type { Point } from '../../attribution/points/points-input.ts';
import type { Moment } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
export interface ModeChange {
  sender: string;
  receiver: string;
  pool: string;
  /** `plain` or a tunnel's name. */
  from: string;
  to: string;
  /** Last packet of the old mode, first packet of the new one. */
  lastOld: Moment;
  firstNew: Moment;
  /** True when the snapshot shows the later state: packets before the switch are then not judged by it. */
  snapshotIsLater: boolean;
  /**
   * True when the snapshot shows the earlier state and every sender left it: the pool was edited, and packets after the switch
   * are not judged by it. One sender alone may as well have lost its routes.
   */
  poolEdited: boolean;
  /** True when others had the later mode all along: a bypass that was repaired meanwhile, and is judged. */
  repaired: boolean;
}

export interface Span {
  first: Moment;
  last: Moment;
}

/** Packets of one flow at one underlay point, in one encapsulation: when the first and the last came. */
export interface SeenSpan {
  point: Point;
  encapsulation: string;
  firstSeconds: number;
  firstNanos: number;
  lastSeconds: number;
  lastNanos: number;
}

/** What one clock saw: the captures of one node, or one capture of unknown place. Clocks differ, orders are told by one. */
export interface Clock {
  matching: Span | null;
  other: Span | null;
  ofSender: boolean;
}

/** One sender's packets to one receiver, by one pool. */
export interface Modes {
  sender: string;
  receiver: string;
  /** Sender and pool: the group that one edit switches. */
  group: string;
  pool: string;
  asExpected: string;
  /** The sender, whose own clock counts most. */
  from: Node | null;
  clocks: Map<string, Clock>;
  /** Of the clock that counts: the sender's, if it saw both modes. Set when all flows are in. */
  matching: Span | null;
  other: Span | null;
  otherKinds: Set<string>;
  bothInOneFlow: boolean;
}
