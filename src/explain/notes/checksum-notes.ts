// Checksums that are not simply right: zero, left to the network card, or wrong, and which of these is an error (calico-facts 4.6).
import { vxlanDevice } from '../../cluster/profile.ts';
import { stopChecksumOffload } from '../../cluster/show-commands.ts';
import type { ChecksumView } from '../../decode/view/checksums.ts';
import type { ExplainedLayer, Note } from '../explanation.ts';
import type { Scene } from '../packet-facts.ts';
import { checksumLook, spanOf } from '../rows/field-cells.ts';
import { note } from './frame-notes.ts';
import { offloadSentence } from './offload-sentence.ts';

export function checksumNotes(scene: Scene): Note[] {
  let explained = false;
  return scene.layers.flatMap((layer) =>
    layer.fields.flatMap((field) => {
      const judged = field.checksum;
      if (judged === null || checksumLook(judged) === 'usual') return [];
      const again = explained && judged.state === 'unfinished';
      explained ||= judged.state === 'unfinished';
      return [checksumNote(scene, layer, judged, spanOf(layer, field), again)];
    }),
  );
}

function checksumNote(
  scene: Scene,
  layer: ExplainedLayer,
  judged: ChecksumView,
  span: Note['span'],
  again: boolean,
): Note {
  const side = layer.side === 'outer' ? 'outer ' : layer.side === 'inner' ? 'inner ' : '';
  const what = `${side}${layer.title} checksum`;
  const value = `0x${judged.found.toString(16).padStart(4, '0')}`;
  switch (judged.state) {
    case 'zero-allowed':
      return note('checksum-zero', 'notable', `The ${what} is zero`, zeroText(scene, layer), span);
    case 'unfinished':
      return note(
        'checksum-unfinished',
        'notable',
        `The ${what} is not finished`,
        unfinishedText(scene, value, judged, again),
        span,
      );
    case 'zero-not-allowed': {
      const text = `It is 0, which over IPv6 only tunnels may use (RFC 6935); ${judged.reason}.`;
      return note('checksum-zero', 'wrong', `The ${what} is missing`, text, span);
    }
    default:
      return note('checksum-wrong', 'wrong', `The ${what} is wrong`, wrongText(scene, value, judged), span);
  }
}

function zeroText({ outer }: Scene, layer: ExplainedLayer): string {
  const base =
    '0 means that the sender computed none, which UDP over IPv4 allows (RFC 768) and tunnels may do over IPv6 (RFC 6935).';
  if (layer.side !== 'outer') return base;
  const kernel = "Linux's own VXLAN device does compute one over IPv4; eBPF dataplanes (Calico's, Cilium's) do not";
  return outer.vni === null ? base : `${base} ${kernel}. Nothing is wrong.`;
}

/** Why that is no error is said once. */
function unfinishedText(scene: Scene, value: string, { reason }: ChecksumView, again: boolean): string {
  if (again) return `${value}: ${reason}. This is no error either.`;
  return `${value}: ${reason}. The kernel lets the network card finish it after the point of capture (checksum offload), so a capture on the sending host, on a veth or on the tunnel device shows such values. It is no error; only at the receiver's NIC would it be one.${offloadSentence(scene, 'checksum')}`;
}

function wrongText({ place, sender, settings }: Scene, value: string, { expected }: ChecksumView): string {
  const should = expected === null ? '' : ` and should be 0x${expected.toString(16).padStart(4, '0')}`;
  const atSender = place.node !== null && place.node === sender?.name;
  const where = atSender
    ? 'On the sending host an offload that is not recognised may still explain it: compare with a capture at the receiver.'
    : `Seen where it arrives, it is an error: the receiver drops the packet. Known cause: checksum offload of the sending network card or its driver with VXLAN (${stopChecksumOffload(vxlanDevice(settings.profile, 4))}).`;
  return `It is ${value}${should}. ${where}`;
}
