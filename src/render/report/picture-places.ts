// Where nodes and the ways between them are in the picture of a cluster: pixels, from the upper left.

export interface Place {
  x: number;
  y: number;
}

interface Box {
  width: number;
  height: number;
}

/** Where nodes are: two side by side, more around an ellipse, so that no box is over another; with how large the picture must be. */
export function placeOf(
  nodes: readonly string[],
  box: Box,
): { places: Map<string, Place>; width: number; height: number } {
  const SIDE = 8;
  const { length } = nodes;
  const around = length < 4 ? onTriangle(length) : onEllipse(length, box);
  const label = length === 2 ? ROOM.aboveAndBelow : ROOM.around;
  const margin = box.height / 2 + label;
  const ups = around.map(({ y }) => y);
  const width = 2 * (Math.max(...around.map(({ x }) => Math.abs(x)), ROOM.leastRadius) + box.width / 2 + SIDE);
  const top = Math.min(...ups) - margin;
  const places = nodes.map((node, i): [string, Place] => {
    const { x, y } = around[i] ?? { x: 0, y: 0 };
    return [node, { x: round(width / 2 + x), y: round(y - top) }];
  });
  const lowest = Math.max(...ups) + margin + (length === 3 ? ROOM.below : 0);
  return { places: new Map(places), width: round(width), height: round(lowest - top) };
}

/** Pixels for labels beside nodes. */
const ROOM = { around: 12, aboveAndBelow: 52, below: 42, leastRadius: 245 } as const;

/** Up to three, around a middle at 0, 0. */
function onTriangle(count: number): Place[] {
  const [radiusX, radiusY] = [ROOM.leastRadius, 185];
  const turn = count === 2 ? Math.PI : -Math.PI / 2;
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count + turn;
    return { x: radiusX * Math.cos(angle), y: radiusY * Math.sin(angle) };
  });
}

/** From the top clockwise, each a box and a gap below the one before on the same side. */
function onEllipse(count: number, { height }: Box): Place[] {
  const GAP = 28;
  const radiusX = 330;
  const radiusY = Math.max(190, (count * (height + GAP)) / 4);
  return Array.from({ length: count }, (_, i) => {
    const turned = (2 * i) / count;
    const y = (turned <= 1 ? 2 * turned - 1 : 3 - 2 * turned) * radiusY;
    const x = Math.sqrt(Math.max(0, 1 - (y / radiusY) ** 2)) * radiusX;
    return { x: turned <= 1 ? x : -x, y };
  });
}

/** Where the way from the middle of a box to another one crosses its edge. */
export function onEdge({ x, y }: Place, to: Place, { width, height }: Box): Place {
  const GAP = 4;
  const [dx, dy] = [to.x - x, to.y - y];
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : (width / 2 + GAP) / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : (height / 2 + GAP) / Math.abs(dy),
  );
  return { x: x + dx * scale, y: y + dy * scale };
}

export interface Way {
  start: Place;
  /** What it bends to. */
  middle: Place;
  end: Place;
  /** Where its label belongs. */
  at: Place;
  /** To the outer side of the bend, of length 1. */
  out: Place;
}

/** A way bent to its left. */
export function wayBetween(start: Place, end: Place): Way {
  const BEND = 34;
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const out = { x: dy / length, y: -dx / length };
  const middle = { x: (start.x + end.x) / 2 + out.x * BEND, y: (start.y + end.y) / 2 + out.y * BEND };
  // on the slope nearer to the start, so that labels of both directions are not side by side
  const t = Math.abs(out.y) > 0.9 ? 0.5 : 0.36;
  const along = (axis: 'x' | 'y'): number =>
    (1 - t) ** 2 * start[axis] + 2 * t * (1 - t) * middle[axis] + t ** 2 * end[axis];
  const rounded = ({ x, y }: Place): Place => ({ x: round(x), y: round(y) });
  return {
    start: rounded(start),
    middle: rounded(middle),
    end: rounded(end),
    at: rounded({ x: along('x'), y: along('y') }),
    out,
  };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
