/** The texts that readers see, read once from one YAML file per language, each of which must hold every key. */
import { join } from 'node:path';
import { z } from 'zod';
import { fieldsOfKind } from './config/layout-fields.ts';
import { readYamlFile } from './config/yaml-file.ts';
import { ConfigError } from './errors.ts';
import { ISSUE_CODES, LANGUAGES, type Language } from './model.ts';
import { NOTICE_KINDS, NOTICE_LABELS, type NoticeTexts } from './transform/notices/notice-content.ts';
import { HOLDING_WARNINGS, INFORMATIONAL_WARNINGS } from './transform/orders/order-warnings.ts';

const text = z.string().min(1);
const byNoticeKind = z.record(z.enum(NOTICE_KINDS), text);

const noticeShape: z.ZodType<NoticeTexts> = z.strictObject({
  subject: byNoticeKind,
  greeting: text,
  intro: byNoticeKind,
  footer: byNoticeKind,
  contact: text,
  closing: text,
  qr: text,
  headings: z.strictObject({ payment: text, credit: text, costs: text, document: text }),
  labels: z.record(z.enum(NOTICE_LABELS), text),
});

const FIELDS = [...new Set([...fieldsOfKind('beneficiaries'), ...fieldsOfKind('payroll')])];

/** What a file can turn out to be that no layout reads, or what is wrong with the text that it is. */
const FOUND_FORMATS = [
  'quote',
  'delimiter',
  'xls',
  'xlsb',
  'ods',
  'encrypted-office',
  'encrypted',
  'html',
  'pdf',
  'zip',
  'gzip',
  'pgp',
  'xlsx',
  'text',
  'xml',
  'doctype',
  'docx',
  'pptx',
  'binary',
] as const;
/** What is said of the columns of the portal workbook; several columns may share one. */
const WANTS = [
  'register',
  'personnel',
  'status',
  'name',
  'otherName',
  'gender',
  'birthDate',
  'language',
  'email',
  'free',
  'delivery',
  'pinDelivery',
  'point',
  'pinAddress',
  'address',
  'addressExtra',
  'costCenter',
  'mealProduct',
  'faceValue',
  'otherProduct',
] as const;

const templateShape = z.strictObject({
  /** names of the two sheets */
  guide: text,
  data: text,
  title: text,
  intro: text,
  head: z.strictObject({ column: text, field: text, wants: text, required: text, example: text }),
  yes: text,
  no: text,
  place: text,
  center: text,
  /** words of the drop-down lists, each of which an import understands */
  words: z.strictObject({
    active: text,
    inactive: text,
    m: text,
    f: text,
    x: text,
    employer: text,
    beneficiary: text,
    none: text,
  }),
  wants: z.record(z.enum(WANTS), text),
});

const messagesShape = z.strictObject({
  /** one sentence for each issue code; the placeholders of each stand at the top of en.yaml */
  issues: z.record(z.enum(ISSUE_CODES), text),
  /** the sentence for `file.format` when it is known what the file is, or what is wrong with it */
  formats: z.record(z.enum(FOUND_FORMATS), text),
  /** how a column is named: by letter, by header, by positions in a line, or by its field alone */
  column: z.strictObject({ letter: text, header: text, positions: text, field: text }),
  /** names of the fields of layouts, by field name */
  fields: z.record(z.enum(FIELDS), text),
  /** the workbook that `navette template` writes */
  template: templateShape,
  notice: noticeShape,
  /** what an e-invoice says in words */
  eInvoice: z.strictObject({ outsideVat: text, nothingToPay: text }),
  /** one sentence for each warning of an order */
  warnings: z.record(z.enum([...HOLDING_WARNINGS, ...INFORMATIONAL_WARNINGS]), text),
});

/** The texts of one language. */
export type LanguageMessages = z.infer<typeof messagesShape>;
export type Messages = Readonly<Record<Language, LanguageMessages>>;

/**
 * Reads `<language>.yaml` of every language in `folder`, once: the caller keeps the value. ConfigError lists, by file and line, each
 * key that is missing or unknown.
 */
export function loadMessages(folder: string): Messages {
  const messages: Partial<Record<Language, LanguageMessages>> = {};
  const faults: string[] = [];
  for (const language of LANGUAGES) {
    const file = readYamlFile(join(folder, `${language}.yaml`), messagesShape);
    faults.push(...file.faults);
    if (file.value !== null) messages[language] = file.value;
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return messages as Messages;
}
