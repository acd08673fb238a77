/** Owns invented orders that are confirmed and invoiced, and bank statements that pay them. */
import { sql } from 'kysely';
import { confirmOrder } from '../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import type { Db } from '../../src/load/database.ts';
import type { BankEntry, BankStatement } from '../../src/model.ts';
import { grant, type Invented, inventBeneficiary, inventCostCenter, inventEmployer, orderDay } from './small-world.ts';

export const IBAN = 'BE68539007547034';

export interface InvoicedOrder {
  readonly employer: string;
  readonly id: number;
  readonly people: readonly Invented[];
  readonly invoices: readonly {
    readonly id: number;
    readonly number: string;
    readonly communication: string;
    readonly total: number;
  }[];
}

/** An order of November 2026, confirmed on 5 December: 20 × 8.00 for each person, the first in cost center 1, the second in 2, ... */
export async function inventInvoicedOrder(
  db: Db,
  options: {
    readonly people?: number;
    readonly card?: 'active' | 'none';
    readonly cardInvoice?: 'together' | 'separate';
  } = {},
): Promise<InvoicedOrder> {
  const employer = await inventEmployer(db, { fees: { service: { percent: '3' }, cardProduction: 450 } });
  const people: Invented[] = [];
  for (let number = 1; number <= (options.people ?? 1); number++) {
    await inventCostCenter(db, employer, number, null);
    const person = await inventBeneficiary(db, employer, { costCenter: number, card: options.card ?? 'active' });
    await grant(db, person, '2026-11', 20, 800);
    people.push(person);
  }
  const day = orderDay(db, '2026-12-05', [], options.cardInvoice ?? 'together');
  const { orders } = await runOrders(day);
  const id = orders.find((order) => order.enterpriseNumber === employer)?.id ?? 0;
  await confirmOrder(day, id, { by: 'ops', acknowledge: 'all' });
  return { employer, id, people, invoices: await invoicesOf(db, id) };
}

/** Many orders of one person each, confirmed on 5 December 2026: `count` employers, one run. */
export async function inventInvoicedOrders(db: Db, count: number): Promise<InvoicedOrder[]> {
  const people: Invented[] = [];
  for (let index = 0; index < count; index++) {
    const employer = await inventEmployer(db, { fees: { service: { percent: '3' }, cardProduction: 450 } });
    const person = await inventBeneficiary(db, employer, { card: index % 3 === 0 ? 'none' : 'active' });
    // Different totals: a payment of one invoice must not fit another by chance.
    await grant(db, person, '2026-11', 10 + (index % 11), 600 + index);
    people.push(person);
  }
  const day = orderDay(db, '2026-12-05');
  const { orders } = await runOrders(day);
  const invoiced: InvoicedOrder[] = [];
  for (const person of people) {
    const id = orders.find((order) => order.enterpriseNumber === person.employer)?.id ?? 0;
    await confirmOrder(day, id, { by: 'ops', acknowledge: 'all' });
    invoiced.push({ employer: person.employer, id, people: [person], invoices: await invoicesOf(db, id) });
  }
  return invoiced;
}

async function invoicesOf(db: Db, id: number): Promise<InvoicedOrder['invoices']> {
  const found = await sql<InvoicedOrder['invoices'][number]>`
    select id, number, structured_communication as communication, total from invoice where order_id = ${id} order by id`.execute(
    db,
  );
  return found.rows;
}

let statements = 0;

/** The next CODA statement of the issuer's account; its balances fit its entries. */
export function inventStatement(
  entries: readonly Partial<BankEntry>[],
  more: Partial<BankStatement> = {},
): BankStatement {
  statements += 1;
  const full = entries.map(
    (entry, index): BankEntry => ({
      sequence: index + 1,
      bookedOn: '2026-12-07',
      valueOn: '2026-12-07',
      amount: 0,
      currency: 'EUR',
      structuredCommunication: null,
      freeText: '',
      bankReference: `REF${statements}-${index + 1}`,
      reversal: false,
      ...entry,
    }),
  );
  return {
    account: IBAN,
    format: 'coda',
    year: 2026,
    statementNumber: String(statements).padStart(3, '0'),
    currency: 'EUR',
    openingBalance: 0,
    closingBalance: full.reduce((sum, { amount }) => sum + amount, 0),
    closingDate: '2026-12-07',
    duplicate: false,
    entries: full,
    ...more,
  };
}

export async function orderState(db: Db, { id }: Pick<InvoicedOrder, 'id'>): Promise<string> {
  const found = await sql<{ state: string }>`
    select concat_ws(' ', status, paid_on, released_on) as state from voucher_order where id = ${id}`.execute(db);
  return found.rows[0]?.state ?? 'none';
}
