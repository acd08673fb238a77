/** What is done about unpaid invoices: reminders are queued, and operations hear of orders that nobody paid in time. */
import { brusselsDay, endOfBrusselsDay, isoMoment } from '../../clock.ts';
import { findExpiredOrders, queueReminders } from '../../load/notices/reminders.ts';
import type { OrderKey } from '../../load/orders/order-locks.ts';
import type { JobContext } from '../context.ts';

/** What of a job's context the reminders need. */
export type ReminderContext = Pick<JobContext, 'log' | 'today' | 'now'> & {
  readonly database: Pick<JobContext['database'], 'db'>;
  readonly config: {
    readonly navette: {
      readonly issuer: { readonly reminderDays: readonly number[]; readonly expireDays: number };
    };
  };
};

export interface Reminded {
  /** reminders queued by this run */
  readonly reminders: number;
  /** orders that are unpaid for too long; nothing but an alert comes of it */
  readonly expired: readonly OrderKey[];
}

const KINDS = ['reminder-1', 'reminder-2'] as const;

/**
 * Days count from the invoice date. Each invoice gets each reminder once, and only while it is open; `run notices` hands
 * them over. An order that stays unpaid is told of in every run and cancelled only by a person.
 */
export async function remindUnpaid({ database, config, log, today, now }: ReminderContext): Promise<Reminded> {
  const { reminderDays, expireDays } = config.navette.issuer;
  const [firstDays = 0] = reminderDays;
  const queuedAt = isoMoment(brusselsDay(now) === today ? now : endOfBrusselsDay(today));
  let reminders = 0;
  for (const [index, kind] of KINDS.entries()) {
    const afterDays = reminderDays[index];
    if (afterDays === undefined) continue;
    const afterFirst = index === 0 ? null : Math.max(1, afterDays - firstDays);
    const queued = await queueReminders(database.db, { kind, afterDays, afterFirst }, { today, queuedAt });
    if (queued > 0) log('notice.queued', { invoices: queued, kind });
    reminders += queued;
  }
  const expired = await findExpiredOrders(database.db, today, expireDays);
  for (const { enterpriseNumber, id, total } of expired) {
    log('order.expired', { enterpriseNumber, orderId: id, totalCents: total });
  }
  return { reminders, expired: expired.map(({ enterpriseNumber, id }) => ({ enterpriseNumber, id })) };
}
