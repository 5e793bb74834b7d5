// HOT: per packet. No allocation.
// The few moves that every step of the walk is made of: push a layer, narrow its end, end the walk and say why.
import { PROTOCOL } from '../wire/protocols.ts';
import { FAULT, LIMIT, TRUNCATED } from './faults.ts';
import { type LayerStack, MAX_TUNNELS, OUTCOME } from './layer-stack.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const F = FAULT;
const L = LIMIT;
const O = OUTCOME;
const TUNNELS = MAX_TUNNELS;

/** What a step returns when the walk is over; else it returns the PROTOCOL to be read next at `stack.at`. */
export const DONE = PROTOCOL.none;

/** Empties the stack for a packet at `start .. start + captured` that had `original` bytes on the wire. */
export function reset(stack: LayerStack, start: number, captured: number, original: number): void {
  stack.depth = 0;
  stack.tunnels = 0;
  stack.network = -1;
  stack.transport = -1;
  stack.ipProtocol = -1;
  stack.laterFragment = -1;
  stack.firstFragment = -1;
  stack.portsAt = -1;
  stack.outcome = O.complete;
  stack.fault = F.none;
  stack.faultLayer = 0;
  stack.faultAt = 0;
  stack.need = 0;
  stack.have = 0;
  stack.limit = L.captured;
  stack.unsupported = -1;
  stack.unsupportedSpace = 0;
  stack.at = start;
  stack.bound = start + captured;
  stack.cut = captured < original;
  stack.boundBy = stack.cut ? L.captured : L.frame;
}

/** Pushes a layer whose header starts at the cursor and is `headerLength` bytes, and moves the cursor behind that. */
export function push(stack: LayerStack, protocol: number, headerLength: number): void {
  const depth = stack.depth;
  stack.protocol[depth] = protocol;
  stack.start[depth] = stack.at;
  stack.end[depth] = stack.bound;
  stack.depth = depth + 1;
  stack.at += headerLength;
}

/** Lets the layer at the cursor end after `lengthBytes`, unless less is there: it is then the length field that sets the limit. */
export function narrow(stack: LayerStack, lengthBytes: number, limit: number): void {
  const end = stack.at + lengthBytes;
  if (end <= stack.bound) {
    stack.bound = end;
    stack.boundBy = limit;
  }
}

/** Ends the walk: the layer at the cursor needs `need` bytes (0: length was not the matter). */
export function stop(stack: LayerStack, fault: number, need: number): number {
  stack.outcome = O.faulty;
  record(stack, fault, need);
  return DONE;
}

/** Ends the walk: the header of `protocol` at the cursor needs `need` bytes. */
export function cutOff(stack: LayerStack, protocol: number, need: number): number {
  return stop(stack, TRUNCATED[protocol]!, need);
}

/** Notes something odd in the layer at the cursor; the walk goes on, and the first notice is kept until a fault comes. */
export function notice(stack: LayerStack, fault: number, need: number): void {
  if (stack.fault === F.none) record(stack, fault, need);
}

/** Ends the walk at a protocol that is not known; what is left becomes a `data` layer. */
export function unsupported(stack: LayerStack, number: number, space: number): number {
  stack.outcome = O.unsupported;
  stack.unsupported = number;
  stack.unsupportedSpace = space;
  return P.data;
}

/** Ends the walk at a protocol that makes no flow by design; what is left becomes a `data` layer. */
export function notFlow(stack: LayerStack): number {
  stack.outcome = O.notFlow;
  return P.data;
}

/** The bytes that nothing is known about. There is room for them: the walk ends before it asks for a layer too many. */
export function data(stack: LayerStack): number {
  if (stack.bound > stack.at) push(stack, P.data, 0);
  return DONE;
}

/** True when one more tunnel may be entered at stack index `layer`; it is then noted. */
export function enterTunnel(stack: LayerStack, layer: number): boolean {
  const tunnels = stack.tunnels;
  if (tunnels === TUNNELS) return false;
  stack.tunnel[tunnels] = layer;
  stack.tunnels = tunnels + 1;
  return true;
}

function record(stack: LayerStack, fault: number, need: number): void {
  const have = stack.bound - stack.at;
  stack.fault = fault;
  stack.faultLayer = stack.depth;
  stack.faultAt = stack.at;
  stack.need = need;
  stack.have = Math.max(have, 0);
  stack.limit = stack.boundBy;
}
