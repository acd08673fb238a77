/** Compares the key of a server with the keys its drop was given. */
import { createHash } from 'node:crypto';

/** As OpenSSH prints it: `SHA256:` and unpadded base64 of the key's digest. */
export function fingerprintOf(hostKey: Buffer): string {
  return `SHA256:${unpadded(createHash('sha256').update(hostKey).digest('base64'))}`;
}

export function isPinned(fingerprint: string, pinned: readonly string[]): boolean {
  return pinned.some((one) => unpadded(one.trim()) === fingerprint);
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/u, '');
}
