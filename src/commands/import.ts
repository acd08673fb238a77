/** `navette import`: files by hand, on the same path as a drop. */
import { type Command, Option } from 'commander';
import { importByHand } from '../jobs/import/import-by-hand.ts';
import type { ImportResult } from '../jobs/import/import-file.ts';
import { IMPORT_MODES, type ImportMode } from '../model.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { collect, keysAndValues } from './options.ts';
import { countsLine, issueLine } from './print.ts';

interface ImportOptions extends CommonOptions {
  readonly layout: string;
  readonly secretariat: string;
  readonly set: readonly string[];
  readonly full?: boolean;
  readonly delta?: boolean;
  readonly mode?: ImportMode;
  readonly dryRun?: boolean;
}

export function declareImport(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('import')
    .description('import files by hand')
    .argument('<file...>', 'local files; they are copied, never moved')
    .requiredOption('--layout <id>', 'layout of the files')
    .requiredOption('--secretariat <code>', 'whose files they are; "issuer" for employers, "bank" for statements')
    .option('--set <k=v>', 'a value that the layout takes from its drop; repeatable', collect, [])
    .addOption(new Option('--full', 'absence from the file means departure').conflicts('delta'))
    .option('--delta', 'absence from the file means nothing')
    .addOption(new Option('--mode <mode>', 'what a row may do').choices(IMPORT_MODES))
    .option('--dry-run', 'print the plan and change nothing')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (files: string[], options: ImportOptions) =>
      done(await withApp(options, (app) => importFiles(app, files, options))),
    );
}

async function importFiles(app: App, files: readonly string[], options: ImportOptions): Promise<ExitCode> {
  const results = await importByHand(jobContext(app), files, {
    layout: options.layout,
    secretariat: options.secretariat,
    set: keysAndValues(options.set),
    scope: options.full === true ? 'full' : options.delta === true ? 'delta' : null,
    mode: options.mode ?? null,
    dryRun: options.dryRun === true,
  });
  app.print(results.length === 1 ? results[0] : { files: results });
  for (const [index, result] of results.entries()) tell(app, files[index] ?? '', result);
  const clean = results.every(
    ({ status, wouldBe = status, counts }) => wouldBe !== 'rejected' && wouldBe !== 'held' && counts.rejected === 0,
  );
  return clean ? 0 : 1;
}

const SHOWN_ISSUES = 20;

function tell(app: App, file: string, { fileId, status, wouldBe, counts, issues, planHash }: ImportResult): void {
  app.say(`${file}: ${status}${fileId === null ? '' : ` (file ${fileId})`}`);
  app.say(`  ${countsLine(counts)}`);
  if (wouldBe !== undefined) app.say(`  nothing was changed; without --dry-run it would be ${wouldBe}`);
  if (planHash !== undefined)
    app.say(`  nothing was changed; see: navette plans, then navette approve ${planHash.slice(0, 12)}`);
  for (const issue of issues.slice(0, SHOWN_ISSUES)) app.say(`  ${issueLine(issue)}`);
  if (issues.length > SHOWN_ISSUES) app.say(`  and ${issues.length - SHOWN_ISSUES} more: navette file ${fileId ?? ''}`);
}
