import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/quiz/question.ts';
import { runCli } from '../support/run-cli.ts';
import { everyNth } from '../support/whole-matrix.ts';

const FOLDERS = ['01-vxlan-between-nodes', '03-crosssubnet', '08-stale-fdb', '10-missing-neighbour', '14-ip-in-ip'];

async function quiz(folder: string, ...options: string[]): Promise<Question[]> {
  const { captures, snapshot } = filesOf(folder);
  const run = await runCli(['quiz', ...captures, '-t', snapshot, '-o', 'json', '--count', '40', ...options]);
  return (JSON.parse(run.stdout) as { questions: Question[] }).questions;
}

function filesOf(folder: string): { captures: string[]; snapshot: string } {
  const path = join('samples', folder);
  const captures = readdirSync(path).filter((name) => name.endsWith('.pcap'));
  return { captures: captures.map((name) => join(path, name)), snapshot: join(path, 'topology') };
}

/** The frame, by a reader of its own: classic pcap with microseconds, little-endian. */
function frameOf({ packet }: Question): Buffer {
  const file = readFileSync(packet?.path ?? '');
  let at = 24;
  for (let number = 1; number < (packet?.number ?? 0); number++) at += 16 + file.readUInt32LE(at + 8);
  return file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8));
}

/** Node by node the addresses that nodes.yaml has for it, found by its lines. */
function nodeAddresses(snapshot: string): Map<string, string> {
  const found = new Map<string, string>();
  // annotations stand before the name
  let addresses: string[] = [];
  for (const line of readFileSync(join(snapshot, 'nodes.yaml'), 'utf8').split('\n')) {
    const address = /projectcalico\.org\/IPv4Address: "?([\d.]+)/.exec(line)?.[1];
    if (address !== undefined) addresses.push(address);
    const name = /^ {4}name: (\S+)$/.exec(line)?.[1];
    if (name === undefined) continue;
    for (const one of addresses) found.set(one, name);
    addresses = [];
  }
  return found;
}

const dotted = (bytes: Buffer): string => [...bytes].join('.');

/** The right answer by the bytes of the frame alone (RFC 791, 768, 7348), or null where bytes do not tell. */
function byBytes({ kind, bytes, ...question }: Question, snapshot: string): string | null {
  const frame = frameOf({ kind, bytes, ...question });
  const header = (frame.readUInt8(14) & 15) * 4;
  const inner = frame.readUInt8(23) === 17 ? 14 + header + 8 + 8 + 14 : 14 + header;
  switch (kind) {
    case 'vni':
      return String(frame.readUIntBE(14 + header + 8 + 4, 3));
    case 'udp-port':
      return String(frame.readUInt16BE(14 + header + 2));
    case 'outer-addresses':
      return `${dotted(frame.subarray(26, 30))} to ${dotted(frame.subarray(30, 34))}`;
    case 'sending-node':
      return nodeAddresses(snapshot).get(dotted(frame.subarray(26, 30))) ?? null;
    case 'receiving-node':
      return nodeAddresses(snapshot).get(dotted(frame.subarray(30, 34))) ?? null;
    case 'overhead':
      return String(inner - 14);
    case 'mtu':
      return String(1500 - (inner - 14));
    default:
      return null;
  }
}

describe('a quiz', () => {
  it.each(FOLDERS)('on %s has one right answer to each question, which the bytes give too', async (folder) => {
    const { snapshot } = filesOf(folder);
    for (const seed of everyNth(['1', '2', '3'], 3)) {
      const questions = await quiz(folder, '--seed', seed);
      expect(questions.length).toBeGreaterThan(3);
      for (const question of questions) {
        const right = question.choices[question.answer];
        expect(new Set(question.choices).size).toBe(question.choices.length);
        const told = byBytes(question, snapshot);
        if (told !== null) expect({ text: question.text, right }).toEqual({ text: question.text, right: told });
      }
    }
  });

  it('points at the bytes as they stand in the capture', async () => {
    const questions = await quiz('01-vxlan-between-nodes');
    const pointing = questions.filter(({ bytes }) => bytes !== null);
    expect(pointing.length).toBeGreaterThan(4);
    for (const question of pointing) {
      const { offset, length, hex } = question.bytes ?? { offset: 0, length: 0, hex: '' };
      expect(
        frameOf(question)
          .subarray(offset, offset + length)
          .toString('hex'),
      ).toBe(hex.replaceAll(' ', ''));
    }
  });

  it('asks which table is wrong where exactly one is', async () => {
    // sample 08: the FDB entry is stale; sample 10: the neighbour entry is missing (their READMEs)
    const table = async (folder: string): Promise<string | undefined> => {
      const question = (await quiz(folder)).find(({ kind }) => kind === 'wrong-table');
      return question?.choices[question.answer];
    };
    expect(await table('08-stale-fdb')).toBe('the FDB entry');
  });

  it('asks why packets are plain by the mode of their pool', async () => {
    const why = (await quiz('03-crosssubnet')).filter(({ kind }) => kind === 'why-plain');
    expect(why.map(({ choices, answer }) => choices[answer])).toContain(
      'its IPPool says CrossSubnet, and both nodes are in one subnet',
    );
  });

  it('is the same for the same seed, another for another, and no longer than asked for', async () => {
    const one = await quiz('01-vxlan-between-nodes', '--seed', '5');
    expect(await quiz('01-vxlan-between-nodes', '--seed', '5')).toEqual(one);
    expect(await quiz('01-vxlan-between-nodes', '--seed', '6')).not.toEqual(one);
    expect(await quiz('01-vxlan-between-nodes', '--count', '3')).toHaveLength(3);
  });
});
