/** The workbook that an employer or a secretariat fills in: a guide, the sheet with its drop-down lists, and perhaps who is known. */
import { PORTAL_FIELDS } from '../../config/layout-fields.ts';
import { RefusedError } from '../../errors.ts';
import { readTemplateContent, readTemplatePeople } from '../../load/people/template-content.ts';
import { type DropDown, type SheetToWrite, writeWorkbook } from '../../load/workbook.ts';
import type { Cell, Language } from '../../model.ts';
import { columnLetter } from '../../transform/values/column-letter.ts';
import { formatEnterpriseNumber } from '../../transform/values/message-text.ts';
import type { JobContext } from '../context.ts';
import { guideSheet } from './template-guide.ts';
import { placeWords, productWord, type TemplateWords, templateRow } from './template-rows.ts';

export interface BuiltTemplate {
  readonly bytes: Buffer;
  readonly language: Language;
  /** beneficiaries in it */
  readonly rows: number;
}

type PortalField = (typeof PORTAL_FIELDS)[number];

const LAST_ROW = 5_000;
const LISTS = 'Lists';

/**
 * Sheets in their order: the guide, the 36 columns, and a hidden one that holds the words of the lists. `language` null = the
 * employer's own. `filled`: with every active beneficiary.
 * @throws RefusedError for an unknown employer
 */
export async function buildTemplate(
  { config, database, today, now }: Pick<JobContext, 'config' | 'database' | 'today' | 'now'>,
  enterpriseNumber: string,
  language: Language | null,
  filled: boolean,
): Promise<BuiltTemplate> {
  const content = await readTemplateContent(database.db, enterpriseNumber, today);
  if (content === undefined) throw new RefusedError('There is no such employer.');
  const spoken = language ?? content.language;
  const messages = config.messages[spoken];
  const words: TemplateWords = { language: spoken, texts: messages.template, content, products: config.products };
  const people = filled ? await readTemplatePeople(database.db, enterpriseNumber, today) : [];
  const lists = listsOf(words);
  const employer = `${content.name} (${formatEnterpriseNumber(enterpriseNumber)})`;
  const headers = PORTAL_FIELDS.map((field) => capitalised(messages.fields[field] ?? field));
  const choices = new Map([...lists].flatMap(([list, { fields }]) => fields.map((field) => [field, list])));
  const data: SheetToWrite = {
    name: messages.template.data,
    frozenRows: 1,
    columns: PORTAL_FIELDS.map((field, at) => ({
      width: WIDTHS[field] ?? Math.max(12, (headers[at]?.length ?? 0) + 2),
      text: !(field in FORMATS),
      wrap: false,
      ...(FORMATS[field] === undefined ? {} : { format: FORMATS[field] }),
    })),
    rows: [headers, ...people.map((person) => templateRow(person, words))],
    dropDowns: dropDowns([...lists.keys()], lists, choices),
  };
  const sheets = [guideSheet(headers, employer, words, firstWords(lists)), data, listSheet([...lists.values()])];
  return { bytes: await writeWorkbook({ writtenAt: now, sheets }), language: spoken, rows: people.length };
}

const FORMATS: Partial<Record<PortalField, string>> = { birthDate: 'dd/mm/yyyy', mealFaceValue: '0.00' };
const WIDTHS: Partial<Record<PortalField, number>> = {
  email: 34,
  lastName: 20,
  firstName: 20,
  cardStreet: 26,
  pinStreet: 26,
};

interface List {
  readonly words: readonly string[];
  readonly fields: readonly PortalField[];
}

function listsOf(words: TemplateWords): ReadonlyMap<string, List> {
  const { texts, content } = words;
  const { active, inactive, m, f, x, employer, beneficiary, none } = texts.words;
  const kindOf = (code: string) => words.products.find((product) => product.code === code)?.kind;
  const named = (kind: string): string[] => {
    const found = content.products.filter((code) => kindOf(code) === kind).map((code) => productWord(code, words));
    return found.length === 0 ? [] : [...found, none];
  };
  const points = [...placeWords(content.deliveryPoints, texts.place).values()];
  return new Map<string, List>([
    ['status', { words: [active, inactive], fields: ['status'] }],
    ['gender', { words: [m, f, x], fields: ['gender'] }],
    ['language', { words: ['FR', 'NL', 'DE', 'EN'], fields: ['language'] }],
    ['delivery', { words: [employer, beneficiary], fields: ['cardDelivery', 'pinDelivery'] }],
    ['points', { words: points, fields: ['cardDeliveryPoint', 'pinDeliveryPoint'] }],
    ['centers', { words: [...placeWords(content.costCenters, texts.center).values()], fields: ['costCenter'] }],
    ['meal', { words: named('count'), fields: ['mealProduct'] }],
    ['other', { words: named('amount'), fields: ['secondProduct', 'thirdProduct'] }],
  ]);
}

/** Lists stand in cells: words in the rule itself may hold no comma and no more than 255 characters. */
function dropDowns(
  names: readonly string[],
  lists: ReadonlyMap<string, List>,
  choices: ReadonlyMap<PortalField, string>,
): DropDown[] {
  return [...choices].flatMap(([field, name]) => {
    const length = lists.get(name)?.words.length ?? 0;
    const letter = columnLetter(PORTAL_FIELDS.indexOf(field));
    const list = columnLetter(names.indexOf(name));
    const words = `${LISTS}!$${list}$1:$${list}$${length}`;
    return length === 0 ? [] : [{ cells: `${letter}2:${letter}${LAST_ROW}`, words }];
  });
}

function listSheet(lists: readonly List[]): SheetToWrite {
  const longest = Math.max(...lists.map(({ words }) => words.length));
  const rows = Array.from({ length: longest }, (_, row) => lists.map(({ words }): Cell => words[row] ?? null));
  const columns = lists.map(() => ({ width: 24, text: true, wrap: false }));
  return { name: LISTS, frozenRows: 0, columns, rows, hidden: true };
}

/** An example for every field with a list: its first word. */
function firstWords(lists: ReadonlyMap<string, List>): ReadonlyMap<string, string> {
  return new Map(
    [...lists.values()].flatMap(({ words, fields }) =>
      fields.map((field): [string, string] => [field, words[0] ?? '']),
    ),
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
