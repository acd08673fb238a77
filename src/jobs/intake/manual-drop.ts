/** The built-in drop of files given by hand for a secretariat that has no drop of its own for them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Drop } from '../../config.ts';
import type { JobContext } from '../context.ts';

const PREFIX = 'manual:';

export function isManual(dropId: string): boolean {
  return dropId.startsWith(PREFIX);
}

/** Its receipts go to `NAVETTE_HOME/out/<secretariat>`; its files are copied and never moved. */
export function manualDrop(context: Pick<JobContext, 'config' | 'home'>, secretariat: string): Drop {
  const out = join(context.home, 'out', secretariat);
  mkdirSync(out, { recursive: true, mode: 0o700 });
  return {
    id: `${PREFIX}${secretariat}`,
    enabled: true,
    secretariat,
    kind: 'folder',
    sftp: null,
    paths: { in: out, out, archive: out, error: out },
    settled: 'rename',
    layouts: [],
    limits: context.config.navette.limits,
    scope: null,
    mode: 'upsert',
    set: {},
    hash: '',
  };
}
