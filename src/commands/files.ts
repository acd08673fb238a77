/** `navette files` and `navette file <id>`: the ledger, and one delivery with everything that was said about it. */
import { type Command, Option } from 'commander';
import { brusselsTime } from '../clock.ts';
import { ConfigError, RefusedError } from '../errors.ts';
import type { JobContext } from '../jobs/context.ts';
import type { ImportResult } from '../jobs/import/import-file.ts';
import { tellIssue } from '../jobs/import/issue-text.ts';
import { NO_COUNTS } from '../jobs/intake/receipt.ts';
import { applyAgain, retryFile } from '../jobs/intake/take-again.ts';
import { getFile, listFiles, listIssues } from '../load/files/ledger.ts';
import { listSecretariats } from '../load/reference/secretariats.ts';
import type { DropFile } from '../load/tables.ts';
import { FILE_STATUSES, type FileStatus } from '../model.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { positiveInteger } from './options.ts';
import { countsLine, issueLine, none, table } from './print.ts';

export function declareFiles(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('files')
    .description('list the deliveries in the ledger')
    .addOption(new Option('--status <status>', 'only these').choices(FILE_STATUSES))
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions & { status?: FileStatus }) =>
      done(await withApp(options, (app) => files(app, options.status))),
    );
  program
    .command('file')
    .description('show one delivery with its issues; "retry" a parked one, or apply an applied one "again"')
    .argument('<id>', 'number of the delivery, or "retry" or "again" and then the number')
    .argument('[number]', 'number of the delivery', positiveInteger)
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (first: string, id: number | undefined, options: CommonOptions) =>
      done(await fileCommand(first, id, options)),
    );
}

type Taking = (context: JobContext, id: number) => Promise<ImportResult>;

const TAKINGS: Readonly<Record<string, Taking>> = { retry: retryFile, again: applyAgain };

async function fileCommand(first: string, id: number | undefined, options: CommonOptions): Promise<ExitCode> {
  const taking = Object.hasOwn(TAKINGS, first) ? TAKINGS[first] : undefined;
  if (taking !== undefined && id !== undefined) return withApp(options, (app) => take(app, taking, id));
  if (id !== undefined || !/^[1-9]\d{0,14}$/.test(first)) {
    throw new ConfigError(`"file ${first}" is not known; use file <id>, file retry <id> or file again <id>.`);
  }
  return withApp(options, (app) => file(app, Number(first)));
}

async function take(app: App, taking: Taking, id: number): Promise<ExitCode> {
  const result = await taking(jobContext(app), id);
  app.print(result);
  app.say(`file ${result.fileId}: ${result.status}, ${countsLine(result.counts)}`);
  const clean = !['rejected', 'held', 'parked'].includes(result.status) && result.counts.rejected === 0;
  return clean ? 0 : 1;
}

async function files(app: App, status: FileStatus | undefined): Promise<ExitCode> {
  const rows = await listFiles(app.database.db, status === undefined ? {} : { status });
  app.print(rows.map(toDocument));
  if (rows.length === 0) app.say(none('files'));
  else {
    const lines = rows.map((row) => [
      String(row.id),
      brusselsTime(row.received_at),
      row.drop_id,
      row.name,
      row.status,
      row.counts === null ? '' : countsLine({ ...NO_COUNTS, ...row.counts }),
    ]);
    for (const line of table(['id', 'received', 'drop', 'name', 'status', 'rows'], lines)) app.say(line);
  }
  return 0;
}

async function file(app: App, id: number): Promise<ExitCode> {
  const row = await getFile(app.database.db, id);
  if (row === undefined) throw new RefusedError(`There is no file ${id}.`);
  const secretariats = await listSecretariats(app.database.db);
  const language = secretariats.find(({ code }) => code === row.secretariat_code)?.language ?? 'en';
  const stored = await listIssues(app.database.db, id);
  const issues = stored.map((issue) => tellIssue(issue, app.config.messages, language, row.sender_columns));
  app.print({ ...toDocument(row), issues });
  app.say(`${row.name} from ${row.drop_id}: ${row.status}`);
  app.say(
    `  layout ${row.layout_id ?? '-'}, ${row.scope ?? '-'}, as of ${row.as_of === null ? '-' : brusselsTime(row.as_of)}, received ${brusselsTime(row.received_at)}`,
  );
  if (row.duplicate_of !== null) app.say(`  the same as file ${row.duplicate_of}`);
  if (row.archived_as) app.say(`  moved to ${row.archived_as}`);
  app.say(`  ${countsLine({ ...NO_COUNTS, ...row.counts })}`);
  for (const issue of issues) app.say(`  ${issueLine(issue)}`);
  return 0;
}

function toDocument(row: DropFile) {
  return {
    id: row.id,
    dropId: row.drop_id,
    secretariatCode: row.secretariat_code,
    path: row.path,
    name: row.name,
    size: row.size,
    mtime: row.mtime,
    sha256: row.sha256,
    layoutId: row.layout_id,
    kind: row.kind,
    scope: row.scope,
    mode: row.mode,
    asOf: row.as_of,
    receivedAt: row.received_at,
    status: row.status,
    counts: row.counts === null ? null : { ...NO_COUNTS, ...row.counts },
    duplicateOf: row.duplicate_of,
    appliedAt: row.applied_at,
    archivedAs: row.archived_as,
    crashes: row.crashes,
    notBefore: row.not_before,
  };
}
