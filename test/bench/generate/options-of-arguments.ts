// The options of a made capture as arguments of a command line.
import { CARRIERS, type CaptureOptions, captureOptions } from './options.ts';

const text = { type: 'string' } as const;

/** For parseArgs. */
export const CAPTURE_ARGUMENTS = {
  seed: text,
  packets: text,
  flows: text,
  open: text,
  nodes: text,
  pods: text,
  ...{ vxlan: text, plain: text, ipip: text, ipv6: text },
  ...{ fragments: text, dns: text, udp: text, payloads: text, snaplen: text, format: text },
} as const;

type Arguments = { [name in keyof typeof CAPTURE_ARGUMENTS]?: string | undefined };

/** The options of these arguments and the defaults of the others. Throws a RangeError that says what is wrong. */
export function optionsOfArguments(given: Arguments): CaptureOptions {
  return captureOptions(givenOptions(given));
}

/** What was given only. Where a carrier has a share, those that are not named have none. */
export function givenOptions(given: Arguments): Partial<CaptureOptions> {
  const options: Partial<CaptureOptions> = {};
  for (const name of [
    'seed',
    'packets',
    'flows',
    'open',
    'nodes',
    'pods',
    'fragments',
    'dns',
    'udp',
    'snaplen',
  ] as const)
    if (given[name] !== undefined) options[name] = numberOf(name, given[name]);
  if (CARRIERS.some((carrier) => given[carrier] !== undefined)) {
    const shares = CARRIERS.map((carrier) => [carrier, numberOf(carrier, given[carrier] ?? '0')]);
    options.shares = Object.fromEntries(shares) as CaptureOptions['shares'];
  }
  if (given.payloads !== undefined)
    options.payloads = given.payloads.split(',').map((size) => numberOf('payloads', size));
  if (given.format !== undefined) options.format = formatOf(given.format);
  return options;
}

/** A number with K or M behind it, too. */
function numberOf(name: string, given: string): number {
  const unit = { k: 1e3, m: 1e6 }[given.slice(-1).toLowerCase()] ?? 1;
  const number = given === '' ? Number.NaN : Number(unit === 1 ? given : given.slice(0, -1)) * unit;
  if (!Number.isFinite(number)) throw new RangeError(`--${name} ${given}: not a number`);
  return number;
}

function formatOf(given: string): CaptureOptions['format'] {
  if (given === 'pcap' || given === 'pcapng') return given;
  throw new RangeError(`--format ${given}: pcap or pcapng`);
}
