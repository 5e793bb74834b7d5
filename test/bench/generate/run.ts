// `npm run -s bench:capture -- [--out FILE] [--snapshot DIR] [--gzip] [--packets N] [--flows N] [--nodes N] [--pods N] [--seed S] ...`
//
// Makes a capture of a cluster's NICs (docs/performance.md) from a seed, and the snapshot that fits. Without --out or with
// `--out -` it goes to standard output, so that no file is needed however long it is. Numbers may be written 48M, 200k.
import { parseArgs } from 'node:util';
import { CAPTURE_ARGUMENTS, optionsOfArguments } from './options-of-arguments.ts';
import { writeSnapshot } from './snapshot.ts';
import { writeCapture } from './write.ts';

const { values } = parseArgs({
  options: {
    ...CAPTURE_ARGUMENTS,
    out: { type: 'string' },
    snapshot: { type: 'string' },
    gzip: { type: 'boolean', default: false },
  },
});

const options = optionsOfArguments(values);
if (values.snapshot !== undefined) writeSnapshot(values.snapshot, options);
if (values.out !== undefined || values.snapshot === undefined)
  await writeCapture({ path: values.out ?? '-', gzip: values.gzip }, options);
