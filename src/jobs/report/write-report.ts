/** The job `report`: the page about a month, put together from sums, and written whole or not at all. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brusselsTime } from '../../clock.ts';
import {
  readEntriesToDecide,
  readOpenInvoices,
  readProductMonths,
  readRefusals,
  readSenderMonths,
} from '../../load/month-report.ts';
import type { Period } from '../../model.ts';
import { monthPage } from '../../transform/report/month-page.ts';
import { firstMonthShown, type MonthReport, sumMonths } from '../../transform/report/month-report.ts';
import { addMonths, periodOf } from '../../transform/values/calendar.ts';
import type { JobContext } from '../context.ts';

/** Reasons told of each secretariat. */
const MOST_REASONS = 5;

/** Files by the month in which they came, orders by the month worked, what is open as of today. */
export async function readMonthReport(context: JobContext, period: Period): Promise<MonthReport> {
  const { db } = context.database;
  const first = firstMonthShown(period);
  const senders = await readSenderMonths(db, first, period);
  const products = await readProductMonths(db, first, period);
  const names = new Map(context.config.products.map(({ code, names: { en } }) => [code, en]));
  return {
    period,
    issuer: context.config.navette.issuer.name,
    writtenAt: brusselsTime(context.now),
    senders: senders.filter((sender) => sender.period === period),
    refusals: await readRefusals(db, period, MOST_REASONS),
    products: products
      .filter((product) => product.period === period)
      .map((product) => ({ ...product, name: names.get(product.code) ?? product.code })),
    months: sumMonths(period, senders, products),
    openInvoices: await readOpenInvoices(db, context.today),
    entriesToDecide: await readEntriesToDecide(db),
  };
}

/** The page of the month before today, under `out/reports`; written anew it takes the place of the last one. */
export async function writeMonthReport(context: JobContext): Promise<string> {
  const period = addMonths(periodOf(context.today), -1);
  const path = join(context.home, 'out', 'reports', `${period}.html`);
  await writePage(path, monthPage(await readMonthReport(context, period)));
  context.log('report.written', { period, file: `${period}.html` });
  return path;
}

/** A reader never finds half a page. */
export async function writePage(path: string, html: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.part`, html, { mode: 0o600 });
  await rename(`${path}.part`, path);
}
