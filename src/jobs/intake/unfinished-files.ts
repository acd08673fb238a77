/** Files that their sender does not finish: without a marker, ever changing, or with a temporary name; told once a month each. */
import type { Drop } from '../../config.ts';
import { sentNameFault } from '../../ingest/drops/remote-name.ts';
import { isTemporary, type Settled } from '../../ingest/drops/settled.ts';
import { claimSlot, finishSlot } from '../../load/job-slots.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';
import { OWNER } from '../owner.ts';
import type { Looks } from './looks.ts';

const JOB = 'unfinished';
const HELD_SECONDS = 60;
/** An upload may take long, and a marker come late; after that somebody should ask. */
const LONG_MILLISECONDS = 3_600_000;

/** Called with every listing; a file that is finished or gone is forgotten. */
export async function warnUnfinished(
  context: JobContext,
  drop: Drop,
  looks: Pick<Looks, 'clock' | 'unfinished'>,
  { waiting, ignored }: Pick<Settled, 'waiting' | 'ignored'>,
): Promise<void> {
  // Markers that came first are nobody's upload, and an empty dotfile such as .keep is none either.
  const temporary = ignored.filter(({ name, size }) => isTemporary(name) && size > 0);
  const files = [...waiting, ...temporary].filter(({ name }) => sentNameFault(name) === null);
  const before = looks.unfinished.get(drop.id);
  const at = looks.clock();
  const known = new Map(files.map(({ name }) => [name, before?.get(name) ?? { since: at, told: false }]));
  looks.unfinished.set(drop.id, known);
  for (const [name, file] of known) {
    if (file.told || at - file.since < LONG_MILLISECONDS) continue;
    await tellOnce(
      context,
      drop,
      name,
      isTemporary(name) ? 'temporary' : drop.settled === 'marker' ? 'marker' : 'changing',
    );
    file.told = true;
  }
}

/** Once, however many workers there are and however often they are started. */
async function tellOnce({ database: { db }, log, today }: JobContext, drop: Drop, name: string, reason: string) {
  const slot = `${drop.id} ${today.slice(0, 7)} ${name}`;
  if ((await claimSlot(db, JOB, slot, OWNER, HELD_SECONDS)) === null) return;
  log('file.unfinished', { drop: drop.id, file: fileNameForLog(name), reason });
  await finishSlot(db, JOB, slot, OWNER);
}
