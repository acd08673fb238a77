/** Which bank entries wait for a person: asked of one entry, and as conditions on `bank_entry`, out of the same words. */
import { sql } from 'kysely';

const FOR_A_PERSON = ['partial', 'over', 'duplicate', 'unknown'];
/** Money that went back, or came back, and nothing tells of which payment. */
const REVERSALS_FOR_A_PERSON = [
  'no-invoice',
  'two-communications',
  'other-currency',
  'takes-back-nothing',
  'returned-debit',
];
const AFTER_RELEASE = 'takes-back-released';

/** What was decided about an entry: its status, and why by rule, or a person's words once it is `accepted`. */
interface Decided {
  readonly status: string;
  readonly why: string | null;
}

/** Whether an entry, of which this was decided, waits until a person decides about it. */
export function waitsForPerson({ status, why }: Decided): boolean {
  if (status === 'reversed') return why !== null && REVERSALS_FOR_A_PERSON.includes(why);
  return FOR_A_PERSON.includes(status);
}

/** Whether an entry took a payment back after its order was released, and nobody said yet how that was settled. */
export function isTakenBack({ status, why }: Decided): boolean {
  return status === 'reversed' && why === AFTER_RELEASE;
}

const list = (words: readonly string[]) => sql.join(words.map((word) => sql.lit(word)));

/** The rows of `bank_entry` of which `waitsForPerson` is true. `rule` is `why` without a person's words: reports may read it. */
export const WAITS_FOR_PERSON = sql<boolean>`(bank_entry.status in (${list(FOR_A_PERSON)})
  or bank_entry.status = 'reversed' and bank_entry.rule in (${list(REVERSALS_FOR_A_PERSON)}))`;

/** The rows of `bank_entry` of which `isTakenBack` is true. */
export const TAKEN_BACK = sql<boolean>`(bank_entry.status = 'reversed' and bank_entry.rule = ${sql.lit(AFTER_RELEASE)})`;
