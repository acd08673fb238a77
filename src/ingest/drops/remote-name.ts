/** Which names from a drop are safe to use: what a sender calls a file is data, never a path. */

const LONGEST_NAME_BYTES = 200;
/** Path separators, control characters, line separators, bidirectional marks, and the mark of a byte that was no UTF-8. */
const UNSAFE = /[/\\\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFD]/u;

/** What is given back is longer than what came: `.<utc>.<sha8>` in the archive; `.<sha8>.receipt.<n>.json`, and `.part` while it is written. */
const LONGEST_SENT_BYTES = 160;
/** Sidecars and markers are longer than the name of their file, and go with it. */
const COMPANION = /^(?:GO|TD)\.|\.(?:sha256|count|done)$/gu;

/**
 * Tells whether what has this name can be taken from a drop and given back: also the names that are made of it must be safe,
 * and `people.` would make `people..<sha8>`.
 */
export function sentNameFault(name: string): 'name.unsafe' | null {
  const own = name.replace(COMPANION, '');
  return own.endsWith('.') || Buffer.byteLength(own) > LONGEST_SENT_BYTES ? 'name.unsafe' : nameFault(name);
}

/**
 * Tells whether a name may be joined to a folder, written to a log and given to a file of our own.
 * A name with a replacement character was not UTF-8 on the server: it cannot be asked for again under that name.
 */
export function nameFault(name: string): 'name.unsafe' | null {
  if (name === '' || name === '.' || name.includes('..')) return 'name.unsafe';
  if (UNSAFE.test(name)) return 'name.unsafe';
  return Buffer.byteLength(name) > LONGEST_NAME_BYTES ? 'name.unsafe' : null;
}
