/** The skeleton of a workbook: which parts it has, its sheets in order, and its date system. */
import { posix } from 'node:path';
import { badWorkbook } from './xlsx-limits.ts';
import { readSmallPart } from './xlsx-small-xml.ts';
import { hasPart, type XlsxZip } from './xlsx-zip.ts';

export interface Sheet {
  readonly name: string;
  /** neither hidden nor very hidden */
  readonly visible: boolean;
  /** name of its part in the zip */
  readonly part: string;
}

export interface Workbook {
  /** worksheets in the order of their tabs; charts and macro sheets are left out */
  readonly sheets: readonly Sheet[];
  /** serial 0 is 1904-01-01 */
  readonly date1904: boolean;
  readonly stringsPart: string | null;
  readonly stylesPart: string | null;
}

interface Relationship {
  readonly id: string;
  /** last word of its type: the words before it differ between transitional and strict OOXML */
  readonly kind: string;
  readonly part: string;
}

/** FileError `file.format` for what is no workbook: {found: `docx`, `xlsb`, `ods`, `zip`, ...}. */
export async function readWorkbook(zip: XlsxZip): Promise<Workbook> {
  const part = await findWorkbookPart(zip);
  const relationships = await readRelationships(zip, part);
  const sheets: { name: string; state: string; id: string }[] = [];
  let date1904 = false;
  let root = '';
  await readSmallPart(zip, part, (element) => {
    root ||= element.name;
    if (element.name === 'workbookPr') date1904 = ['1', 'true', 'on'].includes(element.attribute('date1904'));
    if (element.name !== 'sheet' || element.parent !== 'sheets') return;
    sheets.push({
      name: element.attribute('name'),
      state: element.attribute('state'),
      id: element.qualifiedAttribute('id'),
    });
  });
  if (root !== 'workbook') throw badWorkbook('zip');
  return {
    sheets: sheets.flatMap(({ name, state, id }) => {
      const target = relationships.find((each) => each.id === id);
      if (target === undefined) throw badWorkbook('part-missing');
      const visible = state !== 'hidden' && state !== 'veryHidden';
      return target.kind === 'worksheet' ? [{ name, visible, part: target.part }] : [];
    }),
    date1904,
    stringsPart: relationships.find((each) => each.kind === 'sharedStrings')?.part ?? null,
    stylesPart: relationships.find((each) => each.kind === 'styles')?.part ?? null,
  };
}

async function findWorkbookPart(zip: XlsxZip): Promise<string> {
  if (!hasPart(zip, '[Content_Types].xml')) throw badWorkbook(hasPart(zip, 'mimetype') ? 'ods' : 'zip');
  const types = await readContentTypes(zip);
  const root = (await readRelationships(zip, '')).find((each) => each.kind === 'officeDocument');
  if (root === undefined || !hasPart(zip, root.part)) throw badWorkbook('zip');
  const type = types(root.part);
  if (type.includes('wordprocessingml')) throw badWorkbook('docx');
  if (type.includes('presentationml')) throw badWorkbook('pptx');
  if (type.includes('sheet.binary')) throw badWorkbook('xlsb');
  return root.part;
}

/** Content types by part: an override, else the default of the extension (ECMA-376-2, 7.2.3). */
async function readContentTypes(zip: XlsxZip): Promise<(part: string) => string> {
  const types = new Map<string, string>();
  await readSmallPart(zip, '[Content_Types].xml', (element) => {
    const key = element.name === 'Override' ? element.attribute('PartName') : `.${element.attribute('Extension')}`;
    types.set(key.toLowerCase(), element.attribute('ContentType'));
  });
  return (part) => types.get(`/${part}`.toLowerCase()) ?? types.get(posix.extname(part).toLowerCase()) ?? '';
}

/** Relationships of a part ('' for the package itself) to other parts, none when it has no such file. */
async function readRelationships(zip: XlsxZip, source: string): Promise<Relationship[]> {
  const folder = posix.dirname(source);
  const file = posix.join(folder, '_rels', `${posix.basename(source)}.rels`);
  if (!hasPart(zip, file)) return [];
  const relationships: Relationship[] = [];
  await readSmallPart(zip, file, (element) => {
    if (element.name !== 'Relationship' || element.attribute('TargetMode') === 'External') return;
    const kind = element.attribute('Type').split('/').at(-1) ?? '';
    const part = resolveTarget(zip, folder, element.attribute('Target'));
    relationships.push({ id: element.attribute('Id'), kind, part });
  });
  return relationships;
}

/** A target is a URI reference: relative to its source's folder, or absolute from the root of the zip. */
function resolveTarget(zip: XlsxZip, folder: string, target: string): string {
  const joined = posix.join('/', target.startsWith('/') ? '' : folder, target.replaceAll('\\', '/')).slice(1);
  return hasPart(zip, joined) ? joined : decodeEscapes(joined);
}

function decodeEscapes(part: string): string {
  return part.replace(/%([0-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
