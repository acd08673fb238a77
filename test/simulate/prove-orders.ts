/** Owns the proof that nothing is forgotten: what was earned is ordered or listed, priced as agreed, and released once it is paid. */
import { sql } from 'kysely';
import type { Database } from '../../src/load/database.ts';
import type { Cents, Day, ServiceFee } from '../../src/model.ts';
import type { Transfer } from './bank.ts';
import type { Country } from './country.ts';
import { keyOf } from './delivery.ts';
import { difference, earnedByKey } from './prove-people.ts';

/** What was earned, by person, month and face value, and is neither in a live order nor on the list of what waits. */
export async function compareOrdered(
  { db }: Database,
  country: Country,
  closed: ReadonlySet<string>,
): Promise<string[]> {
  const expected = new Set([...earnedByKey(country, closed)].map(([key, quantity]) => `${key}: ${quantity}`));
  const found = await sql<{ told: string; employer: string }>`
    with key as (
      select l.enterprise_number, l.beneficiary_id, l.period, l.face_value, l.quantity
        from order_line l join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
       where o.product_code = 'meal' and o.status <> 'cancelled'
      union all
      select enterprise_number, beneficiary_id, period, face_value, quantity from carry where product_code = 'meal')
    select k.enterprise_number as employer,
           k.enterprise_number || ' ' || b.national_register_number || ' ' || k.period || ' ' || k.face_value || ': ' || sum(k.quantity) as told
      from key k join beneficiary b on b.enterprise_number = k.enterprise_number and b.id = k.beneficiary_id
     group by k.enterprise_number, b.national_register_number, k.period, k.face_value
    having sum(k.quantity) <> 0`.execute(db);
  const told = found.rows.filter(({ employer }) => !closed.has(employer)).map(({ told }) => told);
  return difference('ordered or listed', new Set(told), 'earned', expected);
}

/**
 * People who work there to the end and to whom money is still owed: the next slot orders it, so nobody may be left. What was
 * counted anew of the last month has no next slot: payroll speaks of no later month.
 */
export async function findForgotten(
  { db }: Database,
  country: Country,
  working: ReadonlySet<string>,
): Promise<string[]> {
  const found = await sql<{ enterpriseNumber: string; nationalRegisterNumber: string; what: string }>`
    select c.enterprise_number as "enterpriseNumber", b.national_register_number as "nationalRegisterNumber",
           c.product_code || ' ' || c.period || ' ' || c.quantity || ' × ' || c.face_value || ' ' || c.reason as what
      from (select *, sum(quantity::bigint * face_value) over (partition by enterprise_number, beneficiary_id, product_code) as money
              from carry where reason <> 'late' or period < ${country.periods.at(-1)}) c
      join beneficiary b on b.enterprise_number = c.enterprise_number and b.id = c.beneficiary_id
     where c.money > 0`.execute(db);
  return found.rows.flatMap(({ enterpriseNumber, nationalRegisterNumber, what }) => {
    const key = keyOf(enterpriseNumber, nationalRegisterNumber);
    return working.has(key) ? [`${key} ${what}`] : [];
  });
}

/** On the day of the eco order of a year, everybody who works for an employer that gives eco vouchers has one line of the whole amount. */
export async function compareEco(
  { db }: Database,
  country: Country,
  working: ReadonlySet<string>,
  amount: Cents,
  day: Day,
): Promise<string[]> {
  const giving = new Set(country.employersAll.filter(({ eco }) => eco).map(({ number }) => number));
  const expected = new Set(
    [...working].filter((key) => giving.has(key.slice(0, 10))).map((key) => `${key}: ${amount}`),
  );
  const found = await sql<{ told: string }>`
    select l.enterprise_number || ' ' || b.national_register_number || ': ' || sum(l.quantity * l.face_value) as told
      from order_line l
      join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
      join beneficiary b on b.enterprise_number = l.enterprise_number and b.id = l.beneficiary_id
     where o.product_code = 'eco' and o.status <> 'cancelled' and left(o.run_period, 4) = ${day.slice(0, 4)}
     group by l.enterprise_number, b.national_register_number`.execute(db);
  return difference('has eco', new Set(found.rows.map(({ told }) => told)), 'is to have eco', expected);
}

/** Whoever was ordered for has one card, and nobody else has any. */
export async function compareCards({ db }: Database): Promise<string[]> {
  const found = await sql<{ cards: number; lines: number; person: string }>`
    select coalesce(c.person, l.person) as person, coalesce(c.cards, 0) as cards, coalesce(l.lines, 0) as lines
      from (select national_register_number as person, count(*)::int as cards from card group by 1) c
      full join (select b.national_register_number as person, count(*)::int as lines
                   from order_line l
                   join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
                   join beneficiary b on b.enterprise_number = l.enterprise_number and b.id = l.beneficiary_id
                  where o.status in ('invoiced', 'paid', 'released')
                  group by 1) l using (person)`.execute(db);
  return found.rows.flatMap(({ person, cards, lines }) =>
    cards === Math.min(1, lines) ? [] : [`${person}: ${cards} cards, ${lines} lines`],
  );
}

interface CenterRow {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  readonly costCenter: number;
  readonly money: Cents;
  readonly vouchers: number;
  readonly people: number;
  readonly cards: number;
  readonly shipments: number;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly isFirst: boolean;
  readonly orderMoney: Cents;
}

/** The fees of each invoice by the employer's contract, and 21 % of them, half a cent up: reckoned from lines and cards alone. */
export async function comparePrices({ db }: Database, country: Country): Promise<string[]> {
  const fees = new Map(country.employersAll.map((one) => [one.number, one.fees]));
  const found = await sql<CenterRow>`
    with line as (
      select enterprise_number, order_id, cost_center, sum(quantity::bigint * face_value)::bigint as money,
             sum(quantity)::int as vouchers, count(distinct beneficiary_id)::int as people
        from order_line group by 1, 2, 3
    ), card as (
      select enterprise_number, order_id, cost_center, count(*)::int as cards,
             count(*) filter (where delivery_point is null)::int
               + count(distinct delivery_point) filter (where cost_center = lowest)::int as shipments
        from (select *, min(cost_center) over (partition by enterprise_number, order_id, delivery_point) as lowest from order_card) k
       group by 1, 2, 3
    ), center as (
      select enterprise_number, order_id, cost_center, coalesce(money, 0)::bigint as money, coalesce(vouchers, 0) as vouchers,
             coalesce(people, 0) as people, coalesce(cards, 0) as cards, coalesce(shipments, 0) as shipments
        from line full join card using (enterprise_number, order_id, cost_center)
    )
    select c.enterprise_number as "enterpriseNumber", c.order_id as "orderId", c.cost_center as "costCenter", c.money, c.vouchers,
           c.people, c.cards, c.shipments, i.fee_total as "feeTotal", i.vat_total as "vatTotal",
           c.cost_center = min(c.cost_center) over (partition by c.enterprise_number, c.order_id) as "isFirst",
           sum(c.money) over (partition by c.enterprise_number, c.order_id)::bigint as "orderMoney"
      from center c
      join invoice i on i.enterprise_number = c.enterprise_number and i.order_id = c.order_id and i.cost_center = c.cost_center
                    and i.kind <> 'credit'
     order by 2, 3`.execute(db);
  return found.rows.flatMap((row) => {
    const { service, cardProduction = 0, cardDelivery = 0 } = fees.get(row.enterpriseNumber) ?? {};
    const served = service === undefined || row.orderMoney === 0 ? 0 : serviceOf(service, row);
    const fee = served + row.cards * cardProduction + row.shipments * cardDelivery;
    const vat = shareOf(fee, '21');
    if (fee === row.feeTotal && vat === row.vatTotal) return [];
    return [`order ${row.orderId}/${row.costCenter}: ${row.feeTotal} + ${row.vatTotal}, agreed ${fee} + ${vat}`];
  });
}

function serviceOf(service: ServiceFee, { money, vouchers, people, isFirst, orderMoney }: CenterRow): Cents {
  if ('percent' in service) return shareOf(money, service.percent);
  if ('perVoucher' in service) return Math.max(0, vouchers) * service.perVoucher;
  if ('perBeneficiary' in service) return people * service.perBeneficiary;
  if ('fixed' in service) return isFirst ? service.fixed : 0;
  const tier = service.tiers.find(({ upTo }) => upTo === null || orderMoney <= upTo);
  return shareOf(money, tier?.percent ?? '0');
}

/** Half up, for a percentage of at most two decimals. */
function shareOf(cents: Cents, percent: string): Cents {
  return Math.floor((cents * Math.round(Number(percent) * 100) + 5000) / 10_000);
}

/** Confirmed orders whose money all came and whose first day of validity is past, and that were not released; drafts that nobody confirmed. */
export async function findUnreleased({ db }: Database, booked: readonly Transfer[], lastDay: Day): Promise<string[]> {
  const found = await sql<{ id: number; status: string; starts: Day; invoices: { number: string; total: Cents }[] }>`
    select o.id, o.status, o.validity_start as starts,
           (select coalesce(json_agg(json_build_object('number', i.number, 'total', i.total)), '[]')
              from invoice i
             where i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind <> 'credit') as invoices
      from voucher_order o where o.status not in ('cancelled', 'released') order by 1`.execute(db);
  const came = new Map<string, Cents>();
  for (const { invoice, amount } of booked) came.set(invoice, (came.get(invoice) ?? 0) + amount);
  return found.rows.flatMap(({ id, status, starts, invoices }) => {
    if (status === 'draft') return [`order ${id} was never confirmed`];
    const isPaid = invoices.every(({ number, total }) => (came.get(number) ?? 0) >= total);
    return isPaid && starts <= lastDay ? [`order ${id} is paid since long and ${status}`] : [];
  });
}
