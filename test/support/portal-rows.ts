/** Rows of the portal workbook for invented people, as CSV text. */
import { PORTAL_FIELDS } from '../../src/config/layout-fields.ts';
import { inventPerson } from './people.ts';

export type PortalRow = Partial<Record<(typeof PORTAL_FIELDS)[number], string>>;

/** A complete row about the invented person number `index`: active, card at home, the meal product at 8.00. */
export function portalRow(index: number, changes: PortalRow = {}): PortalRow {
  const person = inventPerson(index);
  const [year, month, day] = person.birthDate.split('-');
  return {
    nationalRegisterNumber: person.nationalRegisterNumber,
    lastName: person.lastName,
    firstName: person.firstName,
    gender: person.gender,
    birthDate: `${day}/${month}/${year}`,
    language: person.language,
    email: person.email,
    cardDelivery: 'Bénéficiaire',
    cardStreet: 'Rue Inventée',
    cardHouseNumber: String(index + 1),
    cardPostalCode: '1000',
    cardCity: 'Bruxelles',
    mealProduct: 'Lunch',
    mealFaceValue: '8,00',
    ...changes,
  };
}

/** The rows under a header, `;` between cells, ending in a line end. */
export function portalCsv(rows: readonly PortalRow[], end = '\r\n'): string {
  const lines = rows.map((row) => PORTAL_FIELDS.map((field) => row[field] ?? '').join(';'));
  return [PORTAL_FIELDS.join(';'), ...lines].join('\r\n') + end;
}
