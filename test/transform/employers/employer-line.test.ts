/** A line about an employer: what it may leave out, what must fit together, and what is told of all its faults. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDRESS } from '../../support/employer-lines.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';
import { issuesOf, LINE, lineWith, parse } from '../../support/one-employer-line.ts';

describe('a good line', () => {
  it('comes back whole', () => {
    expect(parse(LINE)).toEqual({ employer: LINE, issues: [] });
  });

  it('may leave out what has a default', () => {
    const { months: _months, to: _to, shift: _shift, validityStart: _start, ...order } = LINE.standingOrders[0] ?? {};
    const { late: _late, confirm: _confirm, ...shortest } = order as Record<string, unknown>;
    const { employer, issues } = parse({ ...LINE, standingOrders: [shortest] });
    expect(issues).toEqual([]);
    expect(employer?.standingOrders).toEqual([{ ...LINE.standingOrders[0], confirm: 'never' }]);
  });

  it('may leave out lists that count as empty, an address’s box and country, and a last day', () => {
    const { box: _box, country: _country, ...address } = ADDRESS;
    const { deliveryPoints: _points, standingOrders: _orders, ...line } = LINE;
    const { employer, issues } = parse({
      ...line,
      mandates: [{ secretariat: 'alpha', from: '2026-01-01' }],
      costCenters: [{ number: 2, label: 'Siège', ...address }],
    });
    expect(issues).toEqual([]);
    expect(employer).toMatchObject({ deliveryPoints: [], standingOrders: [] });
    expect(employer?.mandates).toEqual(LINE.mandates);
    expect(employer?.costCenters).toEqual([{ number: 2, label: 'Siège', ...ADDRESS, invoiceEmail: null }]);
  });

  it('has its enterprise number and texts put in order', () => {
    const { employer } = parse({ ...LINE, enterpriseNumber: ' BE 0403.019.261 ', name: '  Brasserie du Parc ' });
    expect(employer).toEqual(LINE);
  });

  it.each([
    { service: { percent: '1.15' } },
    { service: { perVoucher: 12 } },
    { service: { perBeneficiary: 75 } },
    { service: { fixed: 2500 }, cardProduction: 0 },
    {
      service: {
        tiers: [
          { upTo: 100_000, percent: '3' },
          { upTo: null, percent: '2.5' },
        ],
      },
      cardDelivery: 300,
    },
    { cardProduction: 450 },
    {},
  ])('fees %j', (fees) => {
    const { employer, issues } = parse(lineWith('contracts[0].fees', fees));
    expect(issues).toEqual([]);
    expect(employer?.contracts[0]?.fees).toEqual(fees);
  });

  it.each([{ from: 'payroll' }, { fixed: 20 }, { amount: 4000 }])('quantity %j', (quantity) => {
    expect(parse(lineWith('standingOrders[0].quantity', quantity)).employer?.standingOrders[0]?.quantity).toEqual(
      quantity,
    );
  });

  it('has months in order, each once', () => {
    expect(parse(lineWith('standingOrders[0].months', [12, 6, 12])).employer?.standingOrders[0]?.months).toEqual([
      6, 12,
    ]);
  });
});

describe('between the parts of a line', () => {
  const [contract] = LINE.contracts;
  const [point] = LINE.deliveryPoints;
  const [center] = LINE.costCenters;
  const [order] = LINE.standingOrders;

  it('numbers and ids stand once', () => {
    const line = {
      ...LINE,
      deliveryPoints: [point, { ...point, number: 2 }, point],
      costCenters: [center, center],
      standingOrders: [order, order],
    };
    expect(issuesOf(line)).toEqual([
      'deliveryPoints[2].number row.format',
      'costCenters[1].number row.format',
      'standingOrders[1].id row.format',
    ]);
  });

  it('contracts of one product and mandates of one secretariat do not overlap; both ends are inclusive', () => {
    const spans = (...pairs: [string, string | null][]) => pairs.map(([from, to]) => ({ ...contract, from, to }));
    const contracts = (...pairs: [string, string | null][]) => issuesOf({ ...LINE, contracts: spans(...pairs) });
    expect(contracts(['2026-01-01', '2026-06-30'], ['2026-07-01', null])).toEqual([]);
    expect(contracts(['2026-07-01', null], ['2026-01-01', '2026-06-30'])).toEqual([]);
    expect(contracts(['2026-01-01', '2026-07-01'], ['2026-07-01', null])).toEqual(['contracts[1].from row.format']);
    expect(contracts(['2026-01-01', null], ['2027-01-01', null])).toEqual(['contracts[1].from row.format']);
    expect(issuesOf({ ...LINE, contracts: [contract, { ...contract, product: 'eco' }] })).toEqual([]);
    const mandate = { secretariat: 'alpha', from: '2026-02-01', to: '2026-03-01' };
    expect(issuesOf({ ...LINE, mandates: [...LINE.mandates, mandate] })).toEqual(['mandates[1].from row.format']);
  });

  it('products exist; a standing order without a contract is accepted, and its orders wait for one', () => {
    expect(issuesOf(lineWith('contracts[0].product', 'cinema'))).toEqual(['contracts[0].product literal.unknown']);
    expect(issuesOf(lineWith('standingOrders[0].product', 'cinema'))).toEqual([
      'standingOrders[0].product literal.unknown',
    ]);
    expect(issuesOf({ ...LINE, contracts: [] })).toEqual([]);
  });
});

describe('what is told', () => {
  it('every fault of a line, not just the first, and none that follows from another', () => {
    const line = {
      ...LINE,
      language: 'xx',
      invoiceEmail: '',
      mandates: [{ secretariat: 'alpha' }, { secretariat: 'alpha', from: '2026-01-01', to: 'x' }],
      deliveryPoints: [{ number: 'one' }, 7],
      contracts: [{ ...LINE.contracts[0], from: 'x' }, LINE.contracts[0]],
      standingOrders: [{ ...LINE.standingOrders[0], product: '', from: 'x', to: '2026-01' }],
    };
    expect(issuesOf(line)).toEqual([
      'language literal.unknown',
      'invoiceEmail required.missing',
      'mandates[0].from required.missing',
      'mandates[1].to date.invalid',
      'deliveryPoints[0].number integer.invalid',
      'deliveryPoints[0].label required.missing',
      'deliveryPoints[0].street required.missing',
      'deliveryPoints[0].houseNumber required.missing',
      'deliveryPoints[0].postalCode required.missing',
      'deliveryPoints[0].city required.missing',
      'deliveryPoints[1] row.format',
      'contracts[0].from date.invalid',
      'standingOrders[0].from period.invalid',
      'standingOrders[0].product required.missing',
    ]);
  });

  it('not that a contract or a bound is missing when it is there and could not be read', () => {
    expect(issuesOf(lineWith('contracts[0].product', 'me/al'))).toEqual(['contracts[0].product text.invalid']);
    const tiers = [
      { upTo: -1, percent: '3' },
      { upTo: 'none', percent: '2' },
    ];
    expect(issuesOf(lineWith('contracts[0].fees.service', { tiers }))).toEqual([
      'contracts[0].fees.service.tiers[0].upTo integer.invalid',
      'contracts[0].fees.service.tiers[1].upTo integer.invalid',
    ]);
  });

  it('unknown fields are warnings beside an employer; a key that is no name is not repeated', () => {
    const line = { ...LINE, vat: 'x', contracts: [{ ...LINE.contracts[0], fees: { '85.07.30-033.28': 1, 'A B': 2 } }] };
    const { employer, issues } = parse(line);
    expect(employer?.contracts[0]?.fees).toEqual({});
    expect(issues.map(({ columnName, code, severity }) => [columnName, code, severity])).toEqual([
      ['vat', 'column.ignored', 'warning'],
      ['contracts[0].fees', 'column.ignored', 'warning'],
    ]);
  });

  it('one issue per column: a fault takes the place of a warning', () => {
    expect(issuesOf(lineWith('contracts[0].fees.service', { '3 %': null }))).toEqual([
      'contracts[0].fees.service row.format',
    ]);
  });

  it('a warning hides no fault', () => {
    const tiers = [{ upTo: 1000, percent: '3', note: 'x' }];
    expect(issuesOf(lineWith('contracts[0].fees.service', { tiers }))).toEqual([
      'contracts[0].fees.service.tiers[0].note column.ignored',
      'contracts[0].fees.service.tiers row.format',
    ]);
  });

  it('says what is accepted', () => {
    const accepted = (path: string, value: unknown) => parse(lineWith(path, value)).issues[0]?.params;
    expect(accepted('language', 'es')).toEqual({ accepted: 'fr, nl, de, en' });
    expect(accepted('standingOrders[0].dayOfMonth', 32)).toEqual({ accepted: '1-31' });
    expect(accepted('contracts[0].fees.cardDelivery', -1)).toEqual({ accepted: '>= 0' });
    expect(accepted('mandates[0].from', 'x')).toEqual({ accepted: 'YYYY-MM-DD' });
  });

  it('never throws, never repeats what was sent, and gives an employer exactly when there is no error', () => {
    const paths = [
      ...['name', 'language', 'invoiceEmail', 'status', 'enterpriseNumber', 'mandates', 'contracts', 'standingOrders'],
      ...['mandates[0]', 'mandates[0].from', 'costCenters[0]', 'deliveryPoints[0].number', 'contracts[0].fees'],
      ...[
        'contracts[0].fees.service',
        'standingOrders[0].quantity',
        'standingOrders[0].months',
        'costCenters[0].label',
      ],
    ];
    const secret = 'Canary-85073003328\u0007';
    const value = fc.jsonValue().map((json) => (typeof json === 'string' ? secret : json));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.oneof(value, fc.constant(secret)), (path, sent) => {
        const { employer, issues } = parse(lineWith(path, sent));
        expect(employer === null).toBe(issues.some((issue) => issue.severity === 'error'));
        expect(JSON.stringify(issues)).not.toContain('Canary');
        const columns = issues.map((issue) => issue.columnName);
        expect(new Set(columns).size).toBe(columns.length);
      }),
      { numRuns: fuzzRuns(1000) },
    );
  });
});
