/** Register numbers that were replaced by others: who is known by which, and what later files mean by the old one. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database.ts';

/** The number a person goes by now; the same one when it was never replaced. */
export async function currentNumber(db: Db, nationalRegisterNumber: string): Promise<string> {
  const found = await sql<{ new: string }>`select new from person_number where old = ${nationalRegisterNumber}`.execute(
    db,
  );
  return found.rows[0]?.new ?? nationalRegisterNumber;
}

/**
 * Staged rows that still use an old number are about the person of the new one. Only once the employers are locked: asked
 * before, a merge that this transaction then waits for would go unseen.
 */
export async function replaceStagedNumbers(db: Db, stage: string): Promise<void> {
  await renumbered(stage).execute(db);
}

/** The same, as a part of a statement that does not look at the numbers. */
export function renumbered(stage: string): RawBuilder<unknown> {
  return sql`
    update ${sql.table(stage)} s set national_register_number = n.new
      from person_number n where n.old = s.national_register_number`;
}

export interface Renumbering {
  readonly old: string;
  readonly new: string;
  readonly by: string;
  readonly why: string;
}

/** Locks every employer of either number; @returns those of the old one, of the new one, and of both, in order */
export async function lockEmployersOfNumbers(
  db: Db,
  numbers: Pick<Renumbering, 'old' | 'new'>,
): Promise<{ readonly old: string[]; readonly new: string[]; readonly both: string[] }> {
  await sql`
    select enterprise_number from employer
     where enterprise_number in (
       select enterprise_number from beneficiary where national_register_number in (${numbers.old}, ${numbers.new}))
     order by enterprise_number for update`.execute(db);
  const found = await sql<{ number: string; employer: string }>`
    select national_register_number as number, enterprise_number as employer from beneficiary
     where national_register_number in (${numbers.old}, ${numbers.new}) order by enterprise_number`.execute(db);
  const of = (number: string) => found.rows.filter((row) => row.number === number).map((row) => row.employer);
  const old = of(numbers.old);
  const given = of(numbers.new);
  return { old, new: given, both: old.filter((employer) => given.includes(employer)) };
}

/** How many cards of a person stand in each state. */
export async function countCards(db: Db, nationalRegisterNumber: string): Promise<Readonly<Record<string, number>>> {
  const found = await sql<{ status: string; cards: number }>`
    select status, count(*)::int as cards from card
     where national_register_number = ${nationalRegisterNumber} group by 1`.execute(db);
  return Object.fromEntries(found.rows.map((row) => [row.status, row.cards]));
}

/**
 * Moves everything of the old number to the new one: beneficiaries with their ids, cards behind those of the new number, and
 * the cards that orders name. Of two active cards the newer stays active. History says who did it and why.
 */
export async function renumberPerson(db: Db, numbers: Renumbering): Promise<void> {
  const { old, new: given, by, why } = numbers;
  await sql`
    update card c set status = 'replaced'
     where c.national_register_number in (${old}, ${given}) and c.status = 'active'
       and exists (select from card o
                    where o.national_register_number in (${old}, ${given}) and o.status = 'active'
                      and (coalesce(o.produced_on, '-infinity'), o.national_register_number)
                        > (coalesce(c.produced_on, '-infinity'), c.national_register_number))`.execute(db);
  const behind = sql`(select coalesce(max(sequence), 0) from card where national_register_number = ${given})`;
  await sql`
    update order_card set sequence = sequence + ${behind}, national_register_number = ${given}
     where national_register_number = ${old}`.execute(db);
  await sql`
    update card set sequence = sequence + ${behind}, national_register_number = ${given}
     where national_register_number = ${old}`.execute(db);
  await sql`
    with moved as (
      update beneficiary set national_register_number = ${given}
       where national_register_number = ${old} returning enterprise_number, id
    )
    insert into beneficiary_change (enterprise_number, beneficiary_id, before, after, changed_by, why)
    select enterprise_number, id, jsonb_build_object('national_register_number', ${old}::text),
           jsonb_build_object('national_register_number', ${given}::text), ${by}, ${why}
      from moved`.execute(db);
  await sql`update person_number set new = ${given} where new = ${old}`.execute(db);
  await sql`
    insert into person_number (old, new, decided_by, why) values (${old}, ${given}, ${by}, ${why})`.execute(db);
}
