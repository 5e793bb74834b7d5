// Where nodes and the ways between them are in the picture of a cluster: pixels, from the upper left.

export interface Place {
  x: number;
  y: number;
}

interface Box {
  width: number;
  height: number;
}

/** Two nodes side by side, more on a circle; with how large the picture must be. */
export function placeOf(
  nodes: readonly string[],
  box: Box,
): { places: Map<string, Place>; width: number; height: number } {
  const isWide = nodes.length > 3;
  const [width, radiusX, radiusY] = isWide ? [800, 300, 190] : [720, 255, 150];
  const turn = nodes.length === 2 ? Math.PI : -Math.PI / 2;
  const angles = nodes.map((_, i) => (2 * Math.PI * i) / nodes.length + turn);
  const ups = angles.map((angle) => round(radiusY * Math.sin(angle)));
  const margin = box.height / 2 + (nodes.length === 2 ? 46 : 12);
  const top = Math.min(...ups) - margin;
  const places = nodes.map((node, i): [string, Place] => {
    const x = round(width / 2 + radiusX * Math.cos(angles[i] ?? 0));
    return [node, { x, y: round((ups[i] ?? 0) - top) }];
  });
  const lowest = Math.max(...ups) + margin + (nodes.length === 3 ? 36 : 0);
  return { places: new Map(places), width, height: round(lowest - top) };
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
  const LABEL = 0.44;
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const out = { x: dy / length, y: -dx / length };
  const middle = { x: (start.x + end.x) / 2 + out.x * BEND, y: (start.y + end.y) / 2 + out.y * BEND };
  const at = (['x', 'y'] as const).map(
    (axis) => (1 - LABEL) ** 2 * start[axis] + 2 * LABEL * (1 - LABEL) * middle[axis] + LABEL ** 2 * end[axis],
  );
  const rounded = ({ x, y }: Place): Place => ({ x: round(x), y: round(y) });
  return {
    start: rounded(start),
    middle: rounded(middle),
    end: rounded(end),
    at: rounded({ x: at[0] ?? 0, y: at[1] ?? 0 }),
    out,
  };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
