// Several programs on one capture, in turn, so that what the machine does meanwhile hits all of them.
import { type Measured, measure } from './command.ts';
import { digits, mebibytes, ratios, spread, spreadText, whole } from './spread.ts';
import { markdownTable } from './table.ts';
import type { Input, Tool } from './tools.ts';

export interface Rounds {
  tool: Tool;
  packets: number;
  measured: Measured[];
}

/** Every second round goes backwards: none always follows the same one. */
export async function inTurn(tools: readonly Tool[], input: Input, rounds: number): Promise<Rounds[]> {
  const all = tools.map((tool) => ({
    tool,
    packets: Math.min(input.packets, tool.most ?? input.packets),
    measured: [] as Measured[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? all : all.toReversed())
      one.measured.push(await measure(one.tool.command(input), input.folder));
  }
  return all;
}

const HEADER = ['program', 'seconds', 'CPU s', 'ratio', 'CPU ratio', 'packets/s', 'MB/s', 'peak MiB'];

/** A row for each program; ratios are per packet, to the first one, round by round. */
export function roundsTable(all: readonly Rounds[], { packets: total, bytes }: Input): string[] {
  const [reference] = all;
  return markdownTable(
    HEADER,
    all.map(({ tool, packets, measured }) => {
      const perPacket = (which: 'wall' | 'cpu', of: readonly Measured[], count: number): number[] =>
        of.map((one) => one[which] / count);
      const ratio = (which: 'wall' | 'cpu'): string =>
        reference === undefined
          ? '-'
          : spreadText(
              ratios(perPacket(which, measured, packets), perPacket(which, reference.measured, reference.packets)),
            );
      const wall = spread(measured.map((one) => one.wall));
      return [
        packets < total ? `${tool.name} (first ${whole(packets)})` : tool.name,
        ...[spreadText(wall), digits(spread(measured.map(({ cpu }) => cpu)).median), ratio('wall'), ratio('cpu')],
        ...[whole(packets / wall.median), whole((bytes * packets) / total / 1e6 / wall.median)],
        mebibytes(Math.max(...measured.map(({ memory }) => memory))),
      ];
    }),
  );
}
