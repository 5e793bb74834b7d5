// `npm start`: the main job on the bundled sample, and what to try next.
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processIo } from '../src/cli/io.ts';
import { main } from '../src/cli/program.ts';

const SAMPLE = folder('01-vxlan-between-nodes');
const BROKEN = folder('08-stale-fdb');

/** A sample's folder as seen from where the user stands, so that the commands printed can be pasted. */
function folder(name: string): string {
  const path = relative(process.cwd(), fileURLToPath(new URL(name, import.meta.url)));
  return path === '' ? '.' : path;
}

const captures = readdirSync(SAMPLE)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => `${SAMPLE}/${name}`);

const io = processIo();
io.stdout.write(`$ overlens ${SAMPLE}/*.pcap -t ${SAMPLE}/topology\n\n`);
process.exitCode = await main([...captures, '-t', `${SAMPLE}/topology`], io);
io.stdout.write(`
Three nodes, two pools: what goes to a pod of default-ipv4-ippool is carried in VXLAN, what goes to a pod of
flat-ippool is plain, and both is what the pools ask for. Next:

# the same as a proof: PASS and exit code 0
node dist/cli/bin.js verify ${SAMPLE}/*.pcap -t ${SAMPLE}/topology

# a cluster with one wrong line in one table
node dist/cli/bin.js ${BROKEN}/*.pcap -t ${BROKEN}/topology

# which table, which line, and the bytes it became
node dist/cli/bin.js ${BROKEN}/*.pcap -t ${BROKEN}/topology --finding A
`);
