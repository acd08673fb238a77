/** A line about an employer with one fault: it is told by the path where it stands. */
import { describe, expect, it } from 'vitest';
import { issuesOf, lineWith, parse } from '../../support/one-employer-line.ts';

describe('one fault', () => {
  it.each([
    ['enterpriseNumber', '0403019262', 'enterprise-number.invalid'],
    ['enterpriseNumber', 403019261, 'enterprise-number.invalid'],
    ['enterpriseNumber', undefined, 'required.missing'],
    ['name', '  ', 'required.missing'],
    ['name', 'a\u0000b', 'text.invalid'],
    ['name', 'a\ud800', 'text.invalid'],
    ['name', 'x'.repeat(201), 'text.invalid'],
    ['language', 'es', 'literal.unknown'],
    ['language', 'FR', 'literal.unknown'],
    ['invoiceEmail', 'compta', 'email.invalid'],
    ['invoiceEmail', null, 'required.missing'],
    ['status', 'closed', 'literal.unknown'],
    ['mandates', undefined, 'required.missing'],
    ['mandates', {}, 'row.format'],
    ['mandates[0]', 'alpha', 'row.format'],
    ['mandates[0].secretariat', '../alpha', 'text.invalid'],
    ['mandates[0].from', '2026-02-29', 'date.invalid'],
    ['mandates[0].from', '01/02/2026', 'date.invalid'],
    ['mandates[0].to', '2025-12-31', 'date.invalid'],
    ['deliveryPoints[0].number', 0, 'integer.invalid'],
    ['deliveryPoints[0].number', '1', 'integer.invalid'],
    ['deliveryPoints[0].street', null, 'required.missing'],
    ['deliveryPoints[0].postalCode', 1000, 'text.invalid'],
    ['costCenters[0].country', 'Belgique', 'text.invalid'],
    ['costCenters[0].invoiceEmail', 'a@b', 'email.invalid'],
    ['contracts', null, 'required.missing'],
    ['contracts[0].from', null, 'required.missing'],
    ['contracts[0].to', '2026-13-01', 'date.invalid'],
    ['contracts[0].fees', undefined, 'required.missing'],
    ['contracts[0].fees', [], 'row.format'],
    ['contracts[0].fees.service', {}, 'row.format'],
    ['contracts[0].fees.service', { percent: '3', fixed: 100 }, 'row.format'],
    ['contracts[0].fees.service', '3', 'row.format'],
    ['contracts[0].fees.service.percent', '3,5', 'decimal.invalid'],
    ['contracts[0].fees.service.percent', 3, 'decimal.invalid'],
    ['contracts[0].fees.cardProduction', -1, 'integer.invalid'],
    ['contracts[0].fees.cardDelivery', 4.5, 'integer.invalid'],
    ['contracts[0].fees.cardDelivery', 2 ** 31, 'integer.invalid'],
    ['standingOrders[0].id', '', 'required.missing'],
    ['standingOrders[0].product', 'cinema', 'literal.unknown'],
    ['standingOrders[0].reference', undefined, 'required.missing'],
    ['standingOrders[0].from', '2026-00', 'period.invalid'],
    ['standingOrders[0].from', undefined, 'required.missing'],
    ['standingOrders[0].to', '2026-10', 'period.invalid'],
    ['standingOrders[0].months', [], 'row.format'],
    ['standingOrders[0].months', 12, 'row.format'],
    ['standingOrders[0].dayOfMonth', 32, 'integer.invalid'],
    ['standingOrders[0].dayOfMonth', 0, 'integer.invalid'],
    ['standingOrders[0].shift', 'next', 'literal.unknown'],
    ['standingOrders[0].worked', undefined, 'required.missing'],
    ['standingOrders[0].worked', 'last-month', 'literal.unknown'],
    ['standingOrders[0].quantity', undefined, 'required.missing'],
    ['standingOrders[0].quantity', { fixed: 1, amount: 1 }, 'row.format'],
    ['standingOrders[0].quantity', {}, 'row.format'],
    ['standingOrders[0].validityStart', 'now', 'literal.unknown'],
    ['standingOrders[0].late', 'never', 'literal.unknown'],
    ['standingOrders[0].confirm', 'always', 'literal.unknown'],
  ] as const)('%s = %j', (path, value, code) => {
    expect(issuesOf(lineWith(path, value))).toEqual([`${path} ${code}`]);
    expect(parse(lineWith(path, value)).employer).toBeNull();
  });

  it.each([
    ['contracts[0].fees.service', { perVoucher: -1 }, 'contracts[0].fees.service.perVoucher integer.invalid'],
    ['contracts[0].fees.service', { tiers: [] }, 'contracts[0].fees.service.tiers row.format'],
    ['contracts[0].fees.service', { tiers: [{ upTo: 1, percent: '1' }] }, 'contracts[0].fees.service.tiers row.format'],
    [
      'contracts[0].fees.service',
      {
        tiers: [
          { upTo: null, percent: '1' },
          { upTo: null, percent: '2' },
        ],
      },
      'contracts[0].fees.service.tiers row.format',
    ],
    [
      'contracts[0].fees.service',
      {
        tiers: [
          { upTo: 5, percent: '1' },
          { upTo: null, percent: '101' },
        ],
      },
      'contracts[0].fees.service.tiers[1].percent decimal.invalid',
    ],
    ['standingOrders[0].months', [12, 13], 'standingOrders[0].months[1] integer.invalid'],
    ['standingOrders[0].quantity', { fixed: 0 }, 'standingOrders[0].quantity.fixed integer.invalid'],
    ['standingOrders[0].quantity', { from: 'portal' }, 'standingOrders[0].quantity.from literal.unknown'],
  ])('%s = %j, inside', (path, value, issue) => {
    expect(issuesOf(lineWith(path, value))).toEqual([issue]);
  });

  it.each([null, 'text', 3, [], true])('%j is no line', (line) => {
    const { employer, issues } = parse(line);
    expect(employer).toBeNull();
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ columnName: null, severity: 'error' });
  });
});
