/** The jobs that run by the clock, one line each, and the slot that makes each of them run once across machines. */
import { randomUUID } from 'node:crypto';
import { reasonOf } from '../load/database.ts';
import { claimSlot, finishSlot, lastDoneSlot, releaseSlot } from '../load/job-slots.ts';
import { deactivateLeavers } from '../load/people/leavers.ts';
import type { JobContext } from './context.ts';
import { sendNotices } from './notices/send-notices.ts';
import type { OrderContext } from './orders/order-context.ts';
import { runOrders } from './orders/run-orders.ts';
import { releaseOrders } from './payments/release-orders.ts';
import { runPayments } from './payments/run-payments.ts';

export const SCHEDULED_JOBS: Readonly<Record<string, (context: JobContext) => Promise<unknown>>> = {
  leavers: async ({ database, today, log }) => {
    const employers = await deactivateLeavers(database.db, today);
    log('leavers.done', { people: employers.reduce((sum, { people }) => sum + people, 0) });
  },
  orders: (context) => runOrders(orderContext(context), {}),
  notices: (context) => sendNotices(context),
  payments: (context) => runPayments(context),
  release: (context) => releaseOrders(context),
};

const HELD_SECONDS = 1800;

function orderContext({ database, log, config, today }: JobContext): OrderContext {
  return { database, log, config: config.navette, today };
}

/** @returns false when it failed and is worth another try; every job may be run again after half of it was done */
export async function runSlot(context: JobContext, job: string, slot: string): Promise<boolean> {
  const { db } = context.database;
  const owner = randomUUID();
  const facts = { step: job, period: slot };
  try {
    if (!(await claimSlot(db, job, slot, owner, HELD_SECONDS))) {
      context.log('job.already_done', facts);
      return true;
    }
    await SCHEDULED_JOBS[job]?.(context);
    await finishSlot(db, job, slot, owner);
    context.log('job.done', facts);
    return true;
  } catch (error) {
    context.log('job.failed', { ...facts, reason: reasonOf(error) });
    await releaseSlot(db, job, slot, owner).catch(() => undefined);
    return false;
  }
}

/** Whether a slot went by while nobody was there; a job that never ran has nothing to catch up on. */
export async function isMissed(context: JobContext, job: string, due: string): Promise<boolean> {
  const last = await lastDoneSlot(context.database.db, job);
  return last !== null && last < due;
}
