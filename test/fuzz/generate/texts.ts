// Texts of a snapshot: real ones whose lines, words and values are exchanged, and pastes made of commands, their outputs and what people
// put around them. Names and addresses come from a small set, so that documents contradict each other.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fixture, LAB_NODES, LAB_POOLS, podYaml } from '../../topology/documents.ts';
import type { FuzzInput } from '../input.ts';

const CHOICE = fc.nat(1_000_000);

function texts(folder: string): string[] {
  return readdirSync(`test/fixtures/${folder}`)
    .filter((name) => name !== 'README.md')
    .map((name) => fixture(`${folder}/${name}`));
}

const SAMPLE = 'samples/01-vxlan-between-nodes/topology';
const OUTPUTS = [...texts('iproute2'), ...texts('lab-text')];
const DOCUMENTS = [
  ...['nodes', 'pods', 'ippools'].map((name) => readFileSync(`${SAMPLE}/${name}.yaml`, 'utf8')),
  LAB_NODES,
  LAB_POOLS,
  podYaml('web', 'control1', '10.48.0.130'),
  ...OUTPUTS,
];

/** Words that take another one's place. */
const WORDS = fc.constantFrom(
  ...[
    '10.48.0.130',
    '10.0.1.20',
    '10.48.0.0/33',
    '999.1.1.1',
    '10.48.0.0/26',
    '::/0',
    'fd00::1%eth0',
    '0.0.0.0/0',
    '-1',
    '1e309',
  ],
  ...[
    'null',
    'true',
    '{}',
    '[]',
    '""',
    '*a',
    '&a',
    '|',
    '>-',
    '!!binary',
    'default',
    'via',
    'dev',
    'Node',
    'IPPool',
    'Always',
  ],
  ...[
    'control1',
    'vxlan.calico',
    '4096',
    '66:14:9d:f4:2c:1f',
    '\t',
    '\u202e',
    '\ufeff',
    '\x1b[31m',
    "'",
    '#',
    '---',
    '```',
    '\u0000',
  ],
);

type Edit =
  | { how: 'word'; at: number; word: string }
  | { how: 'remove' | 'repeat' | 'indent' | 'join' | 'move'; at: number; count: number }
  | { how: 'cut'; at: number };

const EDIT: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ how: fc.constant('word' as const), at: fc.nat(), word: WORDS }) },
  {
    weight: 3,
    arbitrary: fc.record({
      how: fc.constantFrom('remove', 'repeat', 'indent', 'join', 'move'),
      at: fc.nat(),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  fc.record({ how: fc.constant('cut' as const), at: fc.nat() }),
);

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editedOnce, text);
}

function editedOnce(text: string, edit: Edit): string {
  if (edit.how === 'cut') return text.slice(0, edit.at % (text.length + 1));
  if (edit.how === 'word') {
    const words = [...text.matchAll(/[^\s,"]+/g)];
    const found = words[edit.at % Math.max(1, words.length)];
    return found === undefined
      ? edit.word
      : text.slice(0, found.index) + edit.word + text.slice(found.index + found[0].length);
  }
  const lines = text.split('\n');
  const at = edit.at % lines.length;
  const taken = lines.slice(at, at + edit.count);
  const [before, behind] = [lines.slice(0, at), lines.slice(at + edit.count)];
  switch (edit.how) {
    case 'remove':
      return [...before, ...behind].join('\n');
    case 'repeat':
      return [...before, ...taken, ...taken, ...behind].join('\n');
    case 'indent':
      return [...before, ...taken.map((line) => `  ${line}`), ...behind].join('\n');
    case 'join':
      return [...before, taken.join(' '), ...behind].join('\n');
    case 'move':
      return [...taken, ...before, ...behind].join('\n');
  }
}

/** Documents of a snapshot, each with its edits. */
export const SNAPSHOTS: fc.Arbitrary<FuzzInput> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...DOCUMENTS), fc.array(EDIT, { maxLength: 5 })), { minLength: 1, maxLength: 4 }),
    fc.array(fc.constantFrom('control1', 'worker1', 'a', 'x-y.z'), { minLength: 1, maxLength: 4 }),
    CHOICE,
  )
  .map(([documents, folders, choice]) =>
    textInput(
      documents.map(([text, edits], i) => ({
        name: `${folders[i % folders.length]}/${i}.txt`,
        text: edited(text, edits),
      })),
      choice,
    ),
  );

const COMMANDS = fc.constantFrom(
  ...[
    'ip route',
    'ip -d link show',
    'ip neigh',
    'bridge fdb show',
    'ip -br addr',
    'ip r | grep 10.48',
    'kubectl get nodes -o yaml',
  ],
  ...[
    'kubectl -n shop get pods -o wide',
    'calicoctl ipam show --show-blocks',
    'uname -a',
    'kubectl exec x -- ip route',
    'wg show',
  ],
  ...[
    'for n in a b; do echo $n; ssh $n ip route; done',
    'cat <<EOF | kubectl apply -f -',
    'ip route get 10.48.0.200',
    '',
  ],
);
const PROMPTS = fc.constantFrom(
  'control1$ ',
  'root@worker1:~# ',
  '[root@h ~]# ',
  '$ ',
  '# ',
  '> ',
  '',
  '---- 10.0.0.1 ( node2 ) ----\n',
  '=== worker1 ===\n',
);
const AROUND = fc.constantFrom<[string, string]>(
  ...([
    ['', ''],
    ['```\n', '\n```'],
    ['```console\n', ''],
    ['EOF\n', 'EOF\n'],
    ['Some words.\n\n', '\nand so on'],
    ['\x1b[1m', '\x1b[0m'],
  ] as [string, string][]),
);

/** One paste of several commands. */
export const PASTES: fc.Arbitrary<FuzzInput> = fc
  .tuple(
    fc.array(fc.tuple(PROMPTS, COMMANDS, fc.constantFrom(...DOCUMENTS), fc.array(EDIT, { maxLength: 2 }), AROUND), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.constantFrom('', '', '> ', '    ', '| '),
    fc.constantFrom('\n', '\n', '\r\n', '\r'),
    CHOICE,
  )
  .map(([parts, indent, ending, choice]) => {
    const text = parts
      .map(
        ([prompt, command, output, edits, [open, close]]) =>
          `${open}${prompt}${command}\n${edited(output, edits)}${close}`,
      )
      .join('\n');
    const lines = text.split('\n').map((line) => indent + line);
    return textInput([{ name: 'paste.txt', text: lines.join(ending) }], choice);
  });

function textInput(files: readonly { name: string; text: string }[], choice: number): FuzzInput {
  const encoded = files.map(({ name, text }) => ({ name, bytes: new TextEncoder().encode(text) }));
  return { files: encoded, content: encoded.map(({ bytes }) => bytes), choice };
}
