// The profile: files of Wireshark's configuration, each in its own syntax (Wireshark User's Guide, appendix "Files and Folders").
import { VXLAN_PORT } from '../../wire/vxlan.ts';
import { COMMENT_MARK } from './flow-comments.ts';
import type { Named } from './names.ts';

export interface ProfileFile {
  name: string;
  /** Empty: there must be no such file. Wireshark takes one of hosts without a name for one that it cannot read. */
  text: string;
}

export interface ProfileContent {
  addresses: readonly Named[];
  macs: readonly Named[];
  networks: readonly Named[];
  /** UDP ports of VXLAN in this cluster. */
  vxlanPorts: readonly number[];
}

/** Name of the profile: of its folder, and what `wireshark -C` takes. */
export const PROFILE = 'overlens';

export function profileFiles({ addresses, macs, networks, vxlanPorts }: ProfileContent): ProfileFile[] {
  return [
    { name: 'hosts', text: linesOf(addresses) },
    { name: 'ethers', text: linesOf(macs) },
    { name: 'subnets', text: linesOf(networks) },
    { name: 'colorfilters', text: COLORS.map(colorLine).join('') },
    {
      name: 'decode_as_entries',
      text: vxlanPorts
        .filter((port) => port !== VXLAN_PORT)
        .map(decodeAsLine)
        .join(''),
    },
    { name: 'dfilter_buttons', text: BUTTONS.map(buttonLine).join('') },
    { name: 'preferences', text: PREFERENCES },
  ];
}

function linesOf(names: readonly Named[]): string {
  return names.map(({ what, name }) => `${what}\t${name}\n`).join('');
}

/** Sixteen bits of red, green and blue. */
type Color = readonly [number, number, number];

interface ColorRule {
  name: string;
  filter: string;
  background: Color;
  foreground: Color;
}

const BLACK: Color = [0, 0, 0];
const WHITE: Color = [65535, 65535, 65535];

const says = (mark: keyof typeof COMMENT_MARK): string => `frame.comment contains "${COMMENT_MARK[mark]}"`;

/** The first that fits counts. */
const COLORS: readonly ColorRule[] = [
  { name: 'overlens violation', filter: says('violation'), background: [45000, 5000, 10000], foreground: WHITE },
  { name: 'overlens warning', filter: says('warning'), background: [65535, 54000, 36000], foreground: BLACK },
  { name: 'overlens unverifiable', filter: says('unverifiable'), background: [56000, 56000, 56000], foreground: BLACK },
  { name: 'VXLAN', filter: 'vxlan', background: [55500, 62000, 65535], foreground: BLACK },
  { name: 'Geneve', filter: 'geneve', background: [57000, 65535, 62000], foreground: BLACK },
  { name: 'WireGuard', filter: 'wg', background: [62000, 57000, 65535], foreground: BLACK },
  { name: 'IP-in-IP', filter: 'ip.proto == 4 || ip.proto == 41', background: [59000, 64500, 57000], foreground: BLACK },
  { name: 'GRE', filter: 'gre', background: [64500, 64500, 56000], foreground: BLACK },
  { name: 'ARP', filter: 'arp', background: [64250, 61500, 55250], foreground: BLACK },
  { name: 'TCP reset', filter: 'tcp.flags.reset eq 1', background: [62000, 47000, 47000], foreground: BLACK },
];

function colorLine({ name, filter, background, foreground }: ColorRule): string {
  return `@${name}@${filter}@[${background.join(',')}][${foreground.join(',')}]\n`;
}

function decodeAsLine(port: number): string {
  return `decode_as_entry: udp.port,${port},(none),VXLAN\n`;
}

const BUTTONS: readonly { label: string; filter: string; comment: string }[] = [
  { label: 'Violations', filter: says('violation'), comment: 'packets of flows that overlens calls wrong' },
  { label: 'Warnings', filter: says('warning'), comment: 'packets of flows that overlens warns of' },
  { label: 'Unverifiable', filter: says('unverifiable'), comment: 'packets of flows that could not be judged' },
  { label: 'Tunnels', filter: 'vxlan || geneve || gre || wg || ip.proto == 4', comment: 'encapsulated packets' },
];

/** Quotes and backslashes of a field are written as their codes. */
function buttonLine({ label, filter, comment }: (typeof BUTTONS)[number]): string {
  const fields = ['TRUE', label, filter, comment];
  return `${fields.map((field) => `"${field.replaceAll('\\', '\\x5c').replaceAll('"', '\\x22')}"`).join(',')}\n`;
}

/** Names come from the files above, and nobody on the network is asked for any. */
const PREFERENCES = `nameres.mac_name: TRUE
nameres.network_name: TRUE
nameres.use_external_name_resolver: FALSE
nameres.hosts_file_handling: TRUE
gui.column.format:
\t"No.", "%m",
\t"Time", "%t",
\t"Source", "%s",
\t"Destination", "%d",
\t"Protocol", "%p",
\t"Length", "%L",
\t"overlens", "%Cus:frame.comment:0:R",
\t"Info", "%i"
`;
