// What a page and its worker say to each other.
import type { Inspected } from '../render/explain/inspected-bytes.ts';

/** A file as the page got it. Files of a folder are named by it: `topology/node1/ip-route.txt`. */
export interface ViewFile {
  name: string;
  content: Blob;
}

export type ViewOrder =
  | {
      kind: 'analyse';
      files: readonly ViewFile[];
      /** Names of files, and folders of files. */
      inputs: readonly string[];
      /** Of tcpdump; empty: every flow. */
      expression: string;
      version: string;
    }
  | { kind: 'stop' }
  | { kind: 'explain'; capture: number; packet: number }
  | { kind: 'export' };

/** Something to be known beside the report: what is wrong, and what to do. */
export interface ViewProblem {
  text: string;
  hint: string | null;
}

/** A packet that belongs to the one that is shown. */
export interface RelatedPacket {
  capture: number;
  packet: number;
  text: string;
}

export type ViewAnswer =
  /** `share`: of 1; null where it is not known. */
  | { kind: 'progress'; text: string; share: number | null }
  | {
      kind: 'report';
      title: string;
      body: string;
      captures: readonly { name: string; packets: number }[];
      taken: readonly string[];
      problems: readonly ViewProblem[];
      /** The packet to begin with; null where there is none. */
      first: { capture: number; packet: number } | null;
    }
  /** Behind the report, whose answer need not wait for them: the conversations, JSON of a `ReportData`. */
  | { kind: 'conversations'; data: string }
  | {
      kind: 'explained';
      capture: number;
      packet: number;
      title: string;
      body: string;
      inspected: Inspected;
      related: readonly RelatedPacket[];
    }
  | { kind: 'exported'; content: Blob }
  | ({ kind: 'failed'; of: ViewOrder['kind']; taken: readonly string[] } & ViewProblem);
