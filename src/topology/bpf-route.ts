// A route of Calico's eBPF dataplane: there it decides, and `ip route` does not (felix/bpf/routes).
import type { Place } from './place.ts';

export interface BpfRoute {
  /** CIDR; single addresses as /32 or /128. */
  dst: string;
  /** As felix names them: `local` or `remote`, `host`, `workload`, `in-pool`, `same-subnet`, `tunneled`, `vxlan`, ... The text form leaves `vxlan` out. */
  flags: readonly string[];
  /** The node behind a remote workload. */
  nextHop: string | null;
  /** The device of a local workload. */
  ifindex: number | null;
  /** The line, or the same as a line. */
  text: string;
  ref: Place;
}
