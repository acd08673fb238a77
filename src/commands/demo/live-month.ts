/** One month of the small world, step by step: files, orders, notices, a bank statement, releases. */
import { now } from '../../clock.ts';
import { RetryableError } from '../../errors.ts';
import type { JobContext } from '../../jobs/context.ts';
import { pull } from '../../jobs/intake/pull.ts';
import type { PulledFile } from '../../jobs/intake/pull-drop.ts';
import { runNotices } from '../../jobs/notices/run-notices.ts';
import { confirmOrder } from '../../jobs/orders/confirm-orders.ts';
import { runOrders } from '../../jobs/orders/run-orders.ts';
import { releaseOrders } from '../../jobs/payments/release-orders.ts';
import { readWaitingDrafts, type WaitingDraft } from '../../load/orders/waiting-drafts.ts';
import type { Day } from '../../model.ts';
import type { App } from '../app.ts';
import { jobContext } from '../job-context.ts';
import { DEMO_DAYS, demoMoment } from './calendar.ts';
import type { ServedWorld } from './served-world.ts';
import { countDrafts, filesLine, plural } from './words.ts';

export interface DemoFile extends PulledFile {
  readonly drop: string;
  readonly day: Day;
}

/** What this run did, and not what stood there before. */
export interface LivedMonth {
  readonly files: readonly DemoFile[];
  readonly ordersMade: number;
  readonly ordersConfirmed: number;
  readonly noticesSent: number;
  readonly eInvoicesWritten: number;
  readonly ordersReleased: number;
}

type Tell = (day: Day, line: string) => void;

/** Until the invoices are out; the bank answers after that. */
export async function liveUntilInvoices(app: App, world: ServedWorld, tell: Tell): Promise<LivedMonth> {
  const files: DemoFile[] = [];
  const bring = async (day: Day, what: string): Promise<void> => {
    const brought = await pullDay(app, world, day);
    files.push(...brought);
    tell(day, `${what}: ${filesLine(brought)}`);
  };
  await bring(DEMO_DAYS.employers, 'the issuer sends its customers');
  await bring(DEMO_DAYS.people, 'secretariats send people');
  await bring(DEMO_DAYS.payroll, 'payroll says what they earned in November');
  await bring(DEMO_DAYS.corrections, 'corrections come in');
  const context = contextOn(app, world, DEMO_DAYS.orders);
  const made = await runOrders({ ...context, config: app.config.navette });
  tell(DEMO_DAYS.orders, `orders are made: ${plural(made.orders.length, 'new draft')}`);
  const waiting = await readWaitingDrafts(app.database.db);
  if (waiting.length > 0) tell(DEMO_DAYS.orders, `a person must look first: ${countDrafts(waiting)}`);
  const confirmed = await confirmDrafts(context, waiting);
  const left = waiting.length - confirmed;
  tell(DEMO_DAYS.orders, `that person confirms ${confirmed}, and leaves ${left} waiting`);
  const { sent, eInvoices } = await runNotices(context);
  const notices = plural(sent.length, 'notice');
  tell(
    DEMO_DAYS.orders,
    `employers are told what to pay: ${notices} sent, ${plural(eInvoices.written.length, 'e-invoice')} written`,
  );
  return {
    files,
    ordersMade: made.orders.length,
    ordersConfirmed: confirmed,
    noticesSent: sent.length,
    eInvoicesWritten: eInvoices.written.length,
    ordersReleased: 0,
  };
}

/** From the bank statement to the release, after `liveUntilInvoices`. */
export async function liveToTheEnd(app: App, world: ServedWorld, before: LivedMonth, tell: Tell): Promise<LivedMonth> {
  const files = await pullDay(app, world, DEMO_DAYS.bank);
  tell(DEMO_DAYS.bank, `the bank statement comes in: ${filesLine(files)}`);
  const { released } = await releaseOrders(contextOn(app, world, DEMO_DAYS.release));
  tell(DEMO_DAYS.release, `what is paid goes to the card platform: ${plural(released.length, 'order')} released`);
  return { ...before, files: [...before.files, ...files], ordersReleased: released.length };
}

async function pullDay(app: App, world: ServedWorld, day: Day): Promise<DemoFile[]> {
  await world.layOut(day);
  const drops = await pull(contextOn(app, world, day));
  const down = drops.find((drop) => drop.down !== null);
  if (down !== undefined) {
    throw new RetryableError('drop_down', `The demo's own SFTP server could not be read (${down.down}).`);
  }
  return drops.flatMap(({ drop, files }) => files.map((file) => ({ ...file, drop, day })));
}

/** Everything but the orders of employers that want to see each one themselves. */
async function confirmDrafts(context: JobContext, waiting: readonly WaitingDraft[]): Promise<number> {
  const orders = waiting.filter((draft) => !draft.neverByItself);
  for (const { id } of orders) {
    await confirmOrder({ ...context, config: context.config.navette }, id, { by: 'demo', acknowledge: 'all' });
  }
  return orders.length;
}

function contextOn(app: App, world: ServedWorld, today: Day): JobContext {
  app.log('demo.step', { step: today });
  return { ...jobContext(app), config: { ...app.config, drops: world.drops }, today, now: demoMoment(today, now()) };
}
