// One packet, place by place: when, how it looked, what had changed.
import type { PathFlow, PathPacket, PathSighting } from '../../path/path-model.ts';
import { escapeText } from '../text/escape.ts';
import { baseName } from '../text/format.ts';
import { renderGrid } from '../text/grid-table.ts';
import type { PathDrawing } from './path-drawing.ts';
import { changeText, delayText, placeName, shapeText } from './path-words.ts';

const LONGEST_NODE = 30;

/** Under the name of each node and file; packets of one place after the other. */
export function packetLines(packet: PathPacket, flow: PathFlow, drawing: PathDrawing): string[] {
  const { fitter, paint, report } = drawing;
  const { sightings } = packet;
  const rows = sightings.map((seen) => sightRow(seen, flow));
  const lines = renderGrid(rows, ['left', 'left', 'left', 'right', 'right', 'left', 'left'], 6);
  const heading = (i: number): string => {
    const { stop, capture } = sightings[i] ?? { stop: -1, capture: -1 };
    const file = baseName(report.captures[capture]?.path ?? '');
    const node = flow.stops[stop]?.node ?? null;
    return node === null ? `    ${file}` : `    ${fitter.fit(escapeText(node), LONGEST_NODE)}, ${file}`;
  };
  const out = lines.flatMap((line, i) => {
    const isNew = i === 0 || heading(i) !== heading(i - 1);
    const changes = (sightings[i]?.changes ?? []).map(changeText).join(', ');
    return [...(isNew ? [heading(i)] : []), line, ...(changes === '' ? [] : [paint('dim', `        ${changes}`)])];
  });
  const copies = packet.copies.map(
    ({ capture, number }) => `${baseName(report.captures[capture]?.path ?? '')}:${number}`,
  );
  if (copies.length > 0) out.push(paint('dim', `    also in ${copies.join(', ')}`));
  const lost = packet.lostBefore === null ? undefined : flow.stops[packet.lostBefore];
  if (lost === undefined) return ['', ...out];
  const place = `${fitter.fit(escapeText(lost.node ?? ''), LONGEST_NODE)} ${placeName(lost)}`.trim();
  return ['', ...out, `    ${paint('bad', `never seen at ${place}`)}`];
}

function sightRow(seen: PathSighting, flow: PathFlow): string[] {
  const stop = flow.stops[seen.stop];
  return [
    seen.time?.slice(11, -1) ?? '',
    stop === undefined ? '' : placeName(stop),
    `ttl ${seen.ttl}`,
    `${seen.length} B`,
    delayText(seen.delay),
    shapeText(seen),
    `#${seen.number}`,
  ];
}
