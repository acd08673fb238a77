/** The first sheet of the workbook that is filled in: what each of its columns wants, with an example, in the reader's language. */
import { PORTAL_FIELDS } from '../../config/layout-fields.ts';
import type { SheetToWrite } from '../../load/workbook.ts';
import type { LanguageMessages } from '../../messages.ts';
import { BENEFICIARY_WORDS } from '../../transform/suggest/suggest-words.ts';
import { columnLetter } from '../../transform/values/column-letter.ts';
import type { TemplateWords } from './template-rows.ts';

type PortalField = (typeof PORTAL_FIELDS)[number];
type Want = keyof LanguageMessages['template']['wants'];

/** `headers` in the order of the columns; `firstWords` are examples from the employer's own lists, by field. */
export function guideSheet(
  headers: readonly string[],
  employer: string,
  { texts }: TemplateWords,
  firstWords: ReadonlyMap<string, string>,
): SheetToWrite {
  const { head } = texts;
  const title = [[texts.title.replace('{employer}', employer)], ...sentencesOf(texts.intro).map((one) => [one]), []];
  const rows = PORTAL_FIELDS.map((field, at) => [
    columnLetter(at),
    headers[at] ?? field,
    texts.wants[WANTS[field]],
    BENEFICIARY_WORDS[field]?.required === true ? texts.yes : texts.no,
    firstWords.get(field) || (EXAMPLES[field] ?? ''),
  ]);
  return {
    name: texts.guide,
    frozenRows: title.length + 1,
    boldRows: [1],
    columns: [10, 34, 72, 13, 32].map((width, at) => ({ width, text: true, wrap: at === 2 })),
    rows: [...title, [head.column, head.field, head.wants, head.required, head.example], ...rows],
  };
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=\.) /);
}

const WANTS: Readonly<Record<PortalField, Want>> = {
  nationalRegisterNumber: 'register',
  personnelNumber: 'personnel',
  status: 'status',
  lastName: 'name',
  firstName: 'name',
  otherName: 'otherName',
  gender: 'gender',
  birthDate: 'birthDate',
  language: 'language',
  email: 'email',
  extra1: 'free',
  extra2: 'free',
  extra3: 'free',
  cardDelivery: 'delivery',
  cardDeliveryPoint: 'point',
  cardStreet: 'address',
  cardHouseNumber: 'address',
  cardBox: 'addressExtra',
  cardPostalCode: 'address',
  cardCity: 'address',
  cardCountry: 'addressExtra',
  cardAddressExtra: 'addressExtra',
  pinDelivery: 'pinDelivery',
  pinDeliveryPoint: 'point',
  pinStreet: 'pinAddress',
  pinHouseNumber: 'pinAddress',
  pinBox: 'pinAddress',
  pinPostalCode: 'pinAddress',
  pinCity: 'pinAddress',
  pinCountry: 'pinAddress',
  pinAddressExtra: 'pinAddress',
  costCenter: 'costCenter',
  mealProduct: 'mealProduct',
  mealFaceValue: 'faceValue',
  secondProduct: 'otherProduct',
  thirdProduct: 'otherProduct',
};

const EXAMPLES: Partial<Record<PortalField, string>> = {
  nationalRegisterNumber: '85.07.30-033.28',
  personnelNumber: '1001',
  lastName: 'Navetteau',
  firstName: 'Odilon',
  otherName: 'Zélie',
  birthDate: '30/07/1985',
  email: 'odilon.navetteau@example.be',
  extra1: 'A1',
  extra2: 'B2',
  extra3: 'C3',
  cardStreet: 'Rue Inventée',
  cardHouseNumber: '12',
  cardBox: 'B',
  cardPostalCode: '1000',
  cardCity: 'Bruxelles',
  cardCountry: 'BE',
  cardAddressExtra: 'c/o Bonpapier',
  pinStreet: 'Rue Inventée',
  pinHouseNumber: '12',
  pinBox: 'B',
  pinPostalCode: '1000',
  pinCity: 'Bruxelles',
  pinCountry: 'BE',
  pinAddressExtra: 'c/o Bonpapier',
  mealFaceValue: '8,00',
};
