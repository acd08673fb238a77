/** Finds the layout that a file fits, by its name, its content and its header, and opens it with that layout. */
import type { Config, ConfiguredLayout } from '../../config.ts';
import { FileError } from '../../errors.ts';
import type { OpenedRows } from '../../ingest/opened-rows.ts';
import { type FileKind, sniffFile } from '../../ingest/sniff.ts';
import { startsAs } from '../../ingest/statements/statement-format.ts';
import { readFixedWidth } from '../../ingest/text/read-fixed-width.ts';
import type { Day, FileFormat, Layout } from '../../model.ts';
import { planColumns, type RowPlan } from '../../transform/rows/plan-columns.ts';
import { nameBeforeRejection } from '../../transform/rows/rejects-columns.ts';
import { foldWord } from '../../transform/values/fold-word.ts';
import { openCsv, openXlsx } from './open-table.ts';

export interface FittedFile {
  readonly layout: Layout;
  readonly layoutHash: string;
  readonly format: FileFormat;
  /** named groups of the file's name that feed a column, with a value */
  readonly nameValues: Readonly<Record<string, string>>;
  /** rows and how to read them; null for formats that are no table */
  readonly table: { readonly opened: OpenedRows; readonly plan: RowPlan } | null;
}

export interface FileToFit {
  /** local path */
  readonly path: string;
  /** the name the sender gave it */
  readonly name: string;
  readonly maxBytes: number;
  readonly set: Readonly<Record<string, string>>;
  readonly today: Day;
}

/**
 * Tries the candidates in their order. With one candidate, or one whose name fits, its own fault is the file's fault.
 * @throws FileError when the file fits none
 */
export async function fitLayout(
  file: FileToFit,
  candidates: readonly ConfiguredLayout[],
  config: Config,
): Promise<FittedFile> {
  const kind = await sniffFile(file.path);
  if (kind === 'empty') throw new FileError('file.empty');
  const named = candidates.filter(({ layout }) => candidates.length === 1 || fitsName(layout, file.name));
  if (named.length === 0) throw new FileError('file.layout');
  let first: unknown;
  for (const candidate of named) {
    try {
      return await openWith(candidate, kind, file, config);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      first ??= error;
    }
  }
  throw first;
}

function fitsName(layout: Layout, name: string): boolean {
  return layout.file.name === null || new RegExp(layout.file.name, 'iu').test(nameBeforeRejection(name));
}

async function openWith(
  { layout, hash }: ConfiguredLayout,
  kind: FileKind,
  file: FileToFit,
  config: Config,
): Promise<FittedFile> {
  const format = formatOf(kind, layout.file.formats);
  const groups = groupsOf(layout, file.name);
  const common = { layout, layoutHash: hash, format, nameValues: groups };
  const opened = await openTable(format, file, layout);
  if (opened === null) return { ...common, table: null };
  if (opened.header === null && layout.file.headerRow > 0 && format !== 'fixed-width')
    throw new FileError('file.empty');
  const plan = planColumns(layout, {
    header: opened.header,
    format,
    groups,
    set: file.set,
    products: productNames(config),
    today: file.today,
  });
  return { ...common, table: { opened, plan } };
}

/** null for formats that are no table. */
async function openTable(format: FileFormat, file: FileToFit, layout: Layout): Promise<OpenedRows | null> {
  if (format === 'csv') return openCsv(file.path, layout);
  if (format === 'xlsx') return openXlsx(file.path, layout, file.maxBytes);
  if (format === 'fixed-width') return readFixedWidth(file.path, layout.file);
  if (format === 'coda' || format === 'camt053') await requireStart(file.path, format === 'coda' ? 'text' : 'xml');
  return null;
}

/** A bank's drop may take both of its formats, and statements are read only when they are applied. */
async function requireStart(path: string, expected: 'xml' | 'text'): Promise<void> {
  const found = await startsAs(path);
  if (found !== expected) throw new FileError('file.format', { found, line: 1 });
}

/** What the content is, of what the layout takes; what it is otherwise stands in the fault. */
export function formatOf(kind: FileKind, formats: readonly FileFormat[]): FileFormat {
  // A zip that shows no workbook may be one that was cut: the reader of workbooks tells them apart.
  const looksLike = kind === 'zip' ? 'xlsx' : kind;
  const fitting =
    kind === 'text' ? formats.find((format) => format !== 'xlsx') : formats.find((format) => format === looksLike);
  if (fitting === undefined) throw new FileError('file.format', { found: kind });
  return fitting;
}

/** Only groups that feed a column are values of the file; others merely describe the name. */
function groupsOf(layout: Layout, name: string): Record<string, string> {
  if (layout.file.name === null) return {};
  const groups = new RegExp(layout.file.name, 'iu').exec(nameBeforeRejection(name))?.groups ?? {};
  const feeding = new Set(layout.columns.flatMap(({ source }) => ('group' in source ? [source.group] : [])));
  return Object.fromEntries(Object.entries(groups).filter(([key, value]) => value !== undefined && feeding.has(key)));
}

/** Product codes by every folded name they go by. */
export function productNames(config: Pick<Config, 'products'>): ReadonlyMap<string, string> {
  return new Map(
    config.products.flatMap((product) =>
      [product.code, ...Object.values(product.names), ...product.alsoCalled].map((name) => [
        foldWord(name),
        product.code,
      ]),
    ),
  );
}

/** Keys that `--set` and a drop's `set` may give for a layout. */
export function settableKeys(layout: Layout): string[] {
  return layout.columns.flatMap(({ source }) =>
    'drop' in source ? [source.drop] : 'group' in source ? [source.group] : [],
  );
}
