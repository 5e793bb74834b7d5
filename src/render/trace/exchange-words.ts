// What is said of a conversation beside its outcome.
import type { Via } from '../../attribution/vocabulary.ts';
import { escapeText } from '../text/escape.ts';

/** `12 %`, `0.4 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} %`;
}

/** `service shop/db 10.96.14.7:5432 is shop/db-0 10.48.0.200:5432`. */
export function viaText({ service, ip, port, backend }: Via): string {
  const front = `${service === null ? '' : `${escapeText(service)} `}${addressText(ip, port)}`;
  const back = `${backend.pod === null ? '' : `${escapeText(backend.pod)} `}${addressText(backend.ip, backend.port)}`;
  return `service ${front} is ${back}`;
}

function addressText(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
