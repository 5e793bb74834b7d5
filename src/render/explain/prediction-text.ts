// A prediction in a terminal: each direction with its reason, and place by place the headers that must be seen there.
import type { Hop, PredictedField, PredictedHeader, Prediction, Way } from '../../explain/predict/prediction.ts';
import { createPaint, type Paint, type Tone } from '../text/paint.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { decisionLines } from './decision-text.ts';
import { forPeople } from './explain-options.ts';

interface Look {
  width: number;
  color: boolean;
}

/** The whole page. */
export function* renderPrediction(raw: Prediction, look: Look): Generator<string> {
  const shown = forPeople(raw);
  const paint = createPaint(look.color);
  const origin = `Predicted from the snapshot alone, for ${shown.example}; nothing was captured`;
  yield `${painted(paint, 'dim', origin, look.width)}\n\n`;
  yield* wayText(shown, shown.there, look, paint);
  if (shown.differs) {
    const why = 'The answer takes another way: each direction is decided by the pool of its own destination.';
    yield `\n${painted(paint, 'warn', why, look.width)}\n\n`;
    yield* wayText(shown, shown.back, look, paint);
  } else yield `\n${wrapWords(`${paint('strong', 'And back')}: ${shown.back.headline}`, look.width).join('\n')}\n`;
}

/** Wrapped, then coloured line by line. */
function painted(paint: Paint, tone: Tone, text: string, width: number): string {
  return wrapWords(text, width)
    .map((line) => paint(tone, line))
    .join('\n');
}

function* wayText(shown: Prediction, way: Way, look: Look, paint: Paint): Generator<string> {
  const { width } = look;
  yield `${wrapWords(way.headline, width)
    .map((line) => paint('strong', line))
    .join('\n')}\n`;
  yield `${way.story.flatMap((sentence) => bullet(sentence, width)).join('\n')}\n`;
  if (way.largest !== null) yield `${bullet(sizeSentence(way), width).join('\n')}\n`;
  if (way.decision !== null)
    yield `\n${decisionLines(way.decision, shown.snapshotRoot, width, look.color).join('\n')}\n`;
  const wrong = wrongLines(way, width, paint);
  if (wrong.length > 0) yield `\n${wrong.join('\n')}\n`;
  for (const [i, hop] of way.hops.entries()) yield `\n${hopLines(way.hops, i, hop, width, paint).join('\n')}\n`;
  const open = openLines(way, width, paint);
  if (open.length > 0) yield `\n${open.join('\n')}\n`;
}

/** `IP packets of at most 8951 bytes pass without cutting (tunnel of control1: MTU 8951); TCP announces MSS 8911.` */
export function sizeSentence({ largest, overhead }: Way): string {
  if (largest === null) return '';
  const cost = overhead > 0 ? ` The tunnel adds ${overhead} bytes.` : '';
  return `IP packets of at most ${largest.ip} bytes pass without cutting (${largest.limit}); that is a TCP MSS of ${largest.mss}.${cost}`;
}

function bullet(sentence: string, width: number): string[] {
  return wrapWords(sentence, width - 2).map((line, i) => (i === 0 ? '· ' : '  ') + line);
}

/** `web's veth ... on control1, leaving`. */
export function hopTitle({ role, side, node, device }: Hop): string {
  const name = device === null ? '' : ` ${device}`;
  switch (role) {
    case 'workload':
      return side === 'leaving'
        ? `${node}, veth${name} of the sending pod`
        : `${node}, veth${name} of the receiving pod`;
    case 'tunnel':
      return `${node}, tunnel device${name}`;
    case 'underlay':
      return `${node}, NIC${name}`;
  }
}

/** True when the frame is the one of the hop before. */
export function isSameFrame(hops: readonly Hop[], i: number): boolean {
  const before = hops[i - 1];
  return before !== undefined && JSON.stringify(before.headers) === JSON.stringify(hops[i]?.headers);
}

function hopLines(hops: readonly Hop[], i: number, hop: Hop, width: number, paint: Paint): string[] {
  const mtu = hop.mtu === null ? '' : `, MTU ${hop.mtu}`;
  const head = paint('strong', `${i + 1}  ${hopTitle(hop)}`) + paint('dim', mtu);
  const command = `   ${hop.command}`;
  if (isSameFrame(hops, i)) return [head, `   the same frame as at ${i}`, command];
  return [head, ...headerLines(hop.headers, width), command];
}

function headerLines(headers: readonly PredictedHeader[], width: number): string[] {
  const names = headers.map(headerName);
  const label = Math.max(...names.map(textWidth));
  return headers.flatMap((header, i) => {
    const text = headerText(header);
    const room = Math.max(20, width - label - 5);
    return wrapWords(text, room).map((line, row) => `   ${(row === 0 ? (names[i] ?? '') : '').padEnd(label)}  ${line}`);
  });
}

export function headerName({ title, side }: PredictedHeader): string {
  return side === 'only' || title === 'UDP' || title === 'VXLAN' || title === 'WireGuard' ? title : `${side} ${title}`;
}

/** `10.0.1.20 → 10.0.1.30 (control1, worker1), TTL 64, length 134`. */
export function headerText({ fields, length, title }: PredictedHeader): string {
  const [from, to, ...rest] = fields;
  if (from === undefined || to === undefined) return `${length} bytes`;
  if (!/^(from|source)/.test(from.label)) return fields.map((one) => fieldText(one)).join(', ');
  const pair = `${from.value ?? '?'} → ${to.value ?? '?'}`;
  const words = [from, to].map((one) => one.meaning).filter((one) => one !== null);
  const known = words.length === 0 || title === 'UDP' ? '' : ` (${words.join(' → ')})`;
  const ports = title === 'UDP' && from.meaning !== null ? ` (${from.meaning})` : '';
  return [pair + known + ports, ...rest.map((one) => fieldText(one))].join(', ');
}

function fieldText({ label, value, meaning }: PredictedField): string {
  const text = `${label} ${value ?? '?'}`;
  return meaning === null ? text : `${text} (${meaning})`;
}

/** Where the tables say otherwise: before the places, since it makes them void. */
function wrongLines({ doubts }: Way, width: number, paint: Paint): string[] {
  return doubts
    .filter((one) => one.look === 'wrong')
    .flatMap(({ text }) => {
      const [first = '', ...more] = wrapWords(`But ${text}`, width - 2);
      return [paint('bad', `! ${first}`), ...more.map((line) => `  ${line}`)];
    });
}

function openLines({ doubts }: Way, width: number, paint: Paint): string[] {
  const open = doubts.filter((one) => one.look !== 'wrong');
  if (open.length === 0) return [];
  return [paint('strong', 'The snapshot cannot tell'), ...open.flatMap(({ text }) => bullet(text, width))];
}
