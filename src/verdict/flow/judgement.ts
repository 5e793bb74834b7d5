// What judging one flow starts from and what it ends with.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { FrameEnds } from '../../attribution/points/frame-ends.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { LearnedVteps } from '../../attribution/who/learned-vteps.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { Topology } from '../../topology/model.ts';
import type { ModeChange } from '../cause/mode-spans.ts';

import type { FindingCode } from '../codes.ts';
import type { Unverified, Verdict } from '../trace-types.ts';
import type { Settings } from './overlay-in-use.ts';

export interface JudgeInput {
  topology: Topology | null;
  settings: Settings;
  src: Who;
  dst: Who;
  expected: Expected;
  /** What would be expected if the destination were where it is only presumed to be; null without a presumption. */
  presumed: Expected | null;
  observations: readonly SeenObservation[];
  /** Which node let the frames of an observation out. */
  framesOf: (seen: SeenObservation) => FrameEnds;
  modeChange: ModeChange | null;
  /** Whether plain packets ended before tunnel packets that cannot be read began. */
  mayHaveSwitched: () => boolean;
  /** The packets are tunnel packets whose inner headers the snaplen cut off. */
  cutOff: boolean;
  /** Nothing was seen but packets in a circle, away from their sender. */
  inCircle: boolean;
  learned: LearnedVteps;
  /** Path of each capture, for advice. */
  paths: readonly string[];
}

export interface RawFinding {
  code: FindingCode;
  message: string;
  seen: SeenObservation | null;
}

export interface Judgement {
  verdict: Verdict;
  unverified: Unverified | null;
  findings: RawFinding[];
}
