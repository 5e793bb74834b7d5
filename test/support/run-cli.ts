// Runs a command line in-process and collects what it wrote.
import { Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';
import { defaultStages, type Stages } from '../../src/cli/stages.ts';
import type { Topology } from '../../src/topology/model.ts';
import type { TraceOptions } from '../../src/trace.ts';
import type { Trace } from '../../src/verdict/trace-types.ts';
import { topologyIn } from './loaded-topology.ts';

export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CliWorld extends Partial<Io> {
  stages?: Stages;
}

/** Folders of the tree that hold a snapshot and nothing else. */
const SNAPSHOT = /(?:^|\/)(?:samples|test\/fixtures)\/[\w./-]*topology(?:-[a-z]+)?$/;

/** The real stages; snapshots of the tree, which do not change while the tests run, are read once where nothing but they are asked for. */
const STAGES: Stages = {
  ...defaultStages,
  loadTopology(paths, more = [], options = {}) {
    const { step, takenAt = [] } = options;
    const isPlain = more.length === 0 && step === undefined && takenAt.length === 0;
    return isPlain && paths.length > 0 && paths.every((path) => SNAPSHOT.test(path))
      ? topologyIn(...paths)
      : defaultStages.loadTopology(paths, more, options);
  },
};

/** Exit code and both outputs of one command line; by default no terminal, an empty environment and the real stages. */
export async function runCli(argv: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const { stages = STAGES, ...io } = world;
  const [stdout, stderr] = [collector(), collector()];
  const whole = testIo({ stdout: stdout.stream, stderr: stderr.stream, ...io });
  const code = await main(argv, whole, stages);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** A world without terminals, in which nothing is kept of what is written. */
export function testIo(io: Partial<Io> = {}): Io {
  return {
    stdout: collector().stream,
    stderr: collector().stream,
    env: {},
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: undefined,
    signal: new AbortController().signal,
    now: () => new Date('2026-11-29T12:00:00Z'),
    ...io,
  };
}

/** A stream that keeps what is written. */
export function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

export interface FakeStages extends Stages {
  /** What the pipeline was asked for, call by call. */
  asked: TraceOptions[];
}

/** Stages that answer with what a test made. */
export function fakeStages(
  trace: Trace | ((options: TraceOptions) => Trace),
  topology: Topology | null = null,
): FakeStages {
  const asked: TraceOptions[] = [];
  return {
    asked,
    async traceCaptures(options) {
      asked.push(options);
      return typeof trace === 'function' ? trace(options) : trace;
    },
    async followCaptures(options) {
      return this.traceCaptures(options);
    },
    async loadTopology() {
      if (topology === null) throw new Error('this test has no topology');
      return topology;
    },
    async snapshotCommands() {
      return 'kubectl get ippools,nodes,pods -A -o yaml > snapshot.yaml\n';
    },
  };
}
