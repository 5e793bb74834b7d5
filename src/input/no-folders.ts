// In place of folders.ts where there is no disk (package.json, `browser`).

export function isFolder(_path: string): boolean {
  return false;
}

export function filesInFolder(_folder: string): readonly { path: string; below: string; error?: unknown }[] {
  return [];
}
