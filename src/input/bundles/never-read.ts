// Files of a bundle that are not even looked into: logs and programs. A must-gather has gigabytes of them.

const NEVER = /\.(log|journal|pprof|prof|core|html|css|js|png|svg|so|ko|db)(\.\d{1,9})?(\.gz|\.xz|\.zst)?$/i;
const FOLDERS = /(^|[/!\\])(logs|var[/\\]log|lib[/\\]modules|proc[/\\]\d{1,9}|sys)[/\\]/;
/** What tcpdump printed beside its capture: how many packets the kernel dropped. */
const KEPT = /(^|[/!\\])[\w.-]{0,200}(tcpdump[\w.-]{0,200}|\.pcap(ng)?\d{0,9})\.log$/i;

/** @param below path in the bundle */
export function isNeverRead(below: string): boolean {
  return (NEVER.test(below) || FOLDERS.test(below)) && !KEPT.test(below) && !isTable(below);
}

/** A table that somebody kept under the name of its command: `n1_ip_route.log`. */
function isTable(below: string): boolean {
  const name = below.split(/[/!\\]/).at(-1) ?? '';
  if (!/\.log$/i.test(name) || name.length > 255) return false;
  const words = name.toLowerCase().split(/[-_. ]/);
  const program = words.findIndex((word) => word === 'ip' || word === 'bridge');
  return program >= 0 && words.slice(program + 1).some((word) => /^(?:route|neigh|link|addr|address|fdb)$/.test(word));
}
