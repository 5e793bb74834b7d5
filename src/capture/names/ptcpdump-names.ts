// ptcpdump: comments of their own for process, container and pod. The pod is the local process's (internal/writer/pcapng.go).
import { type CommentedPacket, type EndName, fieldsOf, podOf } from './commented-ends.ts';

/** Without a direction nobody knows which end is local. */
export function ptcpdumpNames({ comments, direction }: CommentedPacket): EndName[] {
  const told = comments.filter((comment) => comment.startsWith('PodName: '));
  if (told.length !== 1 || direction === null) return [];
  const fields = fieldsOf((told[0] ?? '').split('\n').slice(0, 2), ': ');
  const pod = podOf(fields.get('PodNamespace'), fields.get('PodName'));
  if (pod === null) return [];
  const side = direction === 'outbound' ? 'source' : 'destination';
  return [{ side, ...pod, node: null, address: null, writer: 'ptcpdump' }];
}
