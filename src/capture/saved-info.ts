// What is known of a capture when it has been read, as it is kept in a file beside what was counted.

import { type ErrorCode, OverlensError } from '../errors.ts';
import { DamagedStore, type Fields, must, type Saved, type SavedFields } from '../store/saved.ts';
import { MAX_HOST_NAMES, MAX_INTERFACES } from './limits.ts';
import { gadgetPlace } from './names/gadget-interface.ts';
import type { CaptureInfo, CaptureInterface, HostName } from './source.ts';

/** What reading a capture fills in; logs are noted afterwards, and not kept. */
export function saveInfo(info: CaptureInfo): SavedFields {
  const { path, format, interfaces, complete, warnings, error, hostNames, untimed = null } = info;
  return {
    path,
    format,
    // its name and description tell a gadget's place
    interfaces: interfaces.map(({ gadget: _, clock: _clock, ...one }) => one),
    complete,
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    untimed,
    hostNames: hostNames === undefined ? null : hostNames.map(({ address, name }): Saved => ({ address, name })),
  };
}

/** Whether what was saved is of this capture, which is not read yet: errors name their file. */
export function isInfoOf(info: CaptureInfo, saved: Fields): boolean {
  return saved.value('format') === info.format && (saved.value('error') === null || saved.text('path') === info.path);
}

/** Fills in what reading would. Throws DamagedStore. */
export function restoreInfo(info: CaptureInfo, saved: Fields): void {
  info.interfaces = saved.groups('interfaces', MAX_INTERFACES).map(interfaceIn);
  info.complete = saved.flag('complete');
  info.warnings = saved.groups('warnings').map((one) => ({ code: one.line('code'), message: one.line('message') }));
  info.error = saved.nullable('error', () => errorIn(saved.group('error')));
  const untimed = saved.nullable('untimed', () => saved.line('untimed'));
  if (untimed !== null) info.untimed = untimed;
  const names = saved.nullable('hostNames', () => saved.groups('hostNames', MAX_HOST_NAMES).map(nameIn));
  if (names !== null) info.hostNames = names;
}

function interfaceIn(saved: Fields, index: number): CaptureInterface {
  const text = (name: string): string | null => saved.nullable(name, () => saved.text(name));
  must(saved.number('index') === index, 'an interface is out of turn');
  const described = { name: text('name'), description: text('description') };
  const gadget = gadgetPlace(described);
  return {
    ...{ index, ...described },
    ...(gadget === null ? {} : { gadget }),
    linkType: saved.whole('linkType', -1, 2 ** 32),
    snaplen: saved.whole('snaplen', 0, 2 ** 32),
    filter: text('filter'),
    timeDigits: saved.whole('timeDigits', 0, 255),
    dropped: saved.nullable('dropped', () => saved.number('dropped')),
  };
}

function nameIn(saved: Fields): HostName {
  const address = saved.bytes('address');
  must(address.length === 4 || address.length === 16, 'an address has no length that addresses have');
  return { address, name: saved.text('name') };
}

const CODES: readonly ErrorCode[] = ['E_UNREADABLE', 'E_NOT_A_CAPTURE', 'E_CORRUPT_CAPTURE', 'E_UNSUPPORTED_CAPTURE'];

function errorIn(saved: Fields): OverlensError {
  const code = CODES.find((one) => one === saved.text('code'));
  if (code === undefined) throw new DamagedStore('an error is of no kind');
  return new OverlensError(code, saved.text('message'), { hint: saved.nullable('hint', () => saved.text('hint')) });
}
