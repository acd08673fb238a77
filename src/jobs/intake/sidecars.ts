/** What a sender says of a file in the small files beside it: `.sha256`, the digest of its bytes, and `.count`, its rows. */
import { FileError, RetryableError } from '../../errors.ts';
import type { OpenDrop } from '../../ingest/drops/drop.ts';

export interface Said {
  /** hexadecimal, null when the sender did not say it */
  readonly sha256: string | null;
  /** rows without the header */
  readonly rows: number | null;
  /** one of them cannot be read: it is being written, or is no sidecar */
  readonly unreadable: boolean;
}

const MOST_BYTES = 4096;

/** `sha256sum` writes the digest and then the name; only the digest counts. */
export async function readSidecars(opened: OpenDrop, names: readonly string[]): Promise<Said> {
  const said = { sha256: null as string | null, rows: null as number | null, unreadable: false };
  for (const name of names) {
    const text = await readText(opened, name);
    const digest = /^\s*([0-9a-f]{64})\b/i.exec(text)?.[1];
    const rows = /^\s*(\d{1,9})\s*$/.exec(text)?.[1];
    if (name.endsWith('.sha256') && digest !== undefined) said.sha256 = digest.toLowerCase();
    else if (name.endsWith('.count') && rows !== undefined) said.rows = Number(rows);
    else said.unreadable = true;
  }
  return said;
}

/** Blank when there is none, or it is too long to be one. */
async function readText(opened: OpenDrop, name: string): Promise<string> {
  try {
    return (await opened.read(name, MOST_BYTES))?.toString('latin1') ?? '';
  } catch (error) {
    if (error instanceof FileError) return '';
    if (error instanceof RetryableError && error.reason === 'denied') {
      throw new RetryableError('sidecar_denied', 'The drop refused access to the sidecar of a file.', { cause: error });
    }
    throw error;
  }
}
