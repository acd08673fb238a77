/** Owns the rows of the demo's portal files: right ones, and the mess that people make of them. */
import { PORTAL_WORDS } from '../portal-words.ts';
import type { DemoEmployer } from './employers.ts';
import type { DemoPerson } from './people.ts';

/** A day is text `YYYY-MM-DD` in an object: a workbook shows it as a date, a CSV as its country writes it. */
export type PortalCell = string | number | { readonly day: string };
export type PortalRow = readonly PortalCell[];

export type PortalMess =
  | 'check-digits'
  | 'impossible-date'
  | 'no-email'
  | 'unknown-center'
  | 'wrong-point'
  | 'above-limit'
  | 'unknown-gender'
  | 'no-street'
  | 'two-answers'
  | 'twice'
  | 'zeros-lost'
  | 'other-birthday'
  | 'inactive';

/** What is only reported or harmless; everything else gets its row rejected. */
const HARMLESS: readonly PortalMess[] = ['twice', 'zeros-lost', 'other-birthday', 'inactive'];

/** By employer's place, by person's place. At most two rejected rows, or a tenth, in each file: more would hold it. */
export const PORTAL_MESS: Readonly<Record<number, Readonly<Record<number, PortalMess>>>> = {
  0: { 3: 'check-digits', 7: 'impossible-date', 20: 'two-answers', 30: 'twice' },
  1: { 5: 'no-email', 12: 'unknown-center', 18: 'zeros-lost' },
  2: { 2: 'above-limit' },
  3: { 4: 'zeros-lost', 9: 'wrong-point' },
  5: { 1: 'impossible-date', 8: 'check-digits', 15: 'twice', 40: 'unknown-center' },
  6: { 3: 'no-email' },
  8: { 29: 'inactive' },
  9: { 4: 'no-street', 10: 'unknown-gender' },
  10: { 6: 'other-birthday' },
  11: { 2: 'check-digits' },
};

/** Places of the people whose row is rejected. */
export function rejectedPlaces(employerIndex: number): number[] {
  return Object.entries(PORTAL_MESS[employerIndex] ?? {})
    .filter(([, mess]) => !HARMLESS.includes(mess))
    .map(([place]) => Number(place));
}

const LANGUAGE_NAMES = {
  fr: { fr: 'Français', nl: 'Néerlandais', de: 'Allemand', en: 'Anglais' },
  nl: { fr: 'Frans', nl: 'Nederlands', de: 'Duits', en: 'Engels' },
  de: { fr: 'Französisch', nl: 'Niederländisch', de: 'Deutsch', en: 'Englisch' },
} as const;

export type SenderLanguage = keyof typeof PORTAL_WORDS;

/** The rows of one person in columns A to AJ: one, or two, or none. */
export function portalRows(
  employer: DemoEmployer,
  person: DemoPerson,
  language: SenderLanguage,
  mess?: PortalMess,
): PortalRow[] {
  const row = rightRow(employer, person, language);
  const put = (column: keyof typeof COLUMN, cell: PortalCell) =>
    row.map((old, at) => (at === COLUMN[column] ? cell : old));
  const number = person.nationalRegisterNumber;
  const words = PORTAL_WORDS[language];
  switch (mess) {
    case undefined:
      return [row];
    case 'check-digits':
      return [put('register', number.slice(0, 9) + String((Number(number.slice(9)) % 97) + 1).padStart(2, '0'))];
    case 'impossible-date':
      return [put('birth', `31/02/${person.birthDate.slice(0, 4)}`)];
    case 'no-email':
      return [put('email', '')];
    case 'unknown-center':
      return [put('center', '9')];
    case 'wrong-point':
      return [
        row.map((old, at) => (at === COLUMN.delivery ? words.client : at === COLUMN.point ? `${words.point} 9` : old)),
      ];
    case 'above-limit':
      return [put('value', 11)];
    case 'unknown-gender':
      return [put('gender', '?')];
    case 'no-street':
      return [row.map((old, at) => (at === COLUMN.delivery ? words.home : at === COLUMN.street ? '' : old))];
    case 'two-answers':
      return [row, put('value', person.faceValue / 100 - 1)];
    case 'twice':
      return [row, row];
    case 'zeros-lost':
      return [put('register', Number(number))];
    case 'other-birthday':
      return [put('birth', { day: `${person.birthDate.slice(0, 8)}${person.birthDate.endsWith('15') ? '16' : '15'}` })];
    case 'inactive':
      return [put('status', words.inactive)];
  }
}

const COLUMN = {
  register: 0,
  status: 2,
  gender: 6,
  birth: 7,
  email: 9,
  delivery: 13,
  point: 14,
  street: 15,
  center: 31,
  value: 33,
};

function rightRow(employer: DemoEmployer, person: DemoPerson, language: SenderLanguage): PortalCell[] {
  const words = PORTAL_WORDS[language];
  const home = person.deliveryPoint === 0;
  const address = [person.street, person.houseNumber, '', person.postalCode, person.city, 'BE', ''];
  return [
    person.nationalRegisterNumber,
    person.personnelNumber,
    words.active,
    person.lastName,
    person.firstName,
    '',
    words[person.gender],
    { day: person.birthDate },
    LANGUAGE_NAMES[language][person.language],
    person.email,
    '',
    '',
    '',
    home ? words.home : words.client,
    home ? '' : `${words.point} ${person.deliveryPoint}`,
    ...address,
    words.home,
    '',
    ...address,
    // Some type the number, some the name that the portal shows.
    person.costCenter === 0
      ? ''
      : person.costCenter === 2
        ? (employer.costCenters[1] ?? '')
        : String(person.costCenter),
    words.meal,
    person.faceValue / 100,
    employer.eco ? words.eco : words.none,
    words.none,
  ];
}

const ADDRESS_TITLES = {
  fr: ['rue', 'numéro', 'boîte', 'code postal', 'commune', 'pays', 'complément'],
  nl: ['straat', 'nummer', 'bus', 'postcode', 'gemeente', 'land', 'extra'],
  de: ['Straße', 'Nummer', 'Postfach', 'Postleitzahl', 'Ort', 'Land', 'Zusatz'],
} as const;
const TITLES = {
  fr: [
    'Numéro national',
    'Matricule',
    'Statut',
    'Nom',
    'Prénom',
    'Autre nom',
    'Genre',
    'Date de naissance',
    'Langue',
    'E-mail',
    'Libre 1',
    'Libre 2',
    'Libre 3',
    'Livraison carte',
    'Point de livraison',
    'Livraison PIN',
    'Point de livraison PIN',
    'Centre de coûts',
    'Chèque-repas',
    'Valeur',
    'Deuxième produit',
    'Troisième produit',
  ],
  nl: [
    'Rijksregisternummer',
    'Personeelsnummer',
    'Status',
    'Naam',
    'Voornaam',
    'Andere naam',
    'Geslacht',
    'Geboortedatum',
    'Taal',
    'E-mail',
    'Vrij 1',
    'Vrij 2',
    'Vrij 3',
    'Levering kaart',
    'Leveringspunt',
    'Levering PIN',
    'Leveringspunt PIN',
    'Kostenplaats',
    'Maaltijdcheque',
    'Waarde',
    'Tweede product',
    'Derde product',
  ],
  de: [
    'Nationalregisternummer',
    'Personalnummer',
    'Status',
    'Name',
    'Vorname',
    'Anderer Name',
    'Geschlecht',
    'Geburtsdatum',
    'Sprache',
    'E-Mail',
    'Frei 1',
    'Frei 2',
    'Frei 3',
    'Lieferung Karte',
    'Lieferstelle',
    'Lieferung PIN',
    'Lieferstelle PIN',
    'Kostenstelle',
    'Mahlzeitscheck',
    'Wert',
    'Zweites Produkt',
    'Drittes Produkt',
  ],
} as const;

/** Row 1 of a portal file, 36 titles. */
export function portalTitles(language: SenderLanguage): string[] {
  const titles = TITLES[language];
  return [
    ...titles.slice(0, 15),
    ...ADDRESS_TITLES[language],
    ...titles.slice(15, 17),
    ...ADDRESS_TITLES[language],
    ...titles.slice(17),
  ];
}
