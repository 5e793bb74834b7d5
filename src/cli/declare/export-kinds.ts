/** What `export` writes captures for. */
export const EXPORTS = ['wireshark'] as const;
