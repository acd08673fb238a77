/** Owns small invented worlds for orders: employers with contracts and standing orders, people, cards and grants, put into the database. */
import { sql } from 'kysely';
import type { OrderContext } from '../../src/jobs/orders/order-context.ts';
import type { Db } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import type { LogFacts } from '../../src/log.ts';
import type { LogEvent } from '../../src/log-events.ts';
import type { ContractFees } from '../../src/model.ts';
import { inventEnterpriseNumber, inventPerson } from './people.ts';

const names = { fr: 'x', nl: 'x', de: 'x', en: 'x' };
const none = { maxFaceValue: null, yearlyMax: null, yearlyMaxPerChild: null };
const PRODUCTS = [
  {
    code: 'meal',
    kind: 'count',
    limits: [
      { ...none, from: '2016-01-01', maxFaceValue: 800 },
      { ...none, from: '2026-01-01', maxFaceValue: 1000 },
    ],
  },
  { code: 'eco', kind: 'amount', limits: [{ ...none, from: '2009-01-01', yearlyMax: 25_000 }] },
  { code: 'gift', kind: 'amount', limits: [{ ...none, from: '2009-01-01', yearlyMax: 4000, yearlyMaxPerChild: 4000 }] },
] as const;

/** The products meal, eco and gift with their limits. */
export async function inventProducts(db: Db): Promise<void> {
  await syncReference(db, {
    products: PRODUCTS.map((product) => ({
      ...product,
      names,
      alsoCalled: [],
      validity: { months: 12 },
      saleUntil: null,
      limits: [...product.limits],
    })),
    navette: { secretariats: [] },
  });
}

export interface StandingOrderOf {
  readonly id: string;
  readonly product: string;
  readonly from: string;
  readonly to: string | null;
  readonly months: readonly number[] | null;
  readonly dayOfMonth: number;
  readonly worked: 'previous-month' | 'this-month';
  readonly quantityFrom: 'payroll' | 'fixed' | 'amount';
  readonly quantity: number | null;
  readonly late: 'missed' | 'all' | 'carry';
  readonly confirm: 'never' | 'without-warnings';
}

const MEAL_MONTHLY: StandingOrderOf = {
  id: 'meal-monthly',
  product: 'meal',
  from: '2026-11',
  to: null,
  months: null,
  dayOfMonth: 5,
  worked: 'previous-month',
  quantityFrom: 'payroll',
  quantity: null,
  late: 'missed',
  confirm: 'never',
};

let employers = 0;
let people = 0;

/** An active employer with a contract for each product of its standing orders; by default one monthly order of meal vouchers. */
export async function inventEmployer(
  db: Db,
  options: {
    readonly fees?: ContractFees;
    readonly contractTo?: string;
    readonly standingOrders?: readonly Partial<StandingOrderOf>[];
  } = {},
): Promise<string> {
  const number = inventEnterpriseNumber(4_000_000 + employers++);
  const standingOrders = (options.standingOrders ?? [{}]).map((order) => ({ ...MEAL_MONTHLY, ...order }));
  await sql`insert into employer (enterprise_number, name, language, invoice_email, status, fingerprint)
    values (${number}, ${`Employer ${employers}`}, 'fr', ${`compta${employers}@example.be`}, 'active', '')`.execute(db);
  for (const product of new Set(standingOrders.map((order) => order.product))) {
    await sql`insert into contract (enterprise_number, product_code, valid_from, valid_to, fees)
      values (${number}, ${product}, '2020-01-01', ${options.contractTo ?? null}, ${JSON.stringify(options.fees ?? {})})`.execute(
      db,
    );
  }
  for (const order of standingOrders) {
    await sql`insert into standing_order (enterprise_number, id, product_code, reference, from_period, to_period, months, day_of_month,
        shift, worked, quantity_from, quantity, validity_start, late, confirm)
      values (${number}, ${order.id}, ${order.product}, 'Order {period}', ${order.from}, ${order.to}, ${order.months}, ${order.dayOfMonth},
        'none', ${order.worked}, ${order.quantityFrom}, ${order.quantity}, 'order-date', ${order.late}, ${order.confirm})`.execute(
      db,
    );
  }
  return number;
}

export interface Invented {
  readonly employer: string;
  readonly id: number;
  readonly nrn: string;
}

/** An active person with an active card that expires in 2030, unless told otherwise. `of` = the same person at another employer. */
export async function inventBeneficiary(
  db: Db,
  employer: string,
  options: {
    readonly of?: Invented;
    readonly card?: 'active' | 'none';
    readonly email?: string | null;
    readonly costCenter?: number;
    readonly deliveryPoint?: number | null;
    readonly children?: number;
    readonly employmentStart?: string | null;
    readonly products?: readonly { readonly code: string; readonly from?: string; readonly faceValue: number | null }[];
  } = {},
): Promise<Invented> {
  const person = inventPerson(people++);
  const nrn = options.of?.nrn ?? person.nationalRegisterNumber;
  const point = options.deliveryPoint ?? null;
  const email = options.email === undefined ? person.email : options.email;
  const made = await sql<{ id: number }>`
    insert into beneficiary (enterprise_number, national_register_number, last_name, first_name, gender, birth_date, language, email,
      children, status, status_since, employment_start, cost_center, card_delivery, card_delivery_point, as_of)
    values (${employer}, ${nrn}, ${person.lastName}, ${person.firstName}, ${person.gender}, ${person.birthDate}, ${person.language},
      ${email}, ${options.children ?? 0}, 'active', '2020-01-01', ${options.employmentStart ?? null},
      ${options.costCenter ?? 0}, ${point === null ? 'beneficiary' : 'employer'}, ${point}, now())
    returning id`.execute(db);
  const id = made.rows[0]?.id ?? 0;
  if (options.card !== 'none' && options.of === undefined) await activateCard(db, { nrn }, '2030-12-31');
  for (const product of options.products ?? []) {
    await sql`insert into beneficiary_product (enterprise_number, beneficiary_id, product_code, valid_from, face_value)
      values (${employer}, ${id}, ${product.code}, ${product.from ?? '1900-01-01'}, ${product.faceValue})`.execute(db);
  }
  return { employer, id, nrn };
}

export async function activateCard(db: Db, { nrn }: Pick<Invented, 'nrn'>, expiresOn: string): Promise<void> {
  await sql`insert into card (national_register_number, sequence, status, produced_on, expires_on)
    values (${nrn}, 1, 'active', '2025-12-31', ${expiresOn})
    on conflict (national_register_number, sequence) do update set status = 'active', expires_on = excluded.expires_on`.execute(
    db,
  );
}

/** What payroll says now in total of a month. */
export async function grant(
  db: Db,
  who: Invented,
  period: string,
  quantity: number,
  faceValue: number,
  product = 'meal',
): Promise<void> {
  await sql`insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity)
    values (${who.employer}, ${who.id}, ${product}, ${period}, ${faceValue}, ${quantity})
    on conflict (enterprise_number, beneficiary_id, product_code, period, face_value)
      do update set restated_quantity = excluded.restated_quantity`.execute(db);
}

export async function deactivate(
  db: Db,
  who: Invented,
  reason: 'status' | 'absent' | 'employment-ended',
  employmentEnd: string | null = null,
): Promise<void> {
  await sql`update beneficiary set status = 'inactive', status_reason = ${reason}, employment_end = ${employmentEnd}
    where enterprise_number = ${who.employer} and id = ${who.id}`.execute(db);
}

export async function inventCostCenter(
  db: Db,
  employer: string,
  number: number,
  invoiceEmail: string | null,
): Promise<void> {
  await sql`insert into cost_center (enterprise_number, number, label, street, house_number, postal_code, city, country, invoice_email)
    values (${employer}, ${number}, ${`Center ${number}`}, 'Rue Neuve', '1', '1000', 'Bruxelles', 'BE', ${invoiceEmail})`.execute(
    db,
  );
}

export interface Noted {
  readonly event: LogEvent;
  readonly facts: LogFacts;
}

/** What the order jobs are given on a day; log lines go to `noted`. */
export function orderDay(
  db: Db,
  today: string,
  noted: Noted[] = [],
  cardInvoice: 'together' | 'separate' = 'together',
): OrderContext {
  return {
    database: { db },
    log: (event, facts = {}) => noted.push({ event, facts }),
    config: { issuer: { paymentDays: 14 }, vat: [{ from: '1996-01-01', percent: '21' }], cardInvoice },
    today,
  };
}

/** Lines of live orders as `order period quantity×face value`, by order, person, period and value. */
export async function liveLines(db: Db, employer: string): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select o.run_period || ' ' || o.kind || ' #' || dense_rank() over (order by l.beneficiary_id) || ': ' || l.period || ' '
           || l.quantity || '×' || l.face_value as line
      from voucher_order o join order_line l on l.enterprise_number = o.enterprise_number and l.order_id = o.id
     where o.enterprise_number = ${employer} and o.status <> 'cancelled'
     order by o.id, l.beneficiary_id, l.period, l.face_value`.execute(db);
  return found.rows.map((row) => row.line);
}

/** Carry rows as `period quantity×face value reason`. */
export async function carried(db: Db, employer: string): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select period || ' ' || quantity || '×' || face_value || ' ' || reason as line from carry
     where enterprise_number = ${employer} order by beneficiary_id, period, face_value`.execute(db);
  return found.rows.map((row) => row.line);
}

/** Codes of the warnings of one order. */
export async function warningsOf(db: Db, orderId: number): Promise<string[]> {
  const found = await sql<{ code: string }>`
    select code from order_warning where order_id = ${orderId} order by code, key`.execute(db);
  return found.rows.map((row) => row.code);
}
