/** What the report of a month says: every number of it stands in its place, and what there is none of is said. */
import { expect, test } from 'vitest';
import { monthPage } from '../../../src/transform/report/month-page.ts';
import { firstMonthShown, type Sender, sumMonths } from '../../../src/transform/report/month-report.ts';
import { monthSample } from '../../support/month-sample.ts';

const text = (html: string): string =>
  html
    .replace(/<style>[\s\S]*<\/style>|<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();

/** The words of one section, by its id. */
function section(html: string, id: string): string {
  const found = new RegExp(`<section aria-labelledby="${id}">([\\s\\S]*?)</section>`).exec(html);
  return text(found?.[1] ?? '');
}

/** Rows of the table of a section, the head first. */
function rows(html: string, id: string): string[][] {
  const found = new RegExp(`<section aria-labelledby="${id}">([\\s\\S]*?)</section>`).exec(html)?.[1] ?? '';
  return [...found.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => text(cell)),
  );
}

const sender = (changed: Partial<Sender>): Sender => ({
  ...{ period: '2026-11', code: 'alpha', name: 'Alpha', files: 5, applied: 2, held: 1, rejectedFiles: 1, copies: 1 },
  ...{
    rows: 100,
    created: 10,
    updated: 20,
    unchanged: 50,
    reactivated: 3,
    duplicates: 7,
    rejected: 10,
    deactivated: 2,
    notApplied: 0,
    withoutReason: 0,
  },
  ...changed,
});

const product = (changed: Record<string, unknown> = {}) => ({
  ...{ period: '2026-11', code: 'meal', name: 'Meal', orders: 3, drafts: 0, people: 40, vouchers: 720 },
  ...{ faceValue: 576_000, fees: 17_280, vat: 3_629, total: 596_909, paid: 500_000, takenBack: 0, ...changed },
});

const NONE = { senders: [], refusals: [], products: [], openInvoices: [], entriesToDecide: [] };

test('six months stand beside each other, each with its own sums', () => {
  expect(firstMonthShown('2026-03')).toBe('2025-10');
  const senders = [
    sender({}),
    sender({ code: 'beta', files: 1, rows: 11 }),
    sender({ period: '2026-09' }),
    sender({ period: '2026-05' }),
  ];
  const months = sumMonths('2026-11', senders, [product(), product({ code: 'eco', orders: 4, paid: 1 })]);
  expect(months.map(({ period, files }) => `${period} ${files}`)).toEqual([
    '2026-06 0',
    '2026-07 0',
    '2026-08 0',
    '2026-09 5',
    '2026-10 0',
    '2026-11 6',
  ]);
  expect(months.at(-1)).toEqual({
    ...{ period: '2026-11', files: 6, rows: 111, created: 20, updated: 40, unchanged: 100, reactivated: 6 },
    ...{ rejected: 20, duplicates: 14, deactivated: 4, orders: 7, vouchers: 1440, fees: 34_560, total: 1_193_818 },
    paid: 500_001,
    takenBack: 0,
  });
});

test('what came in: a row for each sender, and what its rows changed', () => {
  const senders = [
    sender({}),
    sender({ code: 'issuer', name: null, rows: 0, deactivated: 1 }),
    sender({ code: 'x<y', name: null, created: 0, deactivated: 0 }),
    sender({ code: 'bank', name: null, rows: 0 }),
    sender({ code: 'one', name: 'One', deactivated: 1 }),
  ];
  const html = monthPage(monthSample({ senders }));
  expect(rows(html, 'came')).toEqual([
    ['Sender', 'Files', 'Applied', 'Held', 'Rejected', 'Copies', 'Rows'],
    ['Alpha', '5', '2', '1', '1', '1', '100'],
    ['The issuer itself', '5', '2', '1', '1', '1', '0'],
    ['x&lt;y', '5', '2', '1', '1', '1', '100'],
    ['The bank', '5', '2', '1', '1', '1', '0'],
    ['One', '5', '2', '1', '1', '1', '100'],
  ]);
  const words = section(html, 'came');
  expect(words).toContain('Alpha 10 new, 23 changed, 57 as before, 10 refused; 2 people deactivated');
  expect(words).toMatch(/x&lt;y 23 changed, 57 as before, 10 refused One/);
  expect(words).toMatch(/One 10 new, [^;]*; 1 person deactivated$/);
  expect(words).not.toMatch(/The issuer itself 10 new/);
  const quiet = section(monthPage(monthSample({ senders: [sender({ rows: 0 })] })), 'came');
  expect(quiet).not.toContain('What the rows changed');
});

test('what was refused: by sender, each reason with its share of the most frequent one', () => {
  const html = monthPage(
    monthSample({
      senders: [sender({})],
      refusals: [
        { secretariat: 'alpha', code: 'nrn.invalid', times: 40 },
        { secretariat: 'alpha', code: 'date.invalid', times: 10 },
        { secretariat: 'gone', code: 'row.conflict', times: 1 },
      ],
    }),
  );
  expect(section(html, 'refused')).toBe(
    'What was refused, and why Alpha nrn.invalid 40 date.invalid 10 gone row.conflict 1',
  );
  const widths = [...html.matchAll(/<rect width="([\d.]+)" height="4" class="d"/g)].map(([, width]) => width);
  expect(widths).toEqual(['100.0', '25.0', '2.5']);
});

test('orders and money: a total below several products, none below one; drafts are told', () => {
  const two = [product({ drafts: 2 }), product({ name: 'Eco', orders: 4, people: 7, vouchers: 7, faceValue: 100 })];
  expect(rows(monthPage(monthSample({ products: two as never })), 'orders')).toEqual([
    ['Product', 'Orders', 'People', 'Vouchers', 'Face value', 'Fees', 'VAT', 'Total', 'Paid'],
    ['Meal', '3 (2 drafts)', '40', '720', '€ 5 760.00', '€ 172.80', '€ 36.29', '€ 5 969.09', '€ 5 000.00'],
    ['Eco', '4', '7', '7', '€ 1.00', '€ 172.80', '€ 36.29', '€ 5 969.09', '€ 5 000.00'],
    ['All products', '7', '', '727', '€ 5 761.00', '€ 345.60', '€ 72.58', '€ 11 938.18', '€ 10 000.00'],
  ]);
  expect(rows(monthPage(monthSample({ products: [product({ drafts: 1 })] as never })), 'orders').slice(1)).toEqual([
    ['Meal', '3 (1 draft)', '40', '720', '€ 5 760.00', '€ 172.80', '€ 36.29', '€ 5 969.09', '€ 5 000.00'],
  ]);
});

test('what is open: invoices by age in their order, entries by what they wait for', () => {
  const html = monthPage(
    monthSample({
      openInvoices: [
        { age: 'older', invoices: 1, total: 100 },
        { age: 'not-due', invoices: 2, total: 200 },
      ],
      entriesToDecide: [
        { status: 'over', currency: 'EUR', entries: 3, amount: 300 },
        { status: 'reversed', currency: 'USD', entries: 4, amount: -400 },
      ],
    }),
  );
  expect(rows(html, 'open')).toEqual([
    ['Age', 'Invoices', 'Amount'],
    ['Not due yet', '2', '€ 2.00'],
    ['More than 30 days overdue', '1', '€ 1.00'],
    ['What they are', 'Entries', 'Amount'],
    ['paid too much', '3', '€ 3.00'],
    ['went back or came back, nobody knows of what', '4', '−USD 4.00'],
  ]);
});

test('month over month: the last month first, and drawn from the first', () => {
  const months = sumMonths('2026-11', [sender({}), sender({ period: '2026-10', rows: 50, rejected: 25 })], [product()]);
  const html = monthPage(monthSample({ months }));
  expect(rows(html, 'months').slice(0, 4)).toEqual([
    ['Month', 'Files', 'Rows', 'Refused', 'New', 'Deactivated', 'Orders', 'Vouchers', 'Total', 'Paid'],
    ['November 2026', '5', '100', '10.0 %', '10', '2', '3', '720', '€ 5 969.09', '€ 5 000.00'],
    ['October 2026', '5', '50', '50.0 %', '10', '2', '0', '0', '€ 0.00', '€ 0.00'],
    ['September 2026', '0', '0', '0 %', '0', '0', '0', '0', '€ 0.00', '€ 0.00'],
  ]);
  expect(html).toMatch(/aria-label="Ordered and paid: June 2026 [^"]*; November 2026 €.5.969\.09, paid €.5.000\.00"/);
  expect(html).toMatch(
    /aria-label="Rows read and refused: [^"]*October 2026 50, refused 25; November 2026 100, refused 10"/,
  );
  expect(html).toMatch(/>Nov<\/text>/);
  expect(html).toMatch(/>€ 5.969<\/text>/);
});

test('at a glance: this month beside the one before', () => {
  const months = sumMonths('2026-11', [sender({}), sender({ period: '2026-10', files: 4, rows: 50 })], [product()]);
  const glance = /<section aria-label="At a glance">([\s\S]*?)<\/section>/.exec(monthPage(monthSample({ months })));
  expect(text(glance?.[1] ?? '')).toBe(
    'Files received 5 +25 % on the month before ' +
      'Rows read 100 +100 % on the month before 10.0 % refused ' +
      'Ordered € 5 969.09 none the month before in 3 orders ' +
      'Paid € 5 000.00 none the month before 83.8 % of what was ordered',
  );
  expect(monthPage(monthSample({ months: [] }))).not.toContain('At a glance');
});

test('what was not applied, what is no longer known and what went back is told beside the sums', () => {
  const senders = [sender({ notApplied: 200, withoutReason: 9 }), sender({ code: 'beta', withoutReason: 1 })];
  const products = [product({ takenBack: 8_000 }), product({ name: 'Eco <x>', takenBack: 100 }), product()];
  const months = sumMonths('2026-11', senders, products);
  const told = (changed: object) => monthPage(monthSample({ senders, refusals: [], months, ...changed }));
  const html = told({ products: products as never });
  expect(section(html, 'came')).toContain('57 as before, 10 refused, 200 not applied; 2 people deactivated');
  const gone =
    'Why 10 refused rows were refused is no longer kept: reasons go with the files, after the days of retention.raw.';
  expect(section(html, 'refused')).toBe(`What was refused, and why ${gone}`);
  const some = told({ refusals: [{ secretariat: 'alpha', code: 'nrn.invalid', times: 4 }] });
  expect(section(some, 'refused')).toMatch(/ nrn\.invalid 4 Why 10 refused rows/);
  const one = told({ senders: [sender({ withoutReason: 1 })] });
  expect(section(one, 'refused')).toContain('Why 1 refused row was refused is no longer kept');
  const back = 'Paid, then taken back after the release and not settled:';
  expect(section(html, 'orders')).toContain(`${back} Meal € 80.00, Eco &lt;x&gt; € 1.00.`);
  expect(section(html, 'months')).toContain(`${back} November 2026 € 81.00.`);
  expect(text(html)).toContain('€ 81.00 of it taken back');
  expect(
    text(told({ months: sumMonths('2026-11', senders, [product()]), products: [product()] as never })),
  ).not.toContain('taken back');
});

test('what there is none of is said', () => {
  const words = text(monthPage(monthSample({ ...NONE, months: sumMonths('2026-11', [], []) })));
  for (const sentence of [
    'No file came this month.',
    'Nothing was refused.',
    'Nothing was ordered for this month yet.',
    'No invoice is open.',
    'None.',
  ]) {
    expect(words).toContain(sentence);
  }
});
