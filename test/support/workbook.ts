/** Workbooks by hand, from raw XML, for what no library writes; and one call that reads any workbook to its end. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readXlsx } from '../../src/ingest/xlsx/read-xlsx.ts';
import type { XlsxLimits } from '../../src/ingest/xlsx/xlsx-limits.ts';
import type { Cell, LayoutFile, RowIssue } from '../../src/model.ts';
import { type ZipEntry, zipOf } from './zip.ts';

export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
export const STRICT = 'http://purl.oclc.org/ooxml/spreadsheetml/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface HandSheet {
  readonly name?: string;
  readonly state?: string;
  /** what stands in `<sheetData>`, or a whole part when it begins with `<?xml` or `<x:worksheet` */
  readonly xml: string | Buffer;
}

export interface HandWorkbook {
  readonly sheets: readonly HandSheet[];
  /** what stands in `<sst>` */
  readonly strings?: string;
  /** what stands in `<styleSheet>` */
  readonly styles?: string;
  readonly date1904?: boolean;
  /** relationship targets from the root of the zip */
  readonly absoluteTargets?: boolean;
  /** base of the relationship types; the strict one differs */
  readonly office?: string;
  readonly main?: string;
}

/** The parts of a workbook, in the order Excel writes them. */
export function partsOf(book: HandWorkbook): ZipEntry[] {
  const { main = MAIN, office = OFFICE, sheets } = book;
  const to = (file: string): string => (book.absoluteTargets === true ? `/xl/${file}` : file);
  const relationship = (id: string, kind: string, target: string): string =>
    `<Relationship Id="${id}" Type="${office}/${kind}" Target="${target}"/>`;
  const related = sheets.map((_, index) =>
    relationship(`rId${index + 1}`, 'worksheet', to(`worksheets/sheet${index + 1}.xml`)),
  );
  if (book.strings !== undefined) related.push(relationship('rIdS', 'sharedStrings', to('sharedStrings.xml')));
  if (book.styles !== undefined) related.push(relationship('rIdT', 'styles', to('styles.xml')));
  const listed = sheets.map(({ name, state }, index) => {
    const shown = state === undefined ? '' : ` state="${state}"`;
    return `<sheet name="${name ?? `Sheet${index + 1}`}" sheetId="${index + 1}"${shown} r:id="rId${index + 1}"/>`;
  });
  const properties = book.date1904 === true ? '<workbookPr date1904="1"/>' : '<workbookPr/>';
  return [
    {
      name: '[Content_Types].xml',
      content:
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ' +
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    },
    {
      name: '_rels/.rels',
      content: `<Relationships xmlns="${RELATIONSHIPS}">${relationship('r', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${main}" xmlns:r="${office}">${properties}<sheets>${listed.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships xmlns="${RELATIONSHIPS}">${related.join('')}</Relationships>`,
    },
    ...sheets.map(({ xml }, index) => ({
      name: `xl/worksheets/sheet${index + 1}.xml`,
      content: isWholePart(xml) ? xml : `<worksheet xmlns="${main}"><sheetData>${xml}</sheetData></worksheet>`,
    })),
    ...(book.styles === undefined
      ? []
      : [{ name: 'xl/styles.xml', content: `<styleSheet xmlns="${main}">${book.styles}</styleSheet>` }]),
    ...(book.strings === undefined
      ? []
      : [{ name: 'xl/sharedStrings.xml', content: `<sst xmlns="${main}">${book.strings}</sst>` }]),
  ];
}

function isWholePart(xml: string | Buffer): boolean {
  return typeof xml !== 'string' || /^<(\?xml|x:worksheet|!DOCTYPE)/.test(xml);
}

/** Styles whose number n (from 1) has the nth of these format codes; style 0 is General. */
export function stylesOf(...codes: readonly string[]): string {
  const quoted = (code: string): string => code.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const formats = codes.map((code, index) => `<numFmt numFmtId="${200 + index}" formatCode="${quoted(code)}"/>`);
  const styles = ['<xf numFmtId="0"/>', ...codes.map((_, index) => `<xf numFmtId="${200 + index}"/>`)];
  return `<numFmts>${formats.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${styles.join('')}</cellXfs>`;
}

export const LAYOUT_FILE: LayoutFile = {
  formats: ['xlsx'],
  encoding: 'auto',
  delimiter: 'auto',
  headerRow: 1,
  sheet: 'first',
  name: null,
};

export interface ReadWorkbook {
  readonly header: readonly Cell[] | null;
  /** cells by row number */
  readonly rows: ReadonlyMap<number, readonly Cell[]>;
  readonly warnings: readonly RowIssue[];
  readonly lastLineComplete: boolean;
  readonly dataRows: number;
}

export async function readAll(
  path: string,
  file: Partial<LayoutFile> = {},
  limits?: XlsxLimits,
): Promise<ReadWorkbook> {
  const opened = await readXlsx(path, { ...LAYOUT_FILE, ...file }, limits);
  const rows = new Map<number, readonly Cell[]>();
  for await (const batch of opened.rows) for (const row of batch) rows.set(row.rowNumber, row.cells);
  return { header: opened.header, rows, ...opened.outcome() };
}

/** Writes the bytes, or a zip of the parts, into `folder` and reads it to its end. */
export async function writeAndRead(
  folder: string,
  content: Buffer | readonly ZipEntry[],
  file: Partial<LayoutFile> = {},
  limits?: XlsxLimits,
): Promise<ReadWorkbook> {
  const path = join(folder, 'book.xlsx');
  await writeFile(path, Buffer.isBuffer(content) ? content : zipOf(content));
  return readAll(path, file, limits);
}

/** A workbook of one sheet with this XML, read from its first row on. */
export function readSheet(
  folder: string,
  xml: string | Buffer,
  rest: Omit<HandWorkbook, 'sheets'> = {},
): Promise<ReadWorkbook> {
  return writeAndRead(folder, partsOf({ sheets: [{ xml }], ...rest }), { headerRow: 0 });
}
