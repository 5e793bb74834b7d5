// How a path is drawn: what the terminal allows, and how names are shortened.
import type { PathReport } from '../../path/path-model.ts';
import type { NameFitter } from '../text/endpoint-names.ts';
import type { Paint } from '../text/paint.ts';

export interface PathLook {
  width: number;
  color: boolean;
  all: boolean;
  /** Flows before the rest is counted only; null: as many as are usual. */
  top: number | null;
}

/** How a path is drawn. */
export interface PathDrawing {
  report: PathReport;
  fitter: NameFitter;
  paint: Paint;
  width: number;
}

/** Flows shown, where nobody says how many. */
export const USUAL_TOP = 10;
