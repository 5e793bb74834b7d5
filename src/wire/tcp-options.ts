// TCP options: one byte (end, no-operation), or kind, length and data. MSS and window scale are what overlays are debugged by.
import { defineHeader, flag, type HeaderInfo, type Part, uint, variable } from './header.ts';
import { layout } from './layout.ts';
import { TCP, tcpHeaderLength } from './tcp.ts';

const SPEC = 'RFC 9293 §3.1';
const KIND = { option_kind: uint(0, 8, 'Option', { meaning: optionName }) };
const HEAD = { ...KIND, option_len: uint(8, 8, 'Option length') };

/** End of options list, no-operation: the kind is all. */
export const TCP_OPTION_BYTE = defineHeader('tcp', SPEC, 1, KIND);
/** Any other option; its data follows. SACK permitted has none. */
export const TCP_OPTION = defineHeader('tcp', SPEC, 2, HEAD);
export const TCP_MSS = defineHeader('tcp', 'RFC 9293 §3.7.1', 4, {
  ...HEAD,
  'options.mss_val': uint(16, 16, 'Maximum segment size'),
});
export const TCP_WINDOW_SCALE = defineHeader('tcp', 'RFC 7323 §2.2', 3, {
  ...HEAD,
  'options.wscale.shift': uint(16, 8, 'Window scale (shift)', {
    meaning: (shift) => (shift <= 14 ? `multiply by ${2 ** shift}` : null),
  }),
});
export const TCP_TIMESTAMP = defineHeader('tcp', 'RFC 7323 §3.2', 10, {
  ...HEAD,
  'options.timestamp.tsval': uint(16, 32, 'Timestamp value'),
  'options.timestamp.tsecr': uint(48, 32, 'Timestamp echo reply'),
});
export const TCP_USER_TIMEOUT = defineHeader('tcp', 'RFC 5482 §3.1', 4, {
  ...HEAD,
  'options.user_to_granularity': flag(16, 'In minutes'),
  'options.user_to_val': uint(17, 15, 'User timeout'),
});
export const TCP_EXPERIMENT = defineHeader('tcp', 'RFC 6994 §3', 4, {
  ...HEAD,
  'options.experimental.exid': uint(16, 16, 'Experiment identifier', { hex: true }),
});
/** One received range; SACK holds up to four. */
export const TCP_SACK_BLOCK = defineHeader('tcp', 'RFC 2018 §3', 8, {
  'options.sack_le': uint(0, 32, 'SACK left edge'),
  'options.sack_re': uint(32, 32, 'SACK right edge'),
});

const OPTION = {
  end: 0,
  nop: 1,
  mss: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
  userTimeout: 28,
  fastOpen: 34,
  experiment1: 253,
  experiment2: 254,
} as const;

/** The fixed header and its options; what does not fit before `end` is left out. */
function tcpParts(bytes: Uint8Array, at: number, end: number): Part[] {
  const parts: Part[] = [{ header: TCP, at }];
  const stop = Math.min(at + tcpHeaderLength(bytes, at), end);
  for (let option = at + TCP.headerLength; option < stop; ) {
    const kind = bytes[option]!;
    const length = kind <= OPTION.nop ? 1 : option + 1 < stop ? bytes[option + 1]! : 0;
    if (length === 0 || (kind > OPTION.nop && length < 2) || option + length > stop) {
      parts.push(...unreadable(option, stop));
      break;
    }
    parts.push(...optionParts(option, kind, length));
    option += length;
    // Bytes behind the end are padding; where they are zero they read as more ends, as Wireshark shows them.
    if (kind === OPTION.end && option < stop && bytes[option] !== OPTION.end) {
      parts.push({ header: variable('tcp', SPEC, null, 'Padding', stop - option), at: option });
      break;
    }
  }
  return parts;
}

/** An option that is cut off or has no possible length: kind and length are shown where they are there. */
function unreadable(at: number, stop: number): Part[] {
  const header = at + 1 < stop ? TCP_OPTION : TCP_OPTION_BYTE;
  const rest = stop - at - header.headerLength;
  if (rest === 0) return [{ header, at }];
  const data = variable('tcp', SPEC, null, 'Options that cannot be read', rest);
  return [
    { header, at },
    { header: data, at: at + header.headerLength },
  ];
}

function optionParts(at: number, kind: number, length: number): Part[] {
  const header = optionHeader(kind, length);
  const parts: Part[] = [{ header, at }];
  const data = at + header.headerLength;
  const rest = at + length - data;
  if (kind === OPTION.sack && rest % 8 === 0) {
    for (let block = data; block < at + length; block += 8) parts.push({ header: TCP_SACK_BLOCK, at: block });
  } else if (rest > 0) {
    parts.push({ header: variable('tcp', header.spec, dataName(kind), 'Option data', rest), at: data });
  }
  return parts;
}

function optionHeader(kind: number, length: number): HeaderInfo {
  if (kind === OPTION.end || kind === OPTION.nop) return TCP_OPTION_BYTE;
  if (kind === OPTION.mss && length === 4) return TCP_MSS;
  if (kind === OPTION.windowScale && length === 3) return TCP_WINDOW_SCALE;
  if (kind === OPTION.timestamp && length === 10) return TCP_TIMESTAMP;
  if (kind === OPTION.userTimeout && length === 4) return TCP_USER_TIMEOUT;
  if ((kind === OPTION.experiment1 || kind === OPTION.experiment2) && length >= 4) return TCP_EXPERIMENT;
  return TCP_OPTION;
}

function dataName(kind: number): string | null {
  switch (kind) {
    case OPTION.md5:
      return 'options.md5.digest';
    case OPTION.fastOpen:
      return 'options.tfo.cookie';
    case OPTION.experiment1:
    case OPTION.experiment2:
      return 'options.experimental.data';
    default:
      return optionName(kind) === null ? 'options.unknown.payload' : null;
  }
}

function optionName(kind: number): string | null {
  return OPTION_NAMES.get(kind) ?? null;
}

const OPTION_NAMES: ReadonlyMap<number, string> = new Map([
  [OPTION.end, 'end of options'],
  [OPTION.nop, 'no operation'],
  [OPTION.mss, 'maximum segment size'],
  [OPTION.windowScale, 'window scale'],
  [OPTION.sackPermitted, 'SACK permitted'],
  [OPTION.sack, 'SACK'],
  [OPTION.timestamp, 'timestamps'],
  [OPTION.md5, 'MD5 signature'],
  [OPTION.userTimeout, 'user timeout'],
  [30, 'Multipath TCP'],
  [OPTION.fastOpen, 'fast open cookie'],
  [OPTION.experiment1, 'experiment'],
  [OPTION.experiment2, 'experiment'],
]);

export const TCP_LAYOUT = layout(TCP, tcpParts, {
  protocol: 'tcp',
  title: 'TCP',
  announcedBy: 'IP protocol 6',
  forms: {
    TCP: TCP,
    'Option of one byte': TCP_OPTION_BYTE,
    Option: TCP_OPTION,
    'Maximum segment size': TCP_MSS,
    'Window scale': TCP_WINDOW_SCALE,
    Timestamps: TCP_TIMESTAMP,
    'One SACK block': TCP_SACK_BLOCK,
    'User timeout': TCP_USER_TIMEOUT,
    Experiment: TCP_EXPERIMENT,
  },
});
