// Where the challenges lie, and what is in their files: beside the program, in the package as in the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Challenge } from '../../quiz/challenge.ts';
import type { ChallengeTask } from '../../render/quiz/challenge-text.ts';
import { usageError } from '../report-error.ts';

const PLACE = join('samples', 'challenges');

/** All tasks, in their order. @throws OverlensError E_USAGE where this program came without them */
export function challengeTasks(): ChallengeTask[] {
  const root = challengesFolder();
  const folders = readdirSync(root).filter((name) => /^\d\d-/.test(name));
  return folders.sort().map((name) => readTask(join(root, name), Number(name.slice(0, 2))));
}

/** What is right in one of them. */
export function readChallenge({ number }: ChallengeTask): Challenge {
  const file = join(challengesFolder(), 'solutions', `${String(number).padStart(2, '0')}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Challenge;
}

function challengesFolder(): string {
  const starts = [dirname(fileURLToPath(import.meta.url)), process.cwd()];
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      const found = join(folder, PLACE);
      if (existsSync(found)) return found;
      if (dirname(folder) === folder) break;
    }
  }
  throw usageError(
    'the challenges are not beside this program',
    'they are in the npm package and in the repository: run it from there',
  );
}

/** README.md: the title, what it is about, the task. */
function readTask(folder: string, number: number): ChallengeTask {
  const [title = '', about = '', ...rest] = readFileSync(join(folder, 'README.md'), 'utf8').trim().split('\n\n');
  const paragraphs = rest.map((text) => text.replaceAll('\n', ' '));
  return { number, title: title.replace(/^# /, ''), about, paragraphs, folder: typedPath(folder) };
}

/** As somebody who stands here would type it. */
function typedPath(path: string): string {
  const from = relative(process.cwd(), path);
  const shorter = from !== '' && from.length < path.length ? from : path;
  return /^[\w./-]+$/.test(shorter) ? shorter : `'${shorter.replaceAll("'", "'\\''")}'`;
}
