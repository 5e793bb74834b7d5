// What crosses between threads beside the ring: what is known of a capture, as it becomes known, and bytes that no slot has room for.

import type { CaptureInfo, CaptureInterface } from '../capture/source.ts';
import { type ErrorCode, OverlensError } from '../errors.ts';

export type DecodeMessage = InterfacesMessage | InfoMessage | LargeMessage;

/** More interfaces. */
interface InterfacesMessage {
  kind: 'interfaces';
  interfaces: CaptureInterface[];
}

/** The capture has been read. */
interface InfoMessage {
  kind: 'info';
  info: Pick<CaptureInfo, 'interfaces' | 'complete' | 'warnings' | 'hostNames' | 'untimed'> | null;
  error: { code: ErrorCode; message: string; hint: string | null } | null;
}

/** The bytes of a block. */
interface LargeMessage {
  kind: 'large';
  bytes: Uint8Array;
}

/** @param info null where the capture could not be opened again: then there is an error */
export function infoMessage(info: CaptureInfo | null, error = info?.error ?? null): InfoMessage {
  const told = error === null ? null : { code: error.code, message: error.message, hint: error.hint };
  if (info === null) return { kind: 'info', info, error: told };
  const { interfaces, complete, warnings, hostNames, untimed } = info;
  return {
    kind: 'info',
    info: {
      ...{ interfaces, complete, warnings },
      ...(hostNames === undefined ? {} : { hostNames }),
      ...(untimed === undefined ? {} : { untimed }),
    },
    error: told,
  };
}

/** Takes over what a message tells of a capture. */
export function takeMessage(info: CaptureInfo, message: InterfacesMessage | InfoMessage): void {
  if (message.kind === 'interfaces') {
    info.interfaces.push(...message.interfaces);
    return;
  }
  if (message.info !== null) Object.assign(info, message.info);
  const { error } = message;
  if (error !== null) info.error = new OverlensError(error.code, error.message, { hint: error.hint });
}
