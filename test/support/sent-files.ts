/** Finds what a secretariat was sent, by when and by name. */
import type { ImportHome } from './import-home.ts';

/** What was sent since. */
export async function onlyNew(
  { sent }: Pick<ImportHome, 'sent'>,
  before: ReadonlyMap<string, Buffer>,
): Promise<Map<string, Buffer>> {
  return new Map([...(await sent())].filter(([name]) => !before.has(name)));
}

export function named(files: ReadonlyMap<string, Buffer>, ending: string): [name: string, bytes: Buffer] {
  const found = [...files].filter(([name]) => name.endsWith(ending));
  if (found.length !== 1 || found[0] === undefined) throw new Error(`one file ends in ${ending}: ${[...files.keys()]}`);
  return found[0];
}
