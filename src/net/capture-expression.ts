// Expressions of tcpdump (pcap-filter(7)): the part that people write about IP. What is not understood, and what is not known of a
// frame, is null: neither kept nor dropped.
import { type Cidr, cidrContains, parseCidrOrIp } from './cidr.ts';
import type { Ip } from './ip.ts';
import { PROTOCOL_NAMES, protocolNumber } from './protocol-name.ts';

/** What an expression is asked about: the headers of a frame that its user means. Null: not known. */
export interface ExpressionFrame {
  source: Ip | null;
  destination: Ip | null;
  /** Null: no IP packet, of which everything else is false too. */
  version: 4 | 6 | null;
  /** IP protocol number. */
  protocol: number;
  sourcePort: number | null;
  destinationPort: number | null;
  isArp?: boolean;
  /** Its outermost headers, for what stands behind `outer`; absent: these are they. */
  outermost?: ExpressionFrame;
}

/** Whether a frame is kept; null where that cannot be told. */
export type CaptureExpression = (frame: ExpressionFrame) => boolean | null;

const PORTS: Record<string, number> = { ssh: 22, domain: 53, http: 80, ntp: 123, bgp: 179, https: 443 };
/** Expressions are nested as deep as they like, and files hold them. */
const MOST_WORDS = 500;
const WITH_PORTS = new Set([6, 17, 132]);
const TYPES = new Set(['host', 'net', 'port', 'portrange', 'proto']);
const JOINTS = new Set(['and', 'or', '&&', '||']);

/** Words that mean something in an expression, to tell what was meant by another one. */
export const EXPRESSION_WORDS: readonly string[] = [
  ...TYPES,
  ...['src', 'dst', 'and', 'or', 'not', 'ip', 'ip6', 'arp', 'icmp6', 'outer'],
  ...PROTOCOL_NAMES,
];

/** What stands before a value, and holds for values that follow without any. */
interface Qualifiers {
  protocol: string | null;
  direction: 'src' | 'dst' | 'either' | 'both';
  type: string | null;
  outer: boolean;
}

/** An expression that filters what is shown, or the words that kept it from being one. */
export type FilterExpression = { fits: CaptureExpression; asksOuter: boolean } | { notUnderstood: string };

/**
 * Reads an expression that every word of must be understood of. `outer` before a primitive, or before brackets, asks the outermost headers
 * of a frame instead of those that the frame is given by.
 */
export function parseFilterExpression(text: string): FilterExpression {
  const words = wordsOf(text);
  if (words.length > MOST_WORDS) return { notUnderstood: `more than ${MOST_WORDS} words` };
  const open = words.filter((word) => word === '(').length - words.filter((word) => word === ')').length;
  if (open !== 0) return { notUnderstood: open > 0 ? '( without )' : ') without (' };
  const parser = new Parser(words, true);
  const fits = parser.alternatives();
  if (parser.unknown !== null) return { notUnderstood: parser.unknown };
  if (fits === null || !parser.isAtEnd) return { notUnderstood: parser.here };
  return { fits, asksOuter: parser.asksOuter };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\(|\)|&&|\|\||!=|!|[^\s()!&|]+|[&|]/g) ?? [];
}

/**
 * Reads an expression. `and` and `or` bind alike, from left to right, as pcap-filter(7) has it.
 * @param strict every word must be understood; otherwise what is not is neither kept nor dropped
 * @returns null where it is none that this understands
 */
export function parseCaptureExpression(text: string, { strict = false } = {}): CaptureExpression | null {
  const words = wordsOf(text);
  if (words.length === 0) return () => true;
  if (words.length > MOST_WORDS) return null;
  const parser = new Parser(words);
  const expression = parser.alternatives();
  return parser.isAtEnd && !(strict && parser.unknown !== null) ? expression : null;
}

class Parser {
  readonly #words: readonly string[];
  /** Whether `outer` is a word. */
  readonly #layers: boolean;
  /** The first primitive that was not understood. */
  unknown: string | null = null;
  asksOuter = false;
  #isOuter = false;
  #at = 0;
  #last: Qualifiers = { protocol: null, direction: 'either', type: null, outer: false };

  constructor(words: readonly string[], layers = false) {
    this.#words = words;
    this.#layers = layers;
  }

  /** The word at which reading stopped, with those before it. */
  get here(): string {
    return this.#words.slice(Math.max(0, this.#at - 2), this.#at + 1).join(' ');
  }

  get isAtEnd(): boolean {
    return this.#at === this.#words.length;
  }

  alternatives(): CaptureExpression | null {
    let left = this.#term();
    for (let joint = this.#joint(); joint !== null; joint = this.#joint()) {
      const right = this.#term();
      if (left === null || right === null) return null;
      left = joined(left, right, joint === 'and');
    }
    return left;
  }

  #joint(): 'and' | 'or' | null {
    const word = this.#words[this.#at];
    if (word === undefined || !JOINTS.has(word)) return null;
    this.#at++;
    return word === 'and' || word === '&&' ? 'and' : 'or';
  }

  #term(): CaptureExpression | null {
    const word = this.#next();
    if (word === 'not' || word === '!') {
      const term = this.#term();
      return term && ((frame) => negated(term(frame)));
    }
    if (word === 'outer' && this.#layers) return this.#outerTerm();
    if (word === '(') {
      const inner = this.alternatives();
      return this.#next() === ')' ? inner : null;
    }
    return word === null || word === ')' ? null : this.#primitive(word);
  }

  #outerTerm(): CaptureExpression | null {
    const before = this.#isOuter;
    this.#isOuter = true;
    this.asksOuter = true;
    const term = this.#term();
    this.#isOuter = before;
    return term;
  }

  #next(): string | null {
    return this.#words[this.#at++] ?? null;
  }

  #primitive(first: string): CaptureExpression | null {
    const start = this.#at - 1;
    const protocol =
      first === 'ip' || first === 'ip6' || first === 'ether' || namedProtocol(first) !== null ? first : null;
    if (protocol !== null) this.#at = start + 1;
    else this.#at = start;
    const direction = this.#direction();
    const typed = TYPES.has(this.#words[this.#at] ?? '') ? this.#next() : null;
    const outer = this.#isOuter;
    if (protocol !== null && direction === null && typed === null)
      return asked(ofProtocol(protocol), outer) ?? this.#unknown(start);
    const bare = protocol === null && direction === null && typed === null;
    const qualifiers = bare
      ? { ...this.#last, outer: outer || this.#last.outer }
      : { protocol, direction: direction ?? 'either', type: typed, outer };
    const value = this.#next();
    if (value === null) return null;
    this.#last = { ...qualifiers };
    return asked(valued(qualifiers, value), qualifiers.outer) ?? this.#unknown(start);
  }

  #direction(): Qualifiers['direction'] | null {
    const [word, joint, other] = this.#words.slice(this.#at, this.#at + 3);
    if (word !== 'src' && word !== 'dst') return null;
    const isPair = (joint === 'or' || joint === 'and') && other !== word && (other === 'src' || other === 'dst');
    this.#at += isPair ? 3 : 1;
    if (!isPair) return word;
    return joint === 'or' ? 'either' : 'both';
  }

  /** A primitive that says nothing of IP (`vlan`, `less 100`, `udp[8] = 1`): all words up to the next joint. */
  #unknown(start: number): CaptureExpression | null {
    this.#at = start;
    const name = this.#next();
    if (name === 'arp') return asked(({ isArp = false }) => isArp, this.#isOuter);
    if (name === 'rarp') return () => false;
    while (!this.isAtEnd && !JOINTS.has(this.#words[this.#at] ?? '') && this.#words[this.#at] !== ')') this.#at++;
    this.unknown ??= this.#words.slice(start, this.#at).join(' ');
    return () => null;
  }
}

/** The same asked of the outermost headers. */
function asked(expression: CaptureExpression | null, outer: boolean): CaptureExpression | null {
  return expression === null || !outer ? expression : (frame) => expression(frame.outermost ?? frame);
}

function joined(left: CaptureExpression, right: CaptureExpression, both: boolean): CaptureExpression {
  return (frame) => {
    const [a, b] = [left(frame), right(frame)];
    if (a === !both || b === !both) return !both;
    return a === null || b === null ? null : both;
  };
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

/** `icmp6` is libpcap's name. */
function namedProtocol(name: string): number | null {
  if (name === 'icmp6') return protocolNumber('icmpv6');
  return PROTOCOL_NAMES.includes(name) ? protocolNumber(name) : null;
}

function ofProtocol(name: string): CaptureExpression | null {
  if (name === 'ip') return ({ version }) => version === 4;
  if (name === 'ip6') return ({ version }) => version === 6;
  const number = namedProtocol(name);
  if (number === null) return null;
  return ({ protocol }) => protocol === number;
}

/** Null for a value that is not of its type. */
function valued({ protocol, direction, type }: Qualifiers, value: string): CaptureExpression | null {
  const test = testOf(type, value);
  if (test === null || protocol === 'ether') return null;
  const fits = protocol === null ? null : ofProtocol(protocol);
  return (frame) => {
    if (fits !== null && type !== 'proto' && fits(frame) === false) return false;
    if (type === 'proto' && protocol === 'ip' && frame.version !== 4) return false;
    if (type === 'proto' && protocol === 'ip6' && frame.version !== 6) return false;
    const [source, destination] = [test(frame, 'source'), test(frame, 'destination')];
    if (direction === 'src') return source;
    if (direction === 'dst') return destination;
    const all = direction === 'both';
    if (source === !all || destination === !all) return !all;
    return source === null || destination === null ? null : all;
  };
}

type SideTest = (frame: ExpressionFrame, side: 'source' | 'destination') => boolean | null;

function testOf(type: string | null, value: string): SideTest | null {
  if (type === 'port' || type === 'portrange') return portTest(value);
  if (type === 'proto') {
    const number = namedProtocol(value.replace(/^\\/, '')) ?? numberIn(value, 255);
    return number === null ? null : ({ protocol }) => protocol === number;
  }
  const range = type === 'net' ? netOf(value) : parseCidrOrIp(value);
  return range && ((frame, side) => addressTest(range, frame, frame[side]));
}

function addressTest(range: Cidr, { version }: ExpressionFrame, address: Ip | null): boolean | null {
  if (address !== null) return isIn(range, address);
  return version === null ? false : null;
}

function isIn(range: Cidr, address: Ip): boolean {
  return range.family === address.family && cidrContains(range, address);
}

/** `10.48` and `10.48.0` are nets too: a byte each. */
function netOf(value: string): Cidr | null {
  const bytes = /^\d+(\.\d+){0,2}$/.test(value) ? value.split('.') : null;
  if (bytes === null) return parseCidrOrIp(value);
  return parseCidrOrIp(`${[...bytes, '0', '0', '0'].slice(0, 4).join('.')}/${8 * bytes.length}`);
}

function portTest(value: string): SideTest | null {
  const [from, to = from] = value.split('-').map((port) => PORTS[port] ?? numberIn(port, 65535));
  if (from == null || to == null) return null;
  return (frame, side) => {
    if (!WITH_PORTS.has(frame.protocol)) return false;
    const port = frame[`${side}Port`];
    return port === null ? null : port >= from && port <= to;
  };
}

function numberIn(text: string, most: number): number | null {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number <= most ? number : null;
}
