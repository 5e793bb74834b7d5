// `overlens view`: what it writes, where, and what it refuses. What the page does with it: test/view.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { PAGE, PROGRAM } from '../support/built-program.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const CAPTURE = `${SAMPLE}/ip-10-0-1-20-ens5.pcap`;
const folder = mkdtempSync(join(tmpdir(), 'overlens-view-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function view(argv: readonly string[], { input, path = '' }: { input?: Buffer; path?: string } = {}) {
  const env = { PATH: `${path}:${process.env['PATH']}`, TMPDIR: folder };
  return spawnSync(process.execPath, [PROGRAM, 'view', ...argv], { encoding: 'utf8', env, ...(input && { input }) });
}

/** The files in a page, by name. */
function filesIn(html: string): Map<string, Buffer> {
  const elements = html.matchAll(/<script type="application\/gzip\+base64" data-name="([^"]*)">([^<]*)<\/script>/g);
  return new Map(
    [...elements].map(([, name = '', text = '']) => [
      decodeURIComponent(name),
      gunzipSync(Buffer.from(text, 'base64')),
    ]),
  );
}

describe('overlens view', () => {
  it('writes one file that only this user may read, with every byte of the inputs, and prints its path', () => {
    const { stdout, stderr, status } = view([CAPTURE, '-t', `${SAMPLE}/topology`]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const path = stdout.trim();
    expect(dirname(dirname(path))).toBe(folder);
    expect([statSync(dirname(path)).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
    const files = filesIn(readFileSync(path, 'utf8'));
    expect(files.get('ip-10-0-1-20-ens5.pcap')).toEqual(readFileSync(CAPTURE));
    expect(files.get('topology/pods.yaml')).toEqual(readFileSync(`${SAMPLE}/topology/pods.yaml`));
    expect([...files.keys()].filter((name) => name.endsWith('/ip-route.txt'))).toHaveLength(3);
  });

  it('writes where it is told, stdout too, and takes stdin; two files of one name keep both', () => {
    const path = join(folder, 'case.html');
    mkdirSync(join(folder, 'n1'));
    writeFileSync(join(folder, 'n1', 'ip-10-0-1-20-ens5.pcap'), 'another');
    const { stdout } = view([CAPTURE, join(folder, 'n1', 'ip-10-0-1-20-ens5.pcap'), '-w', path]);
    expect(stdout).toBe(`${path}\n`);
    const names = [...filesIn(readFileSync(path, 'utf8')).keys()];
    expect(names).toEqual(['ip-10-0-1-20-ens5.pcap', 'ip-10-0-1-20-ens5 (2).pcap']);
    const piped = view(['-', '-w', '-'], { input: readFileSync(CAPTURE) });
    expect(filesIn(piped.stdout).get('stdin')).toEqual(readFileSync(CAPTURE));
  });

  it('without inputs prints where the page itself lies', () => {
    expect(view([]).stdout).toBe(`${PAGE}\n`);
  });

  it.skipIf(process.platform !== 'linux')(
    'opens it with what the desktop has for that, or says that there is nothing',
    () => {
      const [tools, told] = [join(folder, 'tools'), join(folder, 'told')];
      mkdirSync(tools);
      writeFileSync(join(tools, 'xdg-open'), `#!/bin/sh\necho "$1" > ${told}.part && mv ${told}.part ${told}\n`);
      chmodSync(join(tools, 'xdg-open'), 0o755);
      expect(view(['--open'], { path: tools }).status).toBe(0);
      spawnSync('sh', ['-c', `for i in $(seq 100); do test -e ${told} && break; sleep 0.05; done`]);
      expect(readFileSync(told, 'utf8')).toBe(`${PAGE}\n`);
    },
  );

  it('refuses what does not fit into a page, and says what to do instead; half a page is never left', () => {
    const [large, path] = [join(folder, 'large.pcap'), join(folder, 'large.html')];
    writeFileSync(large, '');
    truncateSync(large, 200_000_000);
    const { stderr, status } = view([large, '-w', path]);
    expect(stderr).toBe(
      'overlens: 200 MB are too much for one page, which holds 128 MB\n  drop the files on the page itself, which reads them piece by piece: overlens view --open\n',
    );
    expect({ status, isLeft: existsSync(path) }).toEqual({ status: 2, isLeft: false });
  });

  it('names all that is not there, and never writes over what it reads', () => {
    const missing = view(['nowhere.pcap', '-t', 'nothing/']);
    expect({ stderr: missing.stderr, status: missing.status }).toEqual({
      stderr: 'overlens: nowhere.pcap: no such file\n  nothing/: no such file\n',
      status: 2,
    });
    expect(view([CAPTURE, '-w', CAPTURE]).stderr).toContain('is read, and would be changed by it');
  });
});
