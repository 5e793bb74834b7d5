// What is known of a question when reading has ended.

/** One question, as the table kept it. Addresses and protocol are words of the flow table; ports has the asker's in its upper half. */
export interface KeptQuestion {
  asker: number;
  asked: number;
  ports: number;
  protocol: number;
  /** Identification, and how often it was asked anew before. */
  id: number;
  turn: number;
  /** Of DNS (all that has ports): the snaplen left too little of the name to tell it from others. */
  isNameCut: boolean;
  /** Whether the question itself was seen, and whether its answer was. */
  isSent: boolean;
  isAnswered: boolean;
  /** The capture that saw the question, where it has the answer too if any does, and when, in epoch seconds. */
  capture: number;
  time: number;
  /** Seconds from the question to the answer at that capture, the longest if several have both; NaN without. */
  delay: number;
  /** Of DNS: response code (-1: not known), name (escape it) and type of the question; null without. */
  code: number;
  name: string | null;
  type: number;
}
