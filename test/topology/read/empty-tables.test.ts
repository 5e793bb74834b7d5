// A command that printed nothing says that there is nothing, but only where it ran, and where all of its output is here.
import { describe, expect, it } from 'vitest';
import { LAB_NODES, topologyOf } from '../documents.ts';

const hasOf = (text: string) => topologyOf({ n: LAB_NODES, a: `control1$ ${text}` }).nodes[0]?.has;
const NEIGHBOUR = '10.48.0.206 dev vxlan.calico lladdr 66:14:9d:f4:2c:1f PERMANENT\n';

describe('a table is empty', () => {
  it.each([
    ['neigh', 'ip neigh\ncontrol1$ date\n'],
    ['fdb', 'ssh control1 bridge fdb show dev vxlan.calico\nroot@laptop:~# \n'],
    ['neigh', 'kubectl debug node/control1 --image=busybox -- ip neigh\ncontrol1$ exit\n'],
  ] as const)('of %s where the next prompt follows at once', (table, text) => {
    expect(hasOf(text)?.[table]).toBe(true);
  });

  it.each([
    ['half a command at the end', 'bridge fd', 'fdb'],
    ['a command at the end, of which nobody knows whether it ran', 'bridge fdb show dev vxlan.calico', 'fdb'],
    ['the same with a break behind it', 'ip neigh\n', 'neigh'],
    ['a program that there is not', 'bridge fdb\n-bash: bridge: command not found\ncontrol1$ date\n', 'fdb'],
    [
      'a machine that is not reached',
      'ssh control1 ip neigh\nssh: connect to host control1 port 22: Connection timed out\ncontrol1$ date\n',
      'neigh',
    ],
    [
      'a pod that was not made',
      'kubectl debug node/control1 -it --image=busybox -- ip neigh\nerror: timed out waiting for the condition\n$ date\n',
      'neigh',
    ],
    [
      'a connection that was closed',
      `ssh control1 ip neigh\n${NEIGHBOUR}Connection to control1 closed by remote host.\ncontrol1$ date\n`,
      'neigh',
    ],
    ['an error of the kernel', 'ip route\nDump terminated\ncontrol1$ date\n', 'route'],
    ['the family that was asked for', 'ip -6 neigh\ncontrol1$ date\n', 'neigh'],
    ['the routing table that was asked for', 'ip route show table 200\ncontrol1$ date\n', 'route'],
  ] as const)('and not by %s', (_, text, table) => {
    expect(hasOf(text)?.[table]).toBe(false);
  });
});
