// Files that evidence names again and again (`topology/pods.yaml:12 default/web runs on control1`): each numbered, and named once.

const PLACE = /^(\S+?):(\d+)(?= )/;

export interface FileNumbers {
  /** Notes the file that a sentence begins with. */
  note(detail: string): void;
  /** The sentence with `[2]:12` for its file and line. */
  short(detail: string): string;
  /** `[1] topology/pods.yaml`, one for each file. */
  names(): string[];
}

export function createFileNumbers(): FileNumbers {
  const numbers = new Map<string, number>();
  return {
    note(detail) {
      const file = PLACE.exec(detail)?.[1];
      if (file !== undefined && !numbers.has(file)) numbers.set(file, numbers.size + 1);
    },
    short: (detail) =>
      detail.replace(PLACE, (whole, file: string, line: string) => {
        const number = numbers.get(file);
        return number === undefined ? whole : `[${number}]:${line}`;
      }),
    names: () => [...numbers].map(([file, number]) => `[${number}] ${file}`),
  };
}
