// Files of a bundle that hold nothing are one warning a bundle: a diagnosis tool writes hundreds.

import { addUnder } from '../../net/multi-map.ts';
import type { TopologyIssue } from '../model.ts';
import { listNames } from './located.ts';

/** Issues about single files of bundles as one per bundle, at the end. */
export function foldBundles(
  documents: readonly { file: string; bundle?: string }[],
  issues: readonly TopologyIssue[],
): TopologyIssue[] {
  const bundleOf = new Map(documents.flatMap(({ file, bundle }) => (bundle === undefined ? [] : [[file, bundle]])));
  const useless = new Map<string, string[]>();
  const kept = issues.filter(({ code, refs }) => {
    const file = refs[0]?.file ?? '';
    const bundle = code === 'unrecognised-file' || code === 'empty-file' ? bundleOf.get(file) : undefined;
    if (bundle !== undefined) addUnder(useless, bundle, file.slice(bundle.length + 1));
    return bundle === undefined;
  });
  for (const [bundle, files] of useless) {
    const what = files.length === 1 ? '1 file holds' : `${files.length} files hold`;
    const message = `${bundle}: ${what} nothing of a snapshot: not used (${listNames(files)})`;
    const refs = [{ file: bundle, line: null }];
    kept.push({ code: 'unrecognised-file', severity: 'warning', message, refs, subjects: [] });
  }
  return kept;
}
