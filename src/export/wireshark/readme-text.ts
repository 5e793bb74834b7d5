// What lies in the folder, and how it is opened: for who gets it without a word.
import { PROFILE } from './profile-files.ts';

/** @param names of the annotated captures */
export function readmeText(names: readonly string[]): string {
  const [first = 'CAPTURE.overlens.pcapng'] = names;
  return `Captures as they were, annotated by overlens, and a profile for Wireshark that goes with them.

From this folder, without installing anything:

  WIRESHARK_CONFIG_DIR=. wireshark -C ${PROFILE} ${first}
  WIRESHARK_CONFIG_DIR=. tshark -C ${PROFILE} -r ${first} -Y 'frame.comment contains "VIOLATION"'

Or copy profiles/${PROFILE} into the folder "profiles" of your personal configuration
(Help > About Wireshark > Folders) and choose the profile ${PROFILE} (Edit > Configuration Profiles).

Display filters:

  frame.comment contains "VIOLATION"             packets of flows that are wrong
  frame.comment contains "WARNING"               packets of flows with a warning
  frame.comment contains "overlens: unverifiable" packets of flows that could not be judged
  frame.comment contains "wrong-destination-vtep" one finding
  ip.host == "NAMESPACE/POD"                     one pod

The captures have the names of pods and nodes in them: they are shown without the profile too, once
View > Name Resolution > Resolve Network Addresses is on (tshark -N n).
`;
}
