// Two files of one name are told apart by a number.

/** `worker1 (2).pcap`. */
export function numberedName(name: string, number: number): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? `${name} (${number})` : `${name.slice(0, dot)} (${number})${name.slice(dot)}`;
}
