// Where nodes of a picture are: any number that is drawn, with boxes of one, two and three lines.
import { describe, expect, it } from 'vitest';
import { MOST_NODES } from '../../../src/render/report/cluster-picture.ts';
import { onEdge, placeOf, wayBetween } from '../../../src/render/report/picture-places.ts';

const COUNTS = Array.from({ length: MOST_NODES }, (_, i) => i + 1);

describe.each([32, 51, 70])('boxes %i high', (height) => {
  const box = { width: 214, height };

  it.each(COUNTS)('%i nodes: each box is inside the picture and none is over another', (count) => {
    const nodes = Array.from({ length: count }, (_, i) => `n${i}`);
    const { places, width, height: whole } = placeOf(nodes, box);
    const all = nodes.map((node) => places.get(node) ?? { x: -1, y: -1 });
    const outside = all.filter(
      ({ x, y }) => x < box.width / 2 || y < height / 2 || x + box.width / 2 > width || y + height / 2 > whole,
    );
    const over = all.flatMap((one, i) =>
      all.slice(i + 1).filter(({ x, y }) => Math.abs(one.x - x) < box.width && Math.abs(one.y - y) < height),
    );
    expect({ outside, over }).toEqual({ outside: [], over: [] });
  });
});

it('both ways between two nodes bend apart and carry their labels on their own side', () => {
  const box = { width: 100, height: 40 };
  const [a, b] = [
    { x: 100, y: 100 },
    { x: 400, y: 100 },
  ];
  const there = wayBetween(onEdge(a, b, box), onEdge(b, a, box));
  const back = wayBetween(onEdge(b, a, box), onEdge(a, b, box));
  expect(there.at.y).toBeLessThan(100);
  expect(back.at.y).toBeGreaterThan(100);
  expect([there.out.y, back.out.y]).toEqual([-1, 1]);
  expect([there.start.x, there.end.x]).toEqual([154, 346]);
});
