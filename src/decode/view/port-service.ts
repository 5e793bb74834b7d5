// What is usually found on a port: Calico's own services, and the well-known ones.
import { calicoPortName } from '../../cluster/field-meanings.ts';
import { portName } from '../../wire/ports.ts';

/** Null when there is none worth naming. */
export function serviceOnPort(port: number): string | null {
  return calicoPortName(port) ?? portName(port);
}
