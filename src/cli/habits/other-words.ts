// First words of kubectl, hubble and other programs, where this one has a command or a file: what to type here.
import { usageError } from '../report-error.ts';

const SNAPSHOT =
  'overlens topology SNAPSHOT lists nodes, pools, blocks and pods; overlens snapshot prints how to make one';
const CAPTURING = 'overlens snapshot --nodes NODE,... prints a script that captures on nodes and takes their tables';
const READS = 'overlens changes and asks nothing in a cluster';

/** What to type, of words that have something behind them which is in the answer: PODS is it. */
const ANSWERS: Readonly<Record<string, readonly [says: string, type: string]>> = {
  get: ['a snapshot is read, the cluster is not asked', SNAPSHOT],
  list: ['a snapshot is read, the cluster is not asked', SNAPSHOT],
  ls: ['a snapshot is read, the cluster is not asked', SNAPSHOT],
  describe: ['of a pod, what it sent and got is shown', 'overlens CAPTURE... -t SNAPSHOT --pod NAME'],
  logs: ['of a pod, what it sent and got is shown', 'overlens CAPTURE... -t SNAPSHOT --pod NAME'],
  top: ['who sends most', 'overlens CAPTURE... -t SNAPSHOT --sort bytes; rows summed up: --by workload'],
  status: [READS, SNAPSHOT],
  config: [READS, SNAPSHOT],
  'cluster-info': [READS, SNAPSHOT],
  exec: [READS, CAPTURING],
  debug: [READS, CAPTURING],
  sniff: ['captures are read, not taken', CAPTURING],
  capture: ['captures are read, not taken', CAPTURING],
  record: ['captures are read, not taken', CAPTURING],
  monitor: ['captures are read, not taken', CAPTURING],
  live: ['captures are read, not taken', CAPTURING],
  apply: [READS, CAPTURING],
  create: [READS, CAPTURING],
  delete: [READS, CAPTURING],
  convert: [
    'packets are written by decode',
    'overlens decode CAPTURE... -w FILE; with names and verdicts: overlens export wireshark CAPTURE... -t SNAPSHOT -w DIR',
  ],
  check: ['whether everything is as configured', 'overlens verify CAPTURE... -t SNAPSHOT'],
  test: ['whether everything is as configured', 'overlens verify CAPTURE... -t SNAPSHOT'],
  compare: ['two captures or snapshots side by side', 'overlens diff BEFORE AFTER -t SNAPSHOT'],
  stats: ['totals', 'overlens CAPTURE... -t SNAPSHOT -o summary'],
  summary: ['totals', 'overlens CAPTURE... -t SNAPSHOT -o summary'],
  nodes: ['a snapshot is read, the cluster is not asked', SNAPSHOT],
  pods: ['a snapshot is read, the cluster is not asked', SNAPSHOT],
};

/** Commands of other programs that are one of these. */
const SAME: Readonly<Record<string, string>> = {
  observe: 'trace',
  flows: 'trace',
  analyze: 'trace',
  analyse: 'trace',
  packets: 'decode',
  dump: 'decode',
  dissect: 'decode',
};

/**
 * The line with this program's command, where the first word is another program's for it; null where it is none.
 * @throws OverlensError E_USAGE with what to type, where no command here does it
 */
export function otherWord([first = '', ...rest]: readonly string[]): string[] | null {
  const same = SAME[first];
  if (same !== undefined) return [same, ...rest];
  const [says, type] = Object.hasOwn(ANSWERS, first) ? (ANSWERS[first] ?? []) : [];
  if (says === undefined || type === undefined) return null;
  const names = rest.filter((word) => !word.startsWith('-'));
  const name = names.find((word) => !/^(pods?|po|nodes?|no|svc|services?)$/.test(word));
  throw usageError(
    `${[first, ...rest].join(' ')}: ${says}`,
    name === undefined ? type : type.replace('NAME', name.replace(/^(pods?|po)\//, '')),
  );
}
