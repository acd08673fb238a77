/** Owns the issuer's customer file of the simulated year: every employer with its contracts and standing orders. */
import type { Cents, Day, Period } from '../../src/model.ts';
import { ADDRESS, employersJsonl } from '../support/employer-lines.ts';
import type { Employer } from './country.ts';

/** What eco employers give everybody once a year, and the month and day. */
export const ECO_AMOUNT: Cents = 10_000;
export const ECO_DAY = '-12-15';

export function customersFile(employers: readonly Employer[], inactive: ReadonlySet<string>, first: Period): Buffer {
  return Buffer.from(
    employersJsonl(employers.map((employer) => lineOf(employer, inactive.has(employer.number), first))),
  );
}

function lineOf(employer: Employer, isInactive: boolean, first: Period): object {
  const from: Day = '2025-01-01';
  const products = employer.eco ? ['meal', 'eco'] : ['meal'];
  return {
    enterpriseNumber: employer.number,
    name: employer.name,
    language: employer.language,
    invoiceEmail: `invoices${employer.index}@example.be`,
    status: isInactive ? 'inactive' : 'active',
    mandates: [{ secretariat: employer.secretariat.code, from, to: null }],
    deliveryPoints: [{ number: 1, label: 'Siège', ...ADDRESS }],
    costCenters: Array.from({ length: employer.costCenters }, (_, index) => ({
      number: index + 1,
      label: `Centre ${index + 1}`,
      ...ADDRESS,
      invoiceEmail: null,
    })),
    contracts: products.map((product) => ({ product, from, to: null, fees: employer.fees })),
    standingOrders: products.map((product) => ({
      id: `${product}-standing`,
      product,
      reference: `${product} {period}`,
      from: first,
      to: null,
      shift: 'none',
      validityStart: employer.validityStart,
      late: employer.late,
      confirm: employer.confirm,
      ...(product === 'meal'
        ? { dayOfMonth: employer.dayOfMonth, worked: 'previous-month', quantity: { from: 'payroll' } }
        : { dayOfMonth: 15, worked: 'this-month', months: [12], quantity: { amount: ECO_AMOUNT } }),
    })),
  };
}
