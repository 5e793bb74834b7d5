// rustnet: one comment, `rustnet process=nginx pid=7 pod=web-1 ns=shop pod_uid=… container=… direction=outgoing`. The pod is the local
// process's, the direction that of its connection: outgoing is one that the process opened.
import { type CommentedPacket, type EndName, fieldsOf, type NamedSide, podOf } from './commented-ends.ts';

export function rustnetNames({ comments, direction }: CommentedPacket): EndName[] {
  const told = comments
    .map((comment) => comment.split(' '))
    .filter((words) => words.some((word) => word.startsWith('pod=')));
  if (told.length !== 1) return [];
  const fields = fieldsOf(told[0] ?? [], '=');
  const pod = podOf(fields.get('ns'), fields.get('pod'));
  const side = sideOf(direction, fields.get('direction'));
  return pod === null || side === null ? [] : [{ side, ...pod, node: null, address: null, writer: 'rustnet' }];
}

function sideOf(direction: CommentedPacket['direction'], ofConnection: string | undefined): NamedSide | null {
  if (direction !== null) return direction === 'outbound' ? 'source' : 'destination';
  if (ofConnection === 'outgoing') return 'initiator';
  return ofConnection === 'incoming' ? 'responder' : null;
}
