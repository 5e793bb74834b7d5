// What the commands of diagnosis tools print on the nodes of the first sample: the same state as its texts, in each tool's form
// (iproute2 6.1; forms taken from network namespaces).
import { readFileSync } from 'node:fs';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const DOMAIN = '.eu-west-1.compute.internal';

/** Short names of the nodes: what `hostname` prints there. */
export const HOSTS = ['ip-10-0-1-20', 'ip-10-0-1-30', 'ip-10-0-1-31'] as const;

export type Host = (typeof HOSTS)[number];

/** The names that Node objects have. */
export const NODE_NAMES: readonly string[] = HOSTS.map((host) => `${host}${DOMAIN}`);

/** `ens5` of a node, as captured. */
export function captureOf(host: Host): Buffer {
  return readFileSync(`${SAMPLE}/${host}-ens5.pcap`);
}

/** A file of the sample's snapshot. */
export function objects(name: 'nodes' | 'pods' | 'ippools'): string {
  return readFileSync(`${SAMPLE}/topology/${name}.yaml`, 'utf8');
}

/** Each object of a List as a document of its own. */
export function singleObjects(name: 'nodes' | 'ippools'): { name: string; text: string }[] {
  const items = objects(name)
    .split(/\n(?=- )/)
    .slice(1);
  return items.map((item) => {
    const text = item.replace(/\nkind: List[\s\S]*$/, '').replace(/^(- | {2})/gm, '');
    return { name: /^ {2}name: (\S+)$/m.exec(text)?.[1] ?? '', text: `---\n${text}\n` };
  });
}

/** What a node's commands print. */
export interface Outputs {
  route: string;
  routeAll: string;
  link: string;
  linkStatistics: string;
  addr: string;
  addrDetailed: string;
  addrOneLine: string;
  addrJson: string;
  neigh: string;
  neighStatistics: string;
  neighJson: string;
  fdb: string;
  fdbStatistics: string;
}

export function outputsOf(host: Host): Outputs {
  const read = (name: string): string => readFileSync(`${SAMPLE}/topology/${host}${DOMAIN}/${name}.txt`, 'utf8');
  const [route, link, neigh, fdb] = ['ip-route', 'ip-link', 'ip-neigh', 'bridge-fdb'].map(read) as [
    string,
    string,
    string,
    string,
  ];
  const address = host.slice(3).replaceAll('-', '.');
  const own: Record<string, string> = {
    lo: '127.0.0.1/8',
    ens5: `${address}/24`,
    'vxlan.calico': `${tunnelOf(host)}/32`,
  };
  const devices = link.split(/\n(?=\d+: )/).map((text) => ({ text, ...partsOf(text) }));
  const withAddress = (detailed: boolean): string =>
    devices
      .map(({ text, name }) => {
        const [first = '', second = '', third = ''] = text.split('\n');
        const lines = [first.replace(' mode DEFAULT', ''), detailed ? second : second.replace(/ promiscuity.*/, '')];
        if (detailed && third !== '') lines.push(third.replace(' addrgenmode eui64', ''));
        if (own[name] !== undefined) lines.push(`    inet ${own[name]} scope global ${name}`, FOREVER);
        return lines.join('\n');
      })
      .join('\n');
  return {
    route,
    routeAll: `${route}local ${address} dev ens5 table local proto kernel scope host src ${address} \nlocal ${tunnelOf(host)} dev vxlan.calico table local proto kernel scope host src ${tunnelOf(host)} \n`,
    link,
    linkStatistics: `${devices.map(({ text }) => `${text.trimEnd()}\n${STATISTICS}`).join('\n')}\n`,
    addr: `${withAddress(false)}\n`,
    addrDetailed: `${withAddress(true)}\n`,
    addrOneLine: devices
      .flatMap(({ name, index }) =>
        own[name] === undefined ? [] : [`${index}: ${name}    inet ${own[name]} scope global ${name}\\ ${FOREVER}\n`],
      )
      .join(''),
    addrJson: `${JSON.stringify(devices.map((device) => linkJson(device, own[device.name])))}\n`,
    neigh,
    neighStatistics: neigh.replaceAll(/ (?=[A-Z]+ *$)/gm, '  used 2/2/2probes 0 '),
    neighJson: `${JSON.stringify(
      neigh
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
        .map(([dst, , dev, , lladdr, state]) => ({ dst, dev, lladdr, state: [state] })),
    )}\n`,
    fdb,
    fdbStatistics: fdb.replaceAll(/ self permanent/g, ' used 2/2 self permanent'),
  };
}

const FOREVER = '       valid_lft forever preferred_lft forever';
const STATISTICS = [
  '    RX:  bytes packets errors dropped  missed   mcast           ',
  '          2242      27      0       0       0       0 ',
  '    TX:  bytes packets errors dropped carrier collsns           ',
  '           726       9      0       0       0       0 ',
].join('\n');

function tunnelOf(host: Host): string {
  const at = objects('nodes').indexOf(`IPv4Address: ${host.slice(3).replaceAll('-', '.')}/`);
  return /IPv4VXLANTunnelAddr: (\S+)/.exec(objects('nodes').slice(at))?.[1] ?? '';
}

function partsOf(text: string) {
  const [, index = '', name = '', flags = '', mtu = ''] =
    /^(\d+): ([^:@]+)(?:@\S+)?: <([^>]*)> mtu (\d+)/.exec(text) ?? [];
  const mac = /link\/\w+ (\S+)/.exec(text)?.[1] ?? '';
  return { index: Number(index), name, flags: flags.split(','), mtu: Number(mtu), mac };
}

function linkJson(device: ReturnType<typeof partsOf> & { text: string }, own: string | undefined): object {
  const { index, name, flags, mtu, mac, text } = device;
  const vxlan = /vxlan id (\d+) local (\S+) dev (\S+) srcport 0 0 dstport (\d+)/.exec(text);
  const kind = vxlan === null ? {} : { info_kind: 'vxlan', info_data: vxlanJson(vxlan) };
  const [local, length] = own?.split('/') ?? [];
  const address = { family: 'inet', local, prefixlen: Number(length), scope: 'global', label: name };
  return {
    ifindex: index,
    ifname: name,
    flags,
    mtu,
    link_type: name === 'lo' ? 'loopback' : 'ether',
    address: mac,
    ...(vxlan === null ? {} : { linkinfo: kind }),
    addr_info: own === undefined ? [] : [address],
  };
}

function vxlanJson([, id, local, link, port]: RegExpExecArray): object {
  return { id: Number(id), local, link, port: Number(port), learning: false };
}
