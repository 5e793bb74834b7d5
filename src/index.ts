// The public API: the one re-exporting file. Everything but `loadTopology` and `openCapture` also runs in a browser.

export type { AtRule } from './attribution/points/points-input.ts';
export { openCapture } from './capture/open.ts';
export type { CaptureInfo, CaptureReader, PacketBatch } from './capture/source.ts';
export { LayerStack } from './decode/layer-stack.ts';
export { viewPacket } from './decode/view/packet-view.ts';
export { walk } from './decode/walk.ts';
export { walkPorts } from './decode/walk-ports.ts';
export { type ErrorCode, OverlensError } from './errors.ts';
export { loadTopology } from './input/load-topology.ts';
export { buildTopology } from './topology/build.ts';
export type { Topology } from './topology/model.ts';
export { type TraceOptions, traceCaptures } from './trace.ts';
export { FINDINGS, type FindingCode } from './verdict/codes.ts';
export { diffTraces, type TraceDiff } from './verdict/diff-traces.ts';
export type { FlowFilter } from './verdict/flow-filter.ts';
export type { Cause, Finding, Trace, TracedCapture, TracedFlow, Verdict } from './verdict/trace-types.ts';
export { verifyTrace } from './verdict/verify/verify.ts';
export type { VerifyOptions, VerifyReport } from './verdict/verify/verify-report.ts';
