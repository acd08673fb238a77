/** An invented month of the report, with names and amounts of the usual size; every sum adds up. */
import {
  type MonthReport,
  type ProductOrders,
  type Sender,
  sumMonths,
} from '../../src/transform/report/month-report.ts';
import { addMonths } from '../../src/transform/values/calendar.ts';

const PERIOD = '2026-11';
const SENDERS = [
  ['alpha', 'Secrétariat Alpha', 38, 2140, 0.021],
  ['beta', 'Sociaal Secretariaat Beta', 27, 1620, 0.012],
  ['gamma', 'Sozialsekretariat Gamma', 12, 480, 0.054],
  ['issuer', null, 4, 412, 0],
] as const;
const PRODUCTS = [
  ['meal', 'Meal vouchers', 212, 18, 800],
  ['eco', 'Eco vouchers', 31, 1, 12_500],
  ['gift', 'Gift vouchers', 9, 1, 4000],
] as const;
const GROWTH = [0.82, 0.86, 0.81, 0.93, 0.97, 1];

function senderOf([code, name, files, rows, share]: (typeof SENDERS)[number], index: number): Sender {
  const read = Math.round(rows * (GROWTH[index] ?? 1));
  const rejected = Math.round(read * share);
  const created = Math.round(read * 0.04);
  const updated = Math.round(read * 0.22);
  const notApplied = code === 'gamma' ? 40 : 0;
  return {
    ...{
      period: addMonths(PERIOD, index - 5),
      code,
      name,
      files,
      applied: files - 3,
      held: 1,
      rejectedFiles: 1,
      copies: 1,
    },
    ...{ rows: read, created, updated, rejected, reactivated: 2, duplicates: 3, deactivated: Math.round(read * 0.012) },
    unchanged: read - created - updated - rejected - 5 - notApplied,
    ...{ notApplied, withoutReason: 0 },
  };
}

function productOf([code, , orders, each, value]: (typeof PRODUCTS)[number], index: number): ProductOrders {
  const people = Math.round(orders * 19 * (GROWTH[index] ?? 1));
  const vouchers = people * each;
  const faceValue = vouchers * value;
  const fees = Math.round(faceValue * 0.03);
  const vat = Math.round(fees * 0.21);
  const total = faceValue + fees + vat;
  const paid = Math.round(total * (index === 5 ? 0.71 : 0.995));
  const drafts = index === 5 && code === 'meal' ? 2 : 0;
  return {
    period: addMonths(PERIOD, index - 5),
    code,
    orders,
    drafts,
    people,
    vouchers,
    faceValue,
    fees,
    vat,
    total,
    paid,
    takenBack: index === 5 && code === 'gift' ? 16_581 : 0,
  };
}

/** `changed` takes the place of what the sample says. */
export function monthSample(changed: Partial<MonthReport> = {}): MonthReport {
  const all = GROWTH.map((_, index) => index);
  const senders = all.flatMap((index) => SENDERS.map((sender) => senderOf(sender, index)));
  const products = all.flatMap((index) => PRODUCTS.map((product) => productOf(product, index)));
  const names = new Map<string, string>(PRODUCTS.map(([code, name]) => [code, name]));
  return {
    period: PERIOD,
    issuer: 'Navette Vouchers',
    writtenAt: '2026-12-18 07:00 CET',
    senders: senders.filter(({ period }) => period === PERIOD),
    refusals: [
      { secretariat: 'alpha', code: 'contract.missing', times: 17 },
      { secretariat: 'alpha', code: 'nrn.invalid', times: 12 },
      { secretariat: 'alpha', code: 'limit.exceeded', times: 9 },
      { secretariat: 'alpha', code: 'email.invalid', times: 5 },
      { secretariat: 'alpha', code: 'date.invalid', times: 2 },
      { secretariat: 'beta', code: 'beneficiary.unknown', times: 13 },
      { secretariat: 'beta', code: 'cost-center.unknown', times: 6 },
      { secretariat: 'gamma', code: 'mandate.missing', times: 21 },
      { secretariat: 'gamma', code: 'person.conflict', times: 4 },
      { secretariat: 'gamma', code: 'file.truncated', times: 1 },
    ],
    products: products
      .filter(({ period }) => period === PERIOD)
      .map((product) => ({ ...product, name: names.get(product.code) ?? product.code })),
    months: sumMonths(PERIOD, senders, products),
    openInvoices: [
      { age: 'not-due', invoices: 41, total: 12_480_300 },
      { age: 'to-14', invoices: 12, total: 2_904_155 },
      { age: 'older', invoices: 1, total: 88_240 },
    ],
    entriesToDecide: [
      { status: 'partial', currency: 'EUR', entries: 2, amount: 140_000 },
      { status: 'unknown', currency: 'EUR', entries: 3, amount: 99_050 },
      { status: 'unknown', currency: 'USD', entries: 1, amount: 50_000 },
    ],
    ...changed,
  };
}
