/** `navette status`: one screen that says what came in, what waits for somebody, and what is open. */
import type { Command } from 'commander';
import { findQuarterSoonDue } from '../jobs/orders/watch-quarter.ts';
import { readHealth } from '../load/health.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { euros, table } from './print.ts';

export function declareStatus(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('status')
    .description('health at a glance')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions) => done(await withApp(options, status)));
}

async function status(app: App): Promise<ExitCode> {
  const health = await readHealth(app.database.db, app.today);
  const enabled = app.config.drops.filter((drop) => drop.enabled).map((drop) => drop.id);
  const quarterDue = await findQuarterSoonDue(app.database.db, app.today);
  app.print({ ...health, quarterDue, enabledDrops: enabled });
  app.say(
    `Navette on ${app.today}: ${enabled.length} drops enabled${enabled.length === 0 ? '' : ` (${enabled.join(', ')})`}`,
  );
  if (health.drops.length > 0) {
    app.say();
    const rows = health.drops.map((drop) => [
      drop.dropId,
      String(drop.files),
      drop.lastReceivedAt.slice(0, 16),
      drop.lastStatus,
    ]);
    for (const line of table(['drop', 'files', 'last file', 'status'], rows)) app.say(line);
  }
  app.say();
  const waiting: [number, string][] = [
    [health.heldPlans, 'plans are held: navette plans'],
    [health.parkedFiles, 'files are parked: navette files --status parked'],
    [health.unfinishedFiles, 'files are not finished: navette files'],
    [health.draftOrders, 'orders are drafts: navette orders --status draft'],
    [health.unpaidOrders, `orders are unpaid (${euros(health.unpaidTotal)} EUR): navette orders --status invoiced`],
    [health.overdueInvoices, 'invoices are overdue'],
    [health.queuedNotices, 'notices are queued: navette notices --status queued'],
    [health.failedNotices, 'notices failed: navette notices --status failed'],
    [health.openBankEntries, 'bank entries wait for a decision: navette payments'],
    [health.paymentsTakenBack, 'payments went back after their order was released: navette payments --status reversed'],
    [
      health.refundsDue,
      `cancelled orders are to be paid back (${euros(health.refundTotal)} EUR): navette orders --status cancelled`,
    ],
  ];
  if (quarterDue !== null) {
    const { quarter, dueOn, employers } = quarterDue;
    waiting.push([
      employers,
      `employers are not complete for ${quarter}, due by ${dueOn}: navette report --quarter ${quarter}`,
    ]);
  }
  const told = waiting.filter(([count]) => count > 0);
  for (const [count, what] of told) app.say(`${String(count).padStart(6)} ${what}`);
  if (told.length === 0) app.say('Nothing waits for anybody.');
  return 0;
}
