// Calico's eBPF services: `-bpf nat dump`, a line for each address and port, its backends indented below; and the same as JSON (felix,
// calico-bpf, nat.go).
import { canonicalIp } from '../../../net/ip.ts';
import type { SourceRef } from '../../model.ts';
import type { NatService } from '../../translation.ts';
import { type Located, listAt, textAt, valueAt } from '../located.ts';

export interface NatReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
}

const FRONTEND =
  /^([0-9A-Fa-f.:]{2,45}) port (\d{1,5}) proto (\d{1,3}) id \d{1,10} count -?\d{1,10} local -?\d{1,10}(?: flags \S{1,80})?(?: src \S{1,60})?$/;
const BACKEND = /^\s{0,8}\d{1,10}:\d{1,10}\s{1,8}(?:(\S{2,45}):(\d{1,5})|is missing)\s*$/;

export function createNatReader(services: NatService[]): NatReader {
  let current: NatService | null = null;
  return {
    read(line, ref) {
      const [, address = '', port = '', protocol = ''] = FRONTEND.exec(line.trimEnd()) ?? [];
      const ip = canonicalIp(address);
      if (ip !== null) {
        current = { protocol: Number(protocol), ip, port: Number(port), backends: [], text: line.trim(), ref };
        services.push(current);
        return true;
      }
      const backend = current === null ? null : BACKEND.exec(line);
      if (backend == null || current === null) {
        if (line.trim() !== '') current = null;
        return false;
      }
      const to = canonicalIp((backend[1] ?? '').replace(/^\[|\]$/g, ''));
      if (to !== null) current.backends = [...current.backends, { ip: to, port: Number(backend[2]) }];
      return true;
    },
  };
}

/** One element of the JSON form; false when it is none. */
export function readNatElement(element: Located, services: NatService[]): boolean {
  const { value } = element;
  const [ip, port, protocol] = [
    canonicalIp(textAt(value, 'frontend', 'addr') ?? ''),
    valueAt(value, 'frontend', 'port'),
    valueAt(value, 'frontend', 'proto'),
  ];
  if (ip === null || typeof port !== 'number' || typeof protocol !== 'number') return false;
  const backends = listAt(value, 'backends').flatMap((one) => {
    const [to, at] = [canonicalIp(textAt(one, 'addr') ?? ''), valueAt(one, 'port')];
    return to === null || typeof at !== 'number' ? [] : [{ ip: to, port: at }];
  });
  const text = `${ip} port ${port} proto ${protocol}: ${backends.map((one) => `${one.ip}:${one.port}`).join(', ')}`;
  services.push({ protocol, ip, port, backends, text, ref: element.ref(['frontend', 'addr']) });
  return true;
}
