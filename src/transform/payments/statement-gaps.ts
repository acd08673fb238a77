/** Which bank statements arrived although the one before them did not. */

/** A statement of one account and format by its year and the number the bank gave it. */
export interface NumberedStatement {
  readonly year: number;
  readonly statementNumber: string;
}

/**
 * The arrived statements whose predecessor is nowhere, in the order given. Banks count the statements of an account from 1
 * each year (CODA 2.x, record 1). The first statement that Navette ever got follows nothing; a statement named otherwise
 * than by a number follows nothing either.
 * @param stored statements of the same account and format that were there before
 */
export function statementsAfterGap(
  stored: readonly NumberedStatement[],
  arrived: readonly NumberedStatement[],
): NumberedStatement[] {
  const places = [...stored, ...arrived].flatMap(placeOf);
  const known = new Set(places.map(({ year, number }) => `${year} ${number}`));
  return arrived.filter((statement) => {
    const [place] = placeOf(statement);
    if (place === undefined || place.number <= 1 || known.has(`${place.year} ${place.number - 1}`)) return false;
    return places.some(({ year, number }) => year < place.year || (year === place.year && number < place.number));
  });
}

function placeOf({ year, statementNumber }: NumberedStatement): { readonly year: number; readonly number: number }[] {
  return /^\d{1,9}$/.test(statementNumber) ? [{ year, number: Number(statementNumber) }] : [];
}
