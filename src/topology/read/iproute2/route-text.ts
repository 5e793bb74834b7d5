// `ip route` as text: one route a line, multipath next hops on lines of their own (ip-route(8); lines of calico-facts 9.1).
import { canonicalNetwork } from '../../../net/cidr.ts';
import { canonicalIp } from '../../../net/ip.ts';
import type { Route, SourceRef } from '../../model.ts';
import { numberAfter, wordAfter, wordsOf } from './words.ts';

const TYPES = new Set('unicast local broadcast multicast anycast blackhole unreachable prohibit throw nat'.split(' '));
const SHOWS_ROUTE = /\b(dev|via|proto|scope|nexthop|metric)\b/;

/**
 * Reads one line.
 * @param previous the route before it, whose further next hop an indented `nexthop` line is
 * @returns null when it is no route; no route is made of a multipath line itself, its next hops are routes. `answer` for what
 * `ip route get` prints: a decision, not a line of the table
 */
export function readRouteLine(line: string, ref: SourceRef, previous: Route | null): Route | 'answer' | null {
  const words = wordsOf(line);
  if (words[0] === 'nexthop' && previous !== null) {
    const hop = { ...previous, via: gatewayOf(words), dev: wordAfter(words, 'dev'), onlink: words.includes('onlink') };
    return { ...hop, text: `${previous.dst} ${line.trim()}`, ref };
  }
  if (line.startsWith(' ') || line.startsWith('\t')) return null;
  const typed = TYPES.has(words[0] ?? '');
  const type = typed ? (words.shift() ?? 'unicast') : 'unicast';
  const written = words[0] ?? '';
  const via = gatewayOf(words);
  const dst = written === 'default' ? defaultOf(via, words) : canonicalNetwork(written);
  if (dst === null || !(typed || SHOWS_ROUTE.test(line))) return null;
  if (words.includes('uid') || words.includes('cache')) return 'answer';
  const dev = wordAfter(words, 'dev');
  // `10.48.0.0/26 via the tunnel` is a sentence; a multipath route's own line has neither, and no words but iproute2's.
  if (!typed && dev === null && via === null && !/^\S+ +(?:nhid|proto|scope|metric|src|table|pref|onlink)\b/.test(line))
    return null;
  return {
    dst,
    via,
    dev,
    type,
    protocol: wordAfter(words, 'proto'),
    src: canonicalIp(wordAfter(words, 'src') ?? ''),
    onlink: words.includes('onlink'),
    mtu: numberAfter(words, 'mtu') ?? numberAfter(words, 'lock'),
    table: wordAfter(words, 'table'),
    text: line.trim(),
    ref,
  };
}

/** `via 10.0.1.30`, and `via inet6 fe80::1` of another family. */
function gatewayOf(words: readonly string[]): string | null {
  const at = words.indexOf('via');
  if (at < 0) return null;
  return canonicalIp(words[at + 1] ?? '') ?? canonicalIp(words[at + 2] ?? '');
}

function defaultOf(via: string | null, words: readonly string[]): string {
  const v6 = via?.includes(':') === true || wordAfter(words, 'src')?.includes(':') === true || words.includes('pref');
  return v6 ? '::/0' : '0.0.0.0/0';
}
