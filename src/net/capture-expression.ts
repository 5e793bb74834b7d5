// Expressions of tcpdump (pcap-filter(7)): the part that people write about IP. What is not understood, and what is not known of a
// frame, is null: neither kept nor dropped.
import { type Cidr, cidrContains, parseCidrOrIp } from './cidr.ts';
import type { Ip } from './ip.ts';
import { PROTOCOL_NAMES, protocolNumber } from './protocol-name.ts';

/** What an expression is asked about: the outermost headers of a frame. Null: not known. */
export interface ExpressionFrame {
  source: Ip | null;
  destination: Ip | null;
  version: 4 | 6;
  /** IP protocol number. */
  protocol: number;
  sourcePort: number | null;
  destinationPort: number | null;
}

/** Whether a frame is kept; null where that cannot be told. */
export type CaptureExpression = (frame: ExpressionFrame) => boolean | null;

const PORTS: Record<string, number> = { ssh: 22, domain: 53, http: 80, ntp: 123, bgp: 179, https: 443 };
/** Expressions are nested as deep as they like, and files hold them. */
const MOST_WORDS = 500;
const WITH_PORTS = new Set([6, 17, 132]);
const TYPES = new Set(['host', 'net', 'port', 'portrange', 'proto']);

/** What stands before a value, and holds for values that follow without any. */
interface Qualifiers {
  protocol: string | null;
  direction: 'src' | 'dst' | 'either' | 'both';
  type: string | null;
}

/**
 * Reads an expression. `and` and `or` bind alike, from left to right, as pcap-filter(7) has it.
 * @param strict every word must be understood; otherwise what is not is neither kept nor dropped
 * @returns null where it is none that this understands
 */
export function parseCaptureExpression(text: string, { strict = false } = {}): CaptureExpression | null {
  const words = text.toLowerCase().match(/\(|\)|&&|\|\||!(?!=)|[^\s()!&|]+|[&|]/g) ?? [];
  if (words.length === 0) return () => true;
  if (words.length > MOST_WORDS) return null;
  const parser = new Parser(words);
  const expression = parser.alternatives();
  return parser.isAtEnd && !(strict && parser.hasUnknown) ? expression : null;
}

class Parser {
  readonly #words: readonly string[];
  /** Whether some primitive was not understood. */
  hasUnknown = false;
  #at = 0;
  #last: Qualifiers = { protocol: null, direction: 'either', type: null };

  constructor(words: readonly string[]) {
    this.#words = words;
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
    const joint = word === 'and' || word === '&&' ? 'and' : word === 'or' || word === '||' ? 'or' : null;
    if (joint !== null) this.#at++;
    return joint;
  }

  #term(): CaptureExpression | null {
    const word = this.#next();
    if (word === 'not' || word === '!') {
      const term = this.#term();
      return term && ((frame) => negated(term(frame)));
    }
    if (word === '(') {
      const inner = this.alternatives();
      return this.#next() === ')' ? inner : null;
    }
    return word === null || word === ')' ? null : this.#primitive(word);
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
    if (protocol !== null && direction === null && typed === null) return ofProtocol(protocol);
    const bare = protocol === null && direction === null && typed === null;
    const qualifiers = bare ? this.#last : { protocol, direction: direction ?? 'either', type: typed };
    const value = this.#next();
    if (value === null) return null;
    this.#last = { ...qualifiers };
    return valued(qualifiers, value) ?? this.#unknown(start);
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
    if (name === 'arp' || name === 'rarp') return () => false;
    this.hasUnknown = true;
    while (!this.isAtEnd && !['and', 'or', '&&', '||', ')'].includes(this.#words[this.#at] ?? '')) this.#at++;
    return () => null;
  }
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
  return range && ((frame, side) => (frame[side] === null ? null : isIn(range, frame[side])));
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
