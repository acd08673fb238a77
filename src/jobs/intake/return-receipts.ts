/** Brings what is queued for a drop to its `out` right away, for files that a person had imported. */
import type { Drop } from '../../config.ts';
import { RetryableError } from '../../errors.ts';
import { openDrop } from '../../ingest/drops/drop.ts';
import type { JobContext } from '../context.ts';
import { dropPlace } from './drop-place.ts';
import { returnAll } from './return-decided.ts';
import { createReturns } from './returns.ts';

/** A drop that is down is logged: its receipts stay queued, and the import must not look undone. */
export async function returnReceipts(context: JobContext, drop: Drop): Promise<void> {
  try {
    const opened = await openDrop(dropPlace(drop));
    try {
      const returns = createReturns({ ...drop, archive: 'none' }, async () => opened);
      await returnAll(context, returns);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    context.log('drop.down', { drop: drop.id, reason: error.reason });
  }
}
