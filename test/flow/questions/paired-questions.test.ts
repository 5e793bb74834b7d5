// The table of questions stays as small as it was made, and keeps the same part of them in every capture.
import { describe, expect, it } from 'vitest';
import { factMemory } from '../../../src/decode/fact-layout.ts';
import { PacketFacts } from '../../../src/decode/facts.ts';
import { LayerStack } from '../../../src/decode/layer-stack.ts';
import { walk } from '../../../src/decode/walk.ts';
import { walkPorts } from '../../../src/decode/walk-ports.ts';
import { AddressWords } from '../../../src/flow/address-words.ts';
import type { KeptQuestion } from '../../../src/flow/questions/kept-question.ts';
import { PairedQuestions } from '../../../src/flow/questions/paired-questions.ts';
import { ethernet, icmpEcho, ipv4 } from '../../support/packet-builder.ts';
import { batchOf } from '../traffic.ts';

const PORTS = walkPorts();

/** Requests and replies by sequence number, one capture after the other. */
function pair(captures: { seq: number; isReply?: boolean }[][], most?: number): PairedQuestions {
  const questions = new PairedQuestions(most);
  captures.forEach((messages, capture) => {
    questions.begin(capture);
    const [client, server] = ['10.48.0.1', '10.48.0.2'];
    const frames = messages.map(({ seq, isReply }) => {
      const ends = isReply ? { src: server, dst: client } : { src: client, dst: server };
      return { data: ethernet({}, ipv4({ ...ends, proto: 1 }, icmpEcho({ type: isReply ? 0 : 8, seq }))) };
    });
    const batch = batchOf(frames);
    const facts = new PacketFacts(new AddressWords(), factMemory(frames.length));
    const stack = new LayerStack();
    frames.forEach((_, i) => {
      walk(batch.bytes, batch.start[i]!, batch.captured[i]!, batch.original[i]!, 1, stack, PORTS);
      facts.write(batch, i, new DataView(batch.bytes.buffer), stack, stack.network, stack.transport, 0, 0, false);
      questions.note(facts, i, 0, batch.bytes);
    });
  });
  return questions;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const answered = (list: Iterable<KeptQuestion>): number =>
  [...list].filter(({ isSent, isAnswered }) => isSent && isAnswered).length;

describe('questions', () => {
  it('pair across captures, in whatever order these are read', () => {
    const [requests, replies] = [
      numbers(20).map((seq) => ({ seq })),
      numbers(20).map((seq) => ({ seq, isReply: true })),
    ];
    for (const order of [
      [requests, replies],
      [replies, requests],
    ]) {
      const found = pair(order);
      expect([found.count, answered(found.list())]).toEqual([20, 20]);
      expect(found.isPart).toBe(false);
    }
  });

  it('beyond the room for them are kept in part, and those kept still pair', () => {
    const most = 64;
    const [requests, replies] = [
      numbers(1000).map((seq) => ({ seq })),
      numbers(1000).map((seq) => ({ seq, isReply: true })),
    ];
    const found = pair([requests, replies], most);
    expect(found.isPart).toBe(true);
    expect(found.count).toBeLessThanOrEqual(most);
    expect(found.count).toBeGreaterThan(most / 8);
    expect(answered(found.list())).toBe(found.count);
  });
});
