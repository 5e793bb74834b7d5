// The two halves of the old type-of-service byte, the same in IPv4 and IPv6: DSCP (RFC 2474) and ECN (RFC 3168 §5).

export function ecnName(value: number): string | null {
  return ['not ECN-capable', 'ECT(1)', 'ECT(0)', 'congestion experienced'][value] ?? null;
}

export function dscpName(value: number): string | null {
  return NAMES.get(value) ?? null;
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'default'],
  [1, 'LE'],
  [8, 'CS1'],
  [10, 'AF11'],
  [12, 'AF12'],
  [14, 'AF13'],
  [16, 'CS2'],
  [18, 'AF21'],
  [20, 'AF22'],
  [22, 'AF23'],
  [24, 'CS3'],
  [26, 'AF31'],
  [28, 'AF32'],
  [30, 'AF33'],
  [32, 'CS4'],
  [34, 'AF41'],
  [36, 'AF42'],
  [38, 'AF43'],
  [40, 'CS5'],
  [44, 'voice admit'],
  [46, 'EF'],
  [48, 'CS6'],
  [56, 'CS7'],
]);
