/** Notices that something happened in a local folder; the only file that knows chokidar. The scan remains the authority. */
import { watch } from 'chokidar';

/** Calls `changed` soon after something changes in the folder. It may miss things, and forgets a folder that is replaced. */
export function watchFolder(folder: string, changed: () => void): { readonly stop: () => Promise<void> } {
  const watcher = watch(folder, { depth: 0, ignoreInitial: true, persistent: false });
  watcher.on('all', changed);
  // Out of watches, or no such folder: then only the scan finds what comes.
  watcher.on('error', () => undefined);
  return { stop: () => watcher.close() };
}
