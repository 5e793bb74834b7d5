import type { PathReport } from '../../path/model.ts';
import type { Page } from '../page/page-model.ts';
import type { PathLook } from './path-text.ts';
export function pathPage(_report: PathReport, _look: PathLook): Page {
  return { title: '', description: '', blocks: [] };
}
