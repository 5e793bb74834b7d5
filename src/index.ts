// The public API (docs/api.md): the one re-exporting file. All of it also runs in a browser, built as dist/browser.js; there files are given, not named.

export { type DecodedPacket, type DecodeOptions, decodePackets } from './api/decode-packets.ts';
export {
  type ExplainOptions,
  explainPacket,
  type PathOptions,
  type TracedInputs,
  tracePath,
} from './api/follow-packets.ts';
export { type LoadOptions, loadTopology, type OpenedInputs, openInputs } from './api/open-inputs.ts';
export { eachFlow, type TraceOptions, traceCaptures } from './api/trace-inputs.ts';
export type { FileInput } from './api/with-files.ts';
export type { AtRule } from './attribution/points/points-input.ts';
export { type BlobLike, type GivenFile, type GivenFiles, giveFiles, type NamedContent } from './bytes/given-files.ts';
export type { ByteStream } from './bytes/opened-file.ts';
export { openCapture } from './capture/open.ts';
export type { ReadingProgress } from './capture/reading-progress.ts';
export type { CaptureInfo, CaptureReader, PacketBatch } from './capture/source.ts';
export { LayerStack } from './decode/layer-stack.ts';
export { type LayerView, namedFields, viewPacket } from './decode/view/packet-view.ts';
export { walk } from './decode/walk.ts';
export { walkPorts } from './decode/walk-ports.ts';
export { type ErrorCode, OverlensError } from './errors.ts';
export type { Explanation } from './explain/explanation.ts';
export type { Taken } from './input/sort-arguments.ts';
export type { PacketRef, PathReport } from './path/path-model.ts';
export { renderExplanationJson } from './render/explain/explanation-json.ts';
export { renderPathJson } from './render/path/path-json.ts';
export { renderJson, renderJsonLines } from './render/trace/trace-json.ts';
export { buildTopology } from './topology/build.ts';
export type { Topology } from './topology/model.ts';
export { FINDINGS, type FindingCode } from './verdict/codes.ts';
export { diffTraces, type TraceDiff } from './verdict/diff-traces.ts';
export type { FlowFilter } from './verdict/flow-filter.ts';
export type { Cause, Finding, Trace, TracedCapture, TracedFlow, Verdict } from './verdict/trace-types.ts';
export { verifyTrace } from './verdict/verify/verify.ts';
export type { VerifyOptions, VerifyReport } from './verdict/verify/verify-report.ts';
