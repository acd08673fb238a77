/** The job `payments`: what is open is matched again, then what is still unpaid is reminded of. */
import type { JobContext } from '../context.ts';
import { type Reminded, remindUnpaid } from '../notices/remind-unpaid.ts';
import { type Matched, matchOpenPayments } from './match-open-payments.ts';

/** In this order: whoever has just paid gets no reminder. */
export async function runPayments(context: JobContext): Promise<Matched & Reminded> {
  const matched = await matchOpenPayments(context);
  return { ...matched, ...(await remindUnpaid(context)) };
}
