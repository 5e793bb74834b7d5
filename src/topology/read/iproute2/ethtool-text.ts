// `ethtool -k DEV` (ethtool(8)), as text and as JSON: a heading with the device, then `name: on [fixed]`, parts of a group indented.
// Of some fifty features those are kept that tell what captures show at the device.
import type { DeviceFeature } from '../../device-feature.ts';
import type { SourceRef } from '../../model.ts';
import { flagAt, type Located, textAt, valueAt } from '../located.ts';
import type { Command } from '../paste/command-line.ts';

const KEPT: ReadonlySet<string> = new Set([
  'rx-checksumming',
  'tx-checksumming',
  'tx-checksum-ipv4',
  'tx-checksum-ip-generic',
  'tx-checksum-ipv6',
  'tcp-segmentation-offload',
  'generic-segmentation-offload',
  'generic-receive-offload',
  'large-receive-offload',
  'tx-udp_tnl-segmentation',
  'tx-udp_tnl-csum-segmentation',
  'tx-ipxip4-segmentation',
]);

/** The device that a command asks ethtool for the features of; null where it asks something else. */
export function featuresAsked(words: readonly string[]): string | null {
  if (words[0] !== 'ethtool') return null;
  const at = words.findIndex((word) => /^(-k|--show-features|--show-offload)$/.test(word));
  return at < 0 ? null : (words[at + 1] ?? null);
}

export interface FeatureReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
}

/** Reads it into a list. What went through a filter has lost its heading: the command names the device. */
export function createFeatureReader(features: DeviceFeature[], command: Command | null): FeatureReader {
  const asked = new Set((command?.runs ?? []).map(({ words }) => featuresAsked(words)).filter((name) => name !== null));
  let device = asked.size === 1 ? ([...asked][0] ?? null) : null;
  return {
    read(line, ref) {
      const [, named] = /^Features for ([\w.:@-]{1,60}):\s*$/.exec(line) ?? [];
      if (named !== undefined) {
        device = named.split('@')[0] ?? named;
        return true;
      }
      if (device === null) return false;
      const [, name = '', state, fixed] =
        /^\s{0,8}([a-z][\w-]{1,50}): (on|off)( \[(?:fixed|requested on|requested off|not requested)\])?\s*$/.exec(
          line,
        ) ?? [];
      if (state === undefined) return false;
      const isFixed = fixed === ' [fixed]';
      if (KEPT.has(name)) features.push({ device, name, isOn: state === 'on', isFixed, text: line.trim(), ref });
      return true;
    },
  };
}

/** One element of the JSON form, the features of one device; false when it is none. */
export function readFeatureElement(element: Located, features: DeviceFeature[]): boolean {
  const { value } = element;
  const device = textAt(value, 'ifname');
  if (device === null || valueAt(value, 'tx-checksumming', 'active') === undefined) return false;
  for (const name of KEPT) {
    const isOn = flagAt(value, name, 'active');
    if (isOn === null) continue;
    const isFixed = flagAt(value, name, 'fixed') === true;
    const text = `${name}: ${isOn ? 'on' : 'off'}${isFixed ? ' [fixed]' : ''}`;
    features.push({ device, name, isOn, isFixed, text, ref: element.ref([name]) });
  }
  return true;
}
