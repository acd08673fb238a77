/** Which names from a drop are safe to use: what a sender calls a file is data, never a path. */

const LONGEST_NAME_BYTES = 200;
/** Path separators, control characters, line separators, bidirectional marks, and the mark of a byte that was no UTF-8. */
const UNSAFE = /[/\\\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFD]/u;

/**
 * Tells whether a name may be joined to a folder, written to a log and given to a file of our own.
 * A name with a replacement character was not UTF-8 on the server: it cannot be asked for again under that name.
 */
export function nameFault(name: string): 'name.unsafe' | null {
  if (name === '' || name === '.' || name.includes('..')) return 'name.unsafe';
  if (UNSAFE.test(name)) return 'name.unsafe';
  return Buffer.byteLength(name) > LONGEST_NAME_BYTES ? 'name.unsafe' : null;
}
