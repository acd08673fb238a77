/** `navette notices` and `navette notice send`: what was sent, what waits, what failed; and sending one anew. */
import { type Command, Option } from 'commander';
import { brusselsTime } from '../clock.ts';
import { sendNoticeAgain } from '../jobs/notices/send-notice-again.ts';
import { readNotices } from '../load/notices/notice-list.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { none, table } from './print.ts';

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

export function declareNotice(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('notice')
    .description('one notice, and what a person does with it')
    .command('send')
    .argument('<id>', 'notice, as "navette notices" lists it')
    .description('send a notice anew; "navette run notices" then hands it over')
    .requiredOption('--by <name>', 'who wants it')
    .requiredOption('--why <reason>', 'why')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: CommonOptions & { by: string; why: string }) =>
      done(await withApp(options, (app) => sendAgain(app, id, options))),
    );
}

async function sendAgain(
  app: App,
  id: string,
  words: { readonly by: string; readonly why: string },
): Promise<ExitCode> {
  const again = await sendNoticeAgain(jobContext(app), id, words);
  app.print(again);
  app.say(`${id} is queued again as ${again.messageKey}.`);
  return 0;
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
    notice.failure ?? '',
    notice.sentAt === null ? '' : brusselsTime(notice.sentAt),
  ]);
  const head = ['notice', 'employer', 'kind', 'recipient', 'status', 'attempts', 'failure', 'sent at'];
  if (rows.length === 0) app.say(none('notices'));
  else for (const line of table(head, rows)) app.say(line);
  return 0;
}
