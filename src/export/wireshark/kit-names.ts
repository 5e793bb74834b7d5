// Names of the files that are written: of each capture its own, safe in every file system, no two alike.
import { baseName } from '../../attribution/points/points-input.ts';

const ENDING = /(\.(pcap|pcapng|cap|dmp))?(\.(gz|zst))?$/i;
const LONGEST = 200;

/** One name per path, in order: `NAME.overlens.pcapng`; where two would be alike, with what stands before the name. */
export function annotatedNames(paths: readonly string[]): string[] {
  const stems = paths.map((path) => safe(path === '-' ? 'stdin' : baseName(path).replace(ENDING, '')));
  const isTwice = (stem: string): boolean => stems.filter((other) => sameFile(other, stem)).length > 1;
  const taken = new Set<string>();
  return stems.map((stem, i) => {
    const wanted = isTwice(stem) ? safe(parentAnd(paths[i] ?? '')) : stem;
    let name = wanted;
    for (let next = 2; taken.has(name.toLowerCase()); next++) name = `${wanted}-${next}`;
    taken.add(name.toLowerCase());
    return `${name}.overlens.pcapng`;
  });
}

/** `n1/eth0.pcap` is `n1-eth0`. */
function parentAnd(path: string): string {
  return path
    .replace(ENDING, '')
    .split(/[/\\!]/)
    .slice(-2)
    .join('-');
}

/** Some file systems know no difference between upper and lower case. */
function sameFile(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function safe(name: string): string {
  return (
    name
      .replaceAll(/[^A-Za-z0-9._+=@-]/g, '_')
      .replace(/^[.-]/, '_')
      .slice(0, LONGEST) || 'capture'
  );
}
