/** The page of a month: one HTML document with its own styles and drawings; nothing is loaded, nothing runs. */
import type { Cents } from '../../model.ts';
import { escapeHtml } from '../values/escape-html.ts';
import { columnChart } from './charts.ts';
import { cameIn, refused } from './month-files.ts';
import type { MonthReport, MonthSum } from './month-report.ts';
import { key, nothing, section, table } from './page-parts.ts';
import { PAGE_STYLES } from './page-styles.ts';
import { change, count, euros, money, monthName, percent, plural, short, shortMonth } from './words.ts';

const AGES = [
  ['not-due', 'Not due yet'],
  ['to-14', '1 to 14 days overdue'],
  ['to-30', '15 to 30 days overdue'],
  ['older', 'More than 30 days overdue'],
] as const;
const ENTRY_WORDS: Readonly<Record<string, string>> = {
  partial: 'paid in part',
  over: 'paid too much',
  duplicate: 'paid twice',
  unknown: 'nobody knows for what',
  reversed: 'went back or came back, nobody knows of what',
};

/** A whole HTML document; every text of the report is escaped here. */
export function monthPage(report: MonthReport): string {
  const title = `${monthName(report.period)} in vouchers`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(`${title} · ${report.issuer}`)}</title>
<style>${PAGE_STYLES}</style>
</head>
<body>
<header>
<p class="over">${escapeHtml(report.issuer)} · monthly report</p>
<h1>${title}</h1>
<p class="soft">Written ${escapeHtml(report.writtenAt)}. Files by the month in which they came, orders by the month worked, what is open as of then.</p>
</header>
<main>
${tiles(report.months)}
${cameIn(report)}
${refused(report)}
${ordered(report)}
${open(report)}
${monthByMonth(report)}
</main>
<footer><p>Navette. Sums and codes only: no employer and no person is named on this page.</p></footer>
</body>
</html>
`;
}

function tiles(months: readonly MonthSum[]): string {
  const [now, before] = [months.at(-1), months.at(-2)];
  if (now === undefined) return '';
  const tile = (label: string, value: string, ...notes: string[]): string => `<li>
<p class="label">${label}</p><p class="value">${value}</p>${notes.map((note) => `<p class="soft">${note}</p>`).join('')}</li>`;
  return `<section aria-label="At a glance">
<ul class="tiles">
${tile('Files received', count(now.files), change(now.files, before?.files))}
${tile('Rows read', count(now.rows), change(now.rows, before?.rows), `${percent(now.rejected, now.rows)} refused`)}
${tile('Ordered', euros(now.total), change(now.total, before?.total), `in ${plural(now.orders, 'order')}`)}
${tile('Paid', euros(now.paid), change(now.paid, before?.paid), `${percent(now.paid, now.total)} of what was ordered`, ...(now.takenBack === 0 ? [] : [`${euros(now.takenBack)} of it taken back`]))}
</ul></section>`;
}

function ordered({ products }: MonthReport): string {
  const rows = products.map((product) => [
    escapeHtml(product.name),
    count(product.orders) + (product.drafts > 0 ? ` (${plural(product.drafts, 'draft')})` : ''),
    count(product.people),
    count(product.vouchers),
    euros(product.faceValue),
    euros(product.fees),
    euros(product.vat),
    euros(product.total),
    euros(product.paid),
  ]);
  const sum = (of: (product: (typeof products)[number]) => number): number =>
    products.reduce((all, product) => all + of(product), 0);
  const total =
    products.length < 2
      ? null
      : [
          'All products',
          count(sum(({ orders }) => orders)),
          '',
          count(sum(({ vouchers }) => vouchers)),
          euros(sum(({ faceValue }) => faceValue)),
          euros(sum(({ fees }) => fees)),
          euros(sum(({ vat }) => vat)),
          euros(sum((product) => product.total)),
          euros(sum(({ paid }) => paid)),
        ];
  const head = ['Product', 'Orders', 'People', 'Vouchers', 'Face value', 'Fees', 'VAT', 'Total', 'Paid'];
  return section(
    'orders',
    'Orders and money',
    rows.length === 0
      ? nothing('Nothing was ordered for this month yet.')
      : table(head, rows, total) + takenBack(products.map((product) => [product.name, product.takenBack])),
  );
}

/** Below a table with a column `Paid`. */
function takenBack(amounts: readonly (readonly [of: string, cents: Cents])[]): string {
  const told = amounts.filter(([, cents]) => cents !== 0).map(([of, cents]) => `${escapeHtml(of)} ${euros(cents)}`);
  return told.length === 0
    ? ''
    : nothing(`Paid, then taken back after the release and not settled: ${told.join(', ')}.`);
}

function open({ openInvoices, entriesToDecide }: MonthReport): string {
  const known = new Map(openInvoices.map((row) => [row.age, row]));
  const ages = AGES.flatMap(([age, label]) => {
    const row = known.get(age);
    return row === undefined ? [] : [[label, count(row.invoices), euros(row.total)]];
  });
  const entries = entriesToDecide.map(({ status, currency, entries: number, amount }) => [
    escapeHtml(ENTRY_WORDS[status] ?? status),
    count(number),
    escapeHtml(money(amount, currency)),
  ]);
  return section(
    'open',
    'Payments open',
    `<div class="columns"><div><h3>Invoices</h3>${ages.length === 0 ? nothing('No invoice is open.') : table(['Age', 'Invoices', 'Amount'], ages)}</div>
<div><h3>Bank entries that wait for somebody</h3>${entries.length === 0 ? nothing('None.') : table(['What they are', 'Entries', 'Amount'], entries)}</div></div>`,
  );
}

function monthByMonth({ months }: MonthReport): string {
  const rows = months
    .toReversed()
    .map((month) => [
      monthName(month.period),
      count(month.files),
      count(month.rows),
      percent(month.rejected, month.rows),
      count(month.created),
      count(month.deactivated),
      count(month.orders),
      count(month.vouchers),
      euros(month.total),
      euros(month.paid),
    ]);
  const head = ['Month', 'Files', 'Rows', 'Refused', 'New', 'Deactivated', 'Orders', 'Vouchers', 'Total', 'Paid'];
  const paid = columnChart(
    months.map((month) => ({ label: shortMonth(month.period), value: month.total, part: month.paid })),
    {
      tell: (cents) => `€ ${short(Math.round(cents / 100))}`,
      tones: ['a', 'b'],
      described: `Ordered and paid: ${months.map((month) => `${monthName(month.period)} ${euros(month.total)}, paid ${euros(month.paid)}`).join('; ')}`,
    },
  );
  const read = columnChart(
    months.map(({ period, rows: value, rejected }) => ({ label: shortMonth(period), value, part: rejected })),
    {
      tell: short,
      tones: ['d', 'c'],
      described: `Rows read and refused: ${months.map((month) => `${monthName(month.period)} ${count(month.rows)}, refused ${count(month.rejected)}`).join('; ')}`,
    },
  );
  const charts = `<div class="columns">
<figure><figcaption>Ordered, and of it paid</figcaption>${paid}${key([
    ['a', 'paid'],
    ['b', 'ordered, not paid'],
  ])}</figure>
<figure><figcaption>Rows read, and of them refused</figcaption>${read}${key([
    ['d', 'refused'],
    ['c', 'not refused'],
  ])}</figure>
</div>`;
  const wentBack = takenBack(months.map((month) => [monthName(month.period), month.takenBack]));
  return section('months', 'Month over month', charts + table(head, rows) + wentBack);
}
