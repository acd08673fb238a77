/** The active beneficiaries of an employer as rows of the portal workbook, so that sending them back changes nothing. */
import { PORTAL_FIELDS } from '../../config/layout-fields.ts';
import type { ProductConfig } from '../../config/products.ts';
import { BENEFICIARY_COLUMN_OF } from '../../load/people/stage-beneficiaries.ts';
import type { EmployerPlace, TemplateContent, TemplatePerson } from '../../load/people/template-content.ts';
import type { LanguageMessages } from '../../messages.ts';
import type { Cell, Language } from '../../model.ts';
import { foldWord } from '../../transform/values/fold-word.ts';

export interface TemplateWords {
  readonly language: Language;
  readonly texts: LanguageMessages['template'];
  readonly content: TemplateContent;
  readonly products: readonly ProductConfig[];
}

type PortalField = (typeof PORTAL_FIELDS)[number];

/** The cells of columns A to AJ about one person. What an import would refuse is left blank, which keeps it. */
export function templateRow({ record, products }: TemplatePerson, words: TemplateWords): Cell[] {
  const cells: Partial<Record<PortalField, Cell>> = {};
  const { texts, content } = words;
  const extra = (record['extra'] ?? {}) as Readonly<Record<string, string>>;
  for (const field of PORTAL_FIELDS) {
    const value = record[BENEFICIARY_COLUMN_OF.get(field) ?? ''];
    cells[field] = typeof value === 'string' ? value : (extra[field] ?? null);
  }
  cells.nationalRegisterNumber = String(record['national_register_number']);
  cells.status = texts.words.active;
  cells.gender = texts.words[record['gender'] as 'm' | 'f' | 'x'];
  cells.language = String(record['language']).toUpperCase();
  cells.birthDate = { date: String(record['birth_date']) };
  cells.cardDelivery = isDeliverable(record, 'card') ? deliveryWord(record['card_delivery'], texts) : null;
  // Blank is what "as the card" reads as.
  cells.pinDelivery = isDeliverable(record, 'pin') ? deliveryWord(record['pin_delivery'], texts) : null;
  cells.cardDeliveryPoint = placeWord(record['card_delivery_point'], content.deliveryPoints, texts.place);
  cells.pinDeliveryPoint = placeWord(record['pin_delivery_point'], content.deliveryPoints, texts.place);
  cells.costCenter = placeWord(record['cost_center'], content.costCenters, texts.center);
  Object.assign(cells, productCells(products, words));
  return PORTAL_FIELDS.map((field) => cells[field] ?? null);
}

/** Words for the places of an employer that an import finds again: the label where it is the only one, or else the number in words. */
export function placeWords(places: readonly EmployerPlace[], numbered: string): ReadonlyMap<number, string> {
  const folded = places.map(({ label }) => foldWord(label));
  const isOnly = (label: string): boolean =>
    label.trim() !== '' && folded.filter((one) => one === foldWord(label)).length === 1;
  return new Map(
    places.map(({ number, label }) => [number, isOnly(label) ? label : numbered.replace('{number}', String(number))]),
  );
}

/** The name of a product in the language of the workbook. */
export function productWord(code: string, { products, language }: TemplateWords): string {
  return products.find((product) => product.code === code)?.names[language] ?? code;
}

function placeWord(number: unknown, places: readonly EmployerPlace[], numbered: string): Cell {
  return typeof number === 'number' ? (placeWords(places, numbered).get(number) ?? null) : null;
}

function deliveryWord(delivery: unknown, { words }: TemplateWords['texts']): Cell {
  return delivery === 'employer' || delivery === 'beneficiary' ? words[delivery] : null;
}

/** Delivery that is said again is checked again: the point must be known, the address complete. A PIN may go where the card goes. */
function isDeliverable(record: TemplatePerson['record'], what: 'card' | 'pin'): boolean {
  const delivery = record[`${what}_delivery`];
  const place = delivery === 'employer' ? ['delivery_point'] : ['street', 'house_number', 'postal_code', 'city'];
  const given = place.filter((name) => record[`${what}_${name}`] !== null);
  if (what === 'card' || given.length > 0) return given.length === place.length;
  if (delivery === 'employer' && record['card_delivery'] !== 'employer') return false;
  return place.every((name) => record[`card_${name}`] !== null);
}

function productCells(held: TemplatePerson['products'], words: TemplateWords): Partial<Record<PortalField, Cell>> {
  const kindOf = (code: string) => words.products.find((product) => product.code === code)?.kind;
  const isUnderContract = (code: string): boolean => words.content.products.includes(code);
  const meals = held.filter(({ code }) => kindOf(code) === 'count');
  const others = held.filter(({ code }) => kindOf(code) === 'amount');
  const [meal] = meals;
  const cells: Partial<Record<PortalField, Cell>> = {};
  if (meals.length === 1 && meal !== undefined && meal.faceValue !== null && isUnderContract(meal.code)) {
    cells.mealProduct = productWord(meal.code, words);
    cells.mealFaceValue = meal.faceValue / 100;
  }
  // Two named products take every other one away: of more than two, none is named.
  const named = others.length > 2 ? [] : others.filter(({ code }) => isUnderContract(code));
  const [second, third] = named.map(({ code }) => productWord(code, words));
  if (second !== undefined) cells.secondProduct = second;
  if (third !== undefined) cells.thirdProduct = third;
  return cells;
}
