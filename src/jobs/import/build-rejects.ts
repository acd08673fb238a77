/** The rejects file of one delivery: built from the kept file and the ledger when it is sent, the same bytes every time. */
import type { Config } from '../../config.ts';
import { FileError } from '../../errors.ts';
import { DEFAULT_READ_LIMITS } from '../../ingest/opened-rows.ts';
import { sniffFile } from '../../ingest/sniff.ts';
import { openText } from '../../ingest/text/decode.ts';
import { readLines } from '../../ingest/text/text-lines.ts';
import type { Db } from '../../load/database.ts';
import { listIssues } from '../../load/files/ledger.ts';
import type { DropFile } from '../../load/tables.ts';
import { writeWorkbook } from '../../load/workbook.ts';
import type { Language, Layout } from '../../model.ts';
import { keptPath } from '../intake/keep-file.ts';
import { withPlainFile } from '../intake/plain-file.ts';
import { formatOf } from './fit-layout.ts';
import { openCsv, openXlsx } from './open-table.ts';
import { reasonsByRow } from './rejected-rows.ts';
import { rejectsOfCsv, rejectsOfLines } from './rejects-text.ts';
import { rejectsSheet } from './rejects-workbook.ts';

/**
 * Only the rejected rows are kept in memory. null when the file can no longer be read as it was: it has been cleared away,
 * or its layout is not there or another one now.
 */
export async function buildRejects(db: Db, file: DropFile, config: Config, language: Language): Promise<Buffer | null> {
  const layout = config.layouts.get(file.layout_id ?? '')?.layout;
  if (layout === undefined || file.sha256 === null) return null;
  const path = keptPath(config.storage, file.sha256);
  const reasons = reasonsByRow(await listIssues(db, file.id), config.messages, language, file.sender_columns);
  try {
    return await withPlainFile(config, file, path, (plain) => rejectsOf(plain.path, layout, file, reasons));
  } catch (error) {
    if (error instanceof FileError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function rejectsOf(
  path: string,
  layout: Layout,
  file: DropFile,
  reasons: ReturnType<typeof reasonsByRow>,
): Promise<Buffer> {
  const format = formatOf(await sniffFile(path), layout.file.formats);
  if (format === 'csv') return rejectsOfCsv(await openCsv(path, layout), layout, reasons);
  if (format === 'xlsx') {
    // The file was read when it came: its size was within the limit of its drop.
    const sheet = await rejectsSheet(await openXlsx(path, layout, file.size), layout, reasons);
    return writeWorkbook({ writtenAt: Date.parse(file.received_at), sheets: [sheet] });
  }
  const opened = await openText(path, layout.file.encoding);
  return rejectsOfLines(readLines(opened.text(), DEFAULT_READ_LIMITS.maxRecordSize), reasons);
}
