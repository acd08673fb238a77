/** Owns the operator of the simulated year: a person who decides held plans, confirms drafts and says whose money came, by fixed rules. */
import { sql } from 'kysely';
import type { JobContext } from '../../src/jobs/context.ts';
import { approvePlan, discardPlan } from '../../src/jobs/import/decide-held-plan.ts';
import { cancelOrder } from '../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../src/jobs/orders/confirm-orders.ts';
import type { OrderContext } from '../../src/jobs/orders/order-context.ts';
import { orderRestsOfLeavers } from '../../src/jobs/orders/settle-carry.ts';
import { acceptPayment } from '../../src/jobs/payments/accept-payment.ts';
import { listHeldPlans } from '../../src/load/files/held-plans.ts';
import { getFile } from '../../src/load/files/ledger.ts';
import { readWaitingDrafts } from '../../src/load/orders/waiting-drafts.ts';
import type { Transfer } from './bank.ts';

const BY = 'operator';

export interface Decided {
  approved: number;
  discarded: number;
  confirmed: number;
  accepted: number;
  leaversOrdered: number;
  cancelled: number;
}

/** Asks the sender about every held file: what is right is applied, what is not is set aside. */
export async function decidePlans(
  context: JobContext,
  isRight: (drop: string, name: string) => boolean,
  decided: Decided,
): Promise<void> {
  const { db } = context.database;
  for (const plan of await listHeldPlans(db)) {
    const file = await getFile(db, plan.fileId);
    if (file === undefined) continue;
    if (isRight(file.drop_id, file.name)) {
      await approvePlan(context, plan.planHash, {
        by: BY,
        why: 'the sender says that it is right',
        upsertsOnly: false,
      });
      decided.approved += 1;
    } else {
      await discardPlan(context, plan.planHash, { by: BY, why: 'the sender sends it again' });
      decided.discarded += 1;
    }
  }
}

/** Looks at every draft that waits, acknowledges its warnings, and confirms it. */
export async function confirmDrafts(context: JobContext, decided: Decided): Promise<void> {
  for (const { id } of await readWaitingDrafts(context.database.db)) {
    await confirmOrder(orderContext(context), id, { by: BY, acknowledge: 'all' });
    decided.confirmed += 1;
  }
}

/** Says of money that names no invoice, or is too much, whose it is: the payer was asked. */
export async function acceptTransfers(
  context: JobContext,
  transfers: readonly Transfer[],
  decided: Decided,
): Promise<void> {
  const wanted = new Map(transfers.filter(({ needsWord }) => needsWord).map((one) => [one.reference, one]));
  const open = await sql<{ id: number; reference: string }>`
    select id, trim(bank_reference) as reference from bank_entry
     where status in ('unknown', 'over') and trim(bank_reference) = any (${[...wanted.keys()]}::text[])
     order by id`.execute(context.database.db);
  for (const { id, reference } of open.rows) {
    const transfer = wanted.get(reference);
    if (transfer === undefined) continue;
    await acceptPayment(context, id, { invoice: transfer.invoice, by: BY, why: 'the payer was asked' });
    decided.accepted += 1;
  }
}

/** What leavers earned and nobody ordered is ordered after all, where they still have a card. */
export async function orderForLeavers(context: JobContext, decided: Decided): Promise<void> {
  const left = await sql<{ enterpriseNumber: string; productCode: string }>`
    select distinct c.enterprise_number as "enterpriseNumber", c.product_code as "productCode"
      from carry c
      join beneficiary b on b.enterprise_number = c.enterprise_number and b.id = c.beneficiary_id
      join employer e on e.enterprise_number = c.enterprise_number and e.status = 'active'
      join card k on k.national_register_number = b.national_register_number and k.status = 'active'
     where c.reason = 'leaver.unordered' and c.quantity > 0
     order by 1, 2`.execute(context.database.db);
  for (const { enterpriseNumber, productCode } of left.rows) {
    const chosen = { enterpriseNumber, productCode, nationalRegisterNumber: null, period: null, reference: 'Leavers' };
    await orderRestsOfLeavers(orderContext(context), chosen, { by: BY, why: 'earned before they left' });
    decided.leaversOrdered += 1;
  }
}

/** Orders of employers that were closed are cancelled; nothing of them will be paid. */
export async function cancelUnpaid(
  context: JobContext,
  employers: ReadonlySet<string>,
  decided: Decided,
): Promise<void> {
  const open = await sql<{ id: number }>`
    select id from voucher_order
     where status in ('draft', 'invoiced') and enterprise_number = any (${[...employers]}::text[]) order by id`.execute(
    context.database.db,
  );
  for (const { id } of open.rows) {
    await cancelOrder(orderContext(context), id, { by: BY, why: 'the employer is bankrupt' });
    decided.cancelled += 1;
  }
}

function orderContext({ database, log, config, today }: JobContext): OrderContext {
  return { database, log, config: config.navette, today };
}
