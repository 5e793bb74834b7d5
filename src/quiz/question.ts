// What a quiz asks: the contract between what makes questions and what prints them. Texts are raw; places are bytes of the frame.
import type { Span } from '../explain/explanation.ts';

/** What a question is about. */
export const QUESTION_KINDS = [
  'vni',
  'udp-port',
  'outer-addresses',
  'sending-node',
  'receiving-node',
  'overhead',
  'mtu',
  'why-plain',
  'inner-mac',
  'wrong-table',
] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

export interface Question {
  kind: QuestionKind;
  /** The packet to look at; null for a question on all of a capture. */
  packet: { path: string; number: number } | null;
  text: string;
  /** All different. */
  choices: readonly string[];
  /** Index of the one that is right. */
  answer: number;
  /** Why, in a sentence or two. */
  feedback: string;
  /** The bytes that show it, as they stand in the frame; null where no bytes of one packet do. */
  bytes: (Span & { hex: string; field: string }) | null;
  /** The command that shows it. */
  look: string;
}
