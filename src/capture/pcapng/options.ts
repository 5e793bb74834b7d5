// Codes of the options that are read and written. draft-ietf-opsawg-pcapng sections 3.5 (all blocks), 4.1, 4.2, 4.3 and 4.6.

export const END_OF_OPTIONS = 0;
export const COMMENT = 1;

/** Of a section header: who wrote it. */
export const SECTION_OPTION = { application: 4 } as const;

export const INTERFACE_OPTION = { name: 2, description: 3, resolution: 9, filter: 11, offset: 14 } as const;
/** if_tsresol where the option is absent: 10^-6. */
export const MICROSECONDS = 6;

export const PACKET_OPTION = { flags: 2, dropCount: 4, packetId: 5, queue: 6 } as const;

export const STATISTICS_OPTION = { ifdrop: 5, osdrop: 7 } as const;

/** Custom options: an enterprise number of four bytes stands before the value. */
export const CUSTOM_OPTIONS: readonly number[] = [2988, 2989, 19372, 19373];
