/** One person with two register numbers becomes one: a BIS number gives way to the national number that came after it. */
import { RefusedError } from '../../errors.ts';
import { countCards, currentNumber, lockEmployersOfNumbers, renumberPerson } from '../../load/people/person-numbers.ts';
import { parseNationalRegisterNumber } from '../../transform/values/national-register-number.ts';
import type { JobContext } from '../context.ts';
import type { Word } from '../import/decide-held-plan.ts';

/**
 * Moves the person to the new number at every employer; ids and history stay, and later files may use either number.
 * @returns the employers at which the person was moved
 * @throws RefusedError when that cannot be: nothing is changed
 */
export async function mergePerson(
  context: JobContext,
  oldNumber: string,
  newNumber: string,
  word: Word,
): Promise<readonly string[]> {
  const before = parseNationalRegisterNumber(oldNumber, context.today);
  const after = parseNationalRegisterNumber(newNumber, context.today);
  if (before === null || after === null) throw new RefusedError('This is no national register number.');
  const { number: old } = before;
  const { number: given } = after;
  if (old === given) throw new RefusedError('The two numbers are the same.');
  if (after.bis && !before.bis) {
    throw new RefusedError('A BIS number gives way to a national number, not the other way round.');
  }
  const employers = await context.database.db.transaction().execute(async (db) => {
    const at = await lockEmployersOfNumbers(db, { old, new: given });
    const now = [await currentNumber(db, old), await currentNumber(db, given)];
    if (now[0] !== old) throw new RefusedError('The first number was replaced before.');
    if (now[1] !== given) throw new RefusedError('The second number was itself replaced by another.');
    if (at.both.length > 0) {
      throw new RefusedError(
        `Both numbers are beneficiaries of ${at.both.join(', ')}: which of the two records is right must be settled there first.`,
      );
    }
    const cards = [await countCards(db, old), await countCards(db, given)];
    if (at.old.length === 0 && Object.keys(cards[0] ?? {}).length === 0) {
      throw new RefusedError('There is no such beneficiary.');
    }
    if (cards.every((of) => (of['ordered'] ?? 0) > 0)) {
      throw new RefusedError('A card is on order for each of the numbers; release or cancel one of the orders first.');
    }
    await renumberPerson(db, { old, new: given, ...word });
    return at.old;
  });
  context.log('person.merged', { people: 1 });
  return employers;
}
