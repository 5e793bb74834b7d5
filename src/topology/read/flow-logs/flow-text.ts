// Records of flows as a node prints them: a line with time, reporter and action, one with both ends, one with counts, and the policies
// that were met, enforced ones and pending ones.
import type { SourceRef } from '../../model.ts';
import type { LoggedEnd } from '../../policies/policy-verdict.ts';
import type { Facts } from '../stated-facts.ts';
import { readHits } from './hit-text.ts';
import {
  actionOf,
  addBroken,
  addRecord,
  endOf,
  type LoggedFlow,
  namespaceOf,
  portOf,
  protocolOf,
  reporterOf,
  secondsOf,
} from './logged-values.ts';

const BEGINS = /^\s*(?:- +)?Time=/;
const HEAD = /Time=(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\S* ([+-]\d\d)(\d\d)\b.*\bReporter=(\S*) +Action=(\S*)/;
const ENDS = /^\s*Src=\{([^}]*)\} +Dst=\{([^}]*)\} +Proto=\{([^}]*)\}\s*$/;
const PART = /^\s*(Enforced|Pending):(.*)$/;
const COUNTS = /^\s*Counts=\{/;
/** `wep(shop/db-*) Svc:shop/db`; addresses of no workload have no namespace. */
const END = /^(\w+)\((?:([^()/]*)\/)?([^()]*)\)(?: +Svc:([^\s/]*)\/(\S*))?\s*$/;
/** `tcp(5432) Svc:pg/5432`. */
const PROTOCOL = /^([\w-]+)\((\d*)\)(?: +Svc:[^\s/]*\/(\d*))?/;

/** Of lines with times and ends; those of policies may be longer. */
const LONGEST = 8000;

export interface FlowTextReader {
  /** True when the line belongs to a record. */
  read(line: string, ref: SourceRef): boolean;
  /** Hands the last record over. */
  finish(): void;
}

interface Open extends Omit<LoggedFlow, 'enforced'> {
  enforced: LoggedFlow['enforced'][number][];
  part: 'enforced' | 'pending' | null;
  /** What of it cannot be read, and where. */
  broken: SourceRef | null;
}

/** Reads the lines of records, in order, into `facts.policyVerdicts`. */
export function createFlowTextReader(facts: Facts): FlowTextReader {
  let open: Open | null = null;
  const finish = (): void => {
    if (open?.broken != null) addBroken('policy', open.broken, facts);
    else if (open !== null) addRecord(recordOf(open), facts);
    open = null;
  };
  return {
    finish,
    read(line, ref) {
      if (BEGINS.test(line)) {
        finish();
        open = openRecord(line, ref);
        return true;
      }
      if (open === null) return false;
      if (line.trim() === '' || readMember(line, ref, open)) return true;
      finish();
      return false;
    },
  };
}

function openRecord(line: string, ref: SourceRef): Open {
  const [, day = '', time = '', hours = '', minutes = '', reporter = '', action = ''] =
    HEAD.exec(line.slice(0, LONGEST)) ?? [];
  return {
    start: secondsOf(`${day}T${time}${hours}:${minutes}`),
    end: null,
    action: actionOf(action),
    reporter: reporterOf(reporter),
    ...{ src: null, dst: null, service: null, protocol: null, port: null, enforced: [], part: null, broken: null },
    ref,
  };
}

function readMember(line: string, ref: SourceRef, open: Open): boolean {
  const ends = line.length > LONGEST ? null : ENDS.exec(line);
  if (ends !== null) {
    readEnds(open, ends[1] ?? '', ends[2] ?? '', ends[3] ?? '');
    return true;
  }
  const [, part, rest = ''] = PART.exec(line) ?? [];
  if (part !== undefined) open.part = part === 'Enforced' ? 'enforced' : 'pending';
  else if (COUNTS.test(line) || /^\s*(Src|Dst|Proto)=/.test(line)) return true;
  else if (open.part === null || !/^\s*-/.test(line)) return false;
  readPolicies(part === undefined ? line : rest, ref, open);
  return true;
}

function readEnds(open: Open, from: string, to: string, over: string): void {
  const [, protocol = '', port = '', servicePort = ''] = PROTOCOL.exec(over) ?? [];
  const [, , , , namespace = '', service = ''] = END.exec(to) ?? [];
  open.src = endFrom(from);
  open.dst = endFrom(to);
  open.protocol = protocolOf(protocol);
  open.port = portOf(port);
  const [space, name] = [namespaceOf(namespace), namespaceOf(service)];
  open.service = space === null || name === null ? null : { namespace: space, name, port: portOf(servicePort) };
}

function endFrom(text: string): LoggedEnd | null {
  const [, type, namespace, name] = END.exec(text) ?? [];
  return type === undefined ? null : endOf(type, namespace ?? null, name ?? null);
}

function readPolicies(text: string, ref: SourceRef, open: Open): void {
  const hits = readHits(text);
  if (hits === null) open.broken ??= ref;
  else if (open.part === 'enforced') open.enforced.push(...hits);
}

function recordOf({ part: _part, broken: _broken, ...flow }: Open): LoggedFlow {
  return flow;
}
