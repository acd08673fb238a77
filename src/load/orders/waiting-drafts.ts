/** Drafts that wait for a person, and what holds them. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

export interface WaitingDraft {
  readonly id: number;
  readonly employerName: string;
  /** the employer wants every order to be confirmed by a person */
  readonly neverByItself: boolean;
  /** codes of its warnings that nobody has acknowledged, each once */
  readonly codes: readonly string[];
}

export async function readWaitingDrafts(db: Db): Promise<WaitingDraft[]> {
  const found = await sql<WaitingDraft>`
    select o.id, e.name as "employerName", coalesce(s.confirm = 'never', true) as "neverByItself",
           array(select distinct w.code from order_warning w
                  where w.enterprise_number = o.enterprise_number and w.order_id = o.id and w.acknowledged_by is null
                  order by 1) as codes
      from voucher_order o
      join employer e on e.enterprise_number = o.enterprise_number
      left join standing_order s on s.enterprise_number = o.enterprise_number and s.id = o.standing_order_id
     where o.status = 'draft'
     order by o.id`.execute(db);
  return found.rows;
}
