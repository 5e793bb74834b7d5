// The Wireshark kit on disk: read for the flows, read again packet by packet, each capture written as it is read.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PORT_KIND, type WalkPorts } from '../../decode/walk-ports.ts';
import { AnnotatedCapture } from '../../export/wireshark/annotated-capture.ts';
import { Annotator } from '../../export/wireshark/annotator.ts';
import { FlowComments } from '../../export/wireshark/flow-comments.ts';
import { annotatedNames } from '../../export/wireshark/kit-names.ts';
import {
  addressNames,
  hostNames,
  macNames,
  type Named,
  namesFromFlows,
  networkNames,
} from '../../export/wireshark/names.ts';
import { PROFILE, profileFiles } from '../../export/wireshark/profile-files.ts';
import { readmeText } from '../../export/wireshark/readme-text.ts';
import { readPackets } from '../../packets/read-packets.ts';
import { walkSettings } from '../../packets/walked-packet.ts';
import { escapeText } from '../../render/text/escape.ts';
import { formatCount, formatNumber } from '../../render/text/format.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { givenCaptures, readElsewhere } from '../inputs/read-elsewhere.ts';
import { type Io, writeAll } from '../io.ts';
import { outputError } from '../output-error.ts';
import { createProgress } from '../progress/progress.ts';
import { say } from '../report-error.ts';
import { hintAtIssues, reportReading, runWithIndex } from '../run-trace.ts';
import { type PacketSelection, selectPackets } from '../select-packets.ts';
import type { Stages } from '../stages.ts';
import { readVersion } from '../version.ts';
import { openPacketFile } from './output-file.ts';

export interface Kit {
  options: CommonOptions;
  /** Where the captures are read from, in order. */
  paths: readonly string[];
  folder: string;
}

/** @throws OverlensError E_OUTPUT, and what reading throws */
export async function writeKit({ options, paths, folder }: Kit, io: Io, stages: Stages): Promise<ExitCode> {
  const profileFolder = join(folder, 'profiles', PROFILE);
  const elsewhere = readElsewhere(options, paths);
  const run = await runWithIndex({ ...elsewhere, filter: {}, filterText: '' }, io, stages, { kept: null });
  const { trace, topology } = run;
  makeFolder(profileFolder);
  const selection = await selectPackets(elsewhere, topology, io, stages);
  const listed = topology === null ? [] : addressNames(topology, selection.lookup ?? topology.lookup);
  const addresses = [...listed, ...namesFromFlows(trace, listed)];
  const names = annotatedNames(options.captures);
  const writing = { options, paths, folder, selection, addresses };
  const written: string[] = [];
  for (const [i, { format }] of trace.captures.entries()) {
    // what is no capture is told of below
    if (format === null || io.signal.aborted) continue;
    const name = names[i] ?? '';
    const counts = await annotate({ ...writing, run, capture: i, file: join(folder, name) }, io);
    if (counts === null) continue;
    written.push(name);
    await writeAll(io.stdout, [`${escapeText(join(folder, name))}: ${counts}\n`]);
  }
  const content = {
    addresses,
    macs: topology === null ? [] : macNames(topology),
    networks: topology === null ? [] : networkNames(topology),
    vxlanPorts: vxlanPortsOf(selection.request.ports),
  };
  const inputs = [...options.captures, ...options.snapshot];
  const files = profileFiles(content).map(({ name, text }) => ({ path: join(profileFolder, name), text }));
  for (const { path, text } of [...files, { path: join(folder, 'README.txt'), text: readmeText(written) }]) {
    const file = openPacketFile(path, inputs, io);
    if (text === '') file.discard();
    else {
      await file.write(new TextEncoder().encode(text));
      file.close();
    }
  }
  await writeAll(io.stdout, [`${escapeText(profileFolder)}: ${profileCounts(content)}\n`]);
  await hintAtIssues(topology, options, io);
  if (io.signal.aborted && !run.interrupted)
    await say(io, 'overlens: stopped by Ctrl-C: a capture that was not written to its end is not there');
  const captures = givenCaptures(trace.captures, paths, options.captures);
  return reportReading({ ...run, trace: { ...trace, captures } }, io);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw outputError(error, `${path}: cannot be made`);
  }
}

interface Annotating extends Kit {
  run: Awaited<ReturnType<typeof runWithIndex>>;
  selection: PacketSelection;
  addresses: readonly Named[];
  /** Index among the captures. */
  capture: number;
  file: string;
}

/** Writes one capture; what was written, in words; null where Ctrl-C came before its end: half a capture looks like a whole one. */
async function annotate(given: Annotating, io: Io): Promise<string | null> {
  const { run, selection, capture, options, paths } = given;
  const { trace, topology } = run;
  const { vxlanPorts = [], vxlanVNI = null } = options.pipeline;
  const { index } = trace;
  if (index === undefined) throw new TypeError('a trace of captures has an index');
  const { locator } = walkSettings(topology, { vxlanPorts, vxlanVNI }, index.table);
  const annotator = new Annotator(locator, index, new FlowComments(trace));
  annotator.capture = capture;
  const annotated = new AnnotatedCapture({
    application: `overlens ${readVersion()}`,
    names: hostNames(given.addresses),
    points: trace.captures[capture]?.points ?? [],
  });
  const file = openPacketFile(given.file, [...paths, ...options.captures, ...options.snapshot], io);
  const progress = createProgress(io, { why: 'reading again for the packets' });
  try {
    const { infos } = await readPackets(
      {
        ...selection.request,
        captures: [paths[capture] ?? ''],
        tests: [...(selection.request.tests ?? []), annotator],
        ...(progress.report === undefined ? {} : { onProgress: progress.report }),
      },
      {
        packet(packet) {
          annotated.write(packet, annotator.comments());
          return true;
        },
        pause: async () => annotated.length === 0 || file.write(annotated.take()),
      },
    );
    if (io.signal.aborted) {
      file.discard();
      return null;
    }
    for (const info of infos) annotated.end(info);
    await file.write(annotated.take());
    file.close();
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    progress.end();
  }
  return `${formatCount(annotated.packets, 'packet')}, ${formatNumber(annotated.commented)} with a comment`;
}

function vxlanPortsOf({ kind }: WalkPorts): number[] {
  const ports: number[] = [];
  for (const [port, one] of kind.entries())
    if (one === PORT_KIND.vxlan || one === PORT_KIND.vxlanMaybe) ports.push(port);
  return ports;
}

function profileCounts({
  addresses,
  macs,
  networks,
}: Record<'addresses' | 'macs' | 'networks', readonly Named[]>): string {
  return `names of ${formatCount(addresses.length, 'address', 'addresses')}, ${formatCount(macs.length, 'MAC')} and ${formatCount(networks.length, 'network')}`;
}
