// Names that Calico computes instead of writing them down: a VTEP's MAC from the node's name, a pod's host veth from
// "namespace.pod". One way only: they identify when they match, and prove nothing when they do not.
import { sha1Hex } from '../net/sha1.ts';
import { WORKLOAD_PREFIX } from './calico.ts';

/** First byte of every MAC that Felix computes (calico-facts 4.4). */
export const VTEP_MAC_START = '66';
/** Of a pod's host veth, behind its prefix. */
const VETH_DIGITS = 11;
/** A prefix and all the digits: a name that was computed, not made up. */
const COMPUTED_VETH = new RegExp(`^[a-z]{3,4}[0-9a-f]{${VETH_DIGITS}}$`);

/**
 * The MAC Felix gives vxlan.calico when none is configured: `66` and the first 5 bytes of SHA-1 over the Calico node name
 * (felix/calc/vxlan_resolver.go, vtepMACForHost); for vxlan-v6.calico over the name with `-v6` appended.
 */
export function vtepMacOfNode(nodeName: string, family: 4 | 6): string {
  const digest = sha1Hex(family === 4 ? nodeName : `${nodeName}-v6`);
  return `${VTEP_MAC_START}:${digest.slice(0, 10).replaceAll(/(..)(?=.)/g, '$1:')}`;
}

/** Whether a MAC can be one that was computed from a node's name. */
export function vtepMacLooksComputed(mac: string): boolean {
  return mac.startsWith(`${VTEP_MAC_START}:`);
}

/**
 * The host side interface of a pod: prefix and 11 hex digits of SHA-1 over "namespace.pod", 15 characters in all
 * (libcalico-go, workload_endpoint_default.go).
 */
export function hostInterfaceOfPod(namespace: string, pod: string, prefix = WORKLOAD_PREFIX): string {
  return prefix + sha1Hex(`${namespace}.${pod}`).slice(0, VETH_DIGITS);
}

/** Whether a device can be a pod's veth: configured prefixes aside, both names end in the same digits (calico-facts 6.2). */
export function isSameVeth(device: string, hostInterface: string): boolean {
  return device.slice(-VETH_DIGITS) === hostInterface.slice(-VETH_DIGITS);
}

/** Whether a name looks like a host veth's that was computed from its pod's. */
export function vethLooksComputed(device: string): boolean {
  return COMPUTED_VETH.test(device);
}
