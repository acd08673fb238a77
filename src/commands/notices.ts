/** `navette notices`: what was sent, what waits, what failed. */
import { type Command, Option } from 'commander';
import { readNotices } from '../load/notice-list.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { table } from './print.ts';

export function declareNotices(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('notices')
    .description('list notices about invoices')
    .addOption(new Option('--status <status>', 'only these').choices(['queued', 'sent', 'failed']))
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions & { status?: string }) =>
      done(await withApp(options, (app) => listNotices(app, options.status ?? null))),
    );
}

async function listNotices(app: App, status: string | null): Promise<ExitCode> {
  const notices = await readNotices(app.database.db, status);
  app.print(notices);
  const rows = notices.map((notice) => [
    notice.messageKey,
    notice.enterpriseNumber,
    notice.kind,
    notice.recipient,
    notice.status,
    String(notice.attempts),
    notice.sentAt ?? '',
  ]);
  for (const line of table(['notice', 'employer', 'kind', 'recipient', 'status', 'attempts', 'sent at'], rows))
    app.say(line);
  return 0;
}
