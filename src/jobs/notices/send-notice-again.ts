/** Has one notice sent anew on a person's word. */
import { isoMoment } from '../../clock.ts';
import { RefusedError } from '../../errors.ts';
import { queueNoticeAgain, type SentAgain } from '../../load/notices/notice-again.ts';
import type { NoticeContext } from './send-notices.ts';

/**
 * Queues the notice under a new message key, so that no mail server takes it for the first one; `run notices` sends it.
 * @param id its message key, as `navette notices` lists it
 * @throws RefusedError when there is no such notice, or it is queued already
 */
export async function sendNoticeAgain(
  { database, log, now }: Pick<NoticeContext, 'database' | 'log' | 'now'>,
  id: string,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<SentAgain> {
  const again = await queueNoticeAgain(database.db, { messageKey: id, by, why, at: isoMoment(now) });
  if (again === null) throw new RefusedError(`There is no notice "${id}" that was sent or has failed.`);
  const { enterpriseNumber, invoiceNumber: invoice, kind } = again;
  log('notice.again', { enterpriseNumber, invoice, kind });
  return again;
}
