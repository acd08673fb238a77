/** Cards that expire soon, and the drafts that renew them. */
import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../model.ts';
import { countWritten } from '../answers.ts';
import type { Db } from '../database.ts';
import { centerOnOrder } from './order-cards.ts';
import type { OrderKey } from './order-locks.ts';

export interface RenewalsFound {
  /** active people whose card expires by the day and has no successor on order */
  readonly people: number;
  /** of them, those whose renewal a draft names already */
  readonly named: number;
  /** drafts that can take the others; who has none waits for the next order */
  readonly drafts: readonly OrderKey[];
}

/** Each person once: the first of their employers, in order of enterprise number, that has a draft, and its oldest one. */
function renewals(lastDay: Day): RawBuilder<unknown> {
  return sql`
    select a.national_register_number, d.enterprise_number, d.order_id, d.delivery_point, d.cost_center,
           (select max(c.sequence) + 1 from card c where c.national_register_number = a.national_register_number) as sequence,
           exists (select from order_card k
                     join voucher_order o on o.enterprise_number = k.enterprise_number and o.id = k.order_id
                    where k.national_register_number = a.national_register_number and o.status = 'draft') as named
      from card a
      left join lateral (
        select b.enterprise_number, o.id as order_id, ${centerOnOrder(sql`o.id`)} as cost_center,
               case b.card_delivery when 'employer' then b.card_delivery_point end as delivery_point
          from beneficiary b
          join employer e on e.enterprise_number = b.enterprise_number and e.status = 'active'
          join voucher_order o on o.enterprise_number = b.enterprise_number and o.status = 'draft'
         where b.national_register_number = a.national_register_number and b.status = 'active'
         order by b.enterprise_number, o.id limit 1) d on true
     where a.status = 'active' and a.expires_on <= ${lastDay}::date
       and exists (select from beneficiary b
                    where b.national_register_number = a.national_register_number and b.status = 'active')
       and not exists (select from card c
                        where c.national_register_number = a.national_register_number and c.status = 'ordered')`;
}

/** What there is to renew; nothing is locked. */
export async function findRenewals(db: Db, lastDay: Day): Promise<RenewalsFound> {
  const counted = await sql<{ people: number; named: number }>`
    select count(*)::int as people, (count(*) filter (where named))::int as named from (${renewals(lastDay)}) r`.execute(
    db,
  );
  const drafts = await sql<OrderKey>`
    select distinct enterprise_number as "enterpriseNumber", order_id as id from (${renewals(lastDay)}) r
     where not named and order_id is not null order by 1, 2`.execute(db);
  return { people: 0, named: 0, ...counted.rows[0], drafts: drafts.rows };
}

/** Names the renewals on the drafts in `order_set`, which are locked; @returns how many */
export async function nameRenewalsOnDrafts(db: Db, lastDay: Day): Promise<number> {
  const named = await sql`
    insert into order_card (enterprise_number, order_id, national_register_number, sequence, action, delivery_point, cost_center)
    select r.enterprise_number, r.order_id, r.national_register_number, r.sequence, 'renewal', r.delivery_point, r.cost_center
      from (${renewals(lastDay)}) r join order_set s using (enterprise_number, order_id)
     where not r.named
    on conflict do nothing`.execute(db);
  return countWritten(named);
}
