/** A line about an employer: what it may leave out, and every fault of it by the path where it stands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEmployerLine } from '../../../src/transform/employers/employer-line.ts';
import { ADDRESS } from '../../support/employer-lines.ts';

const PRODUCTS = ['meal', 'eco', 'gift'];

const LINE = {
  enterpriseNumber: '0403019261',
  name: 'Brasserie du Parc',
  language: 'fr',
  invoiceEmail: 'compta@example.be',
  status: 'active',
  mandates: [{ secretariat: 'alpha', from: '2026-01-01', to: null }],
  deliveryPoints: [{ number: 1, label: 'Siège', ...ADDRESS }],
  costCenters: [{ number: 1, label: 'Siège', ...ADDRESS, invoiceEmail: null }],
  contracts: [
    {
      product: 'meal',
      from: '2026-01-01',
      to: null,
      fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
    },
  ],
  standingOrders: [
    {
      id: 'meal-monthly',
      product: 'meal',
      reference: 'Chèques-repas {period}',
      from: '2026-11',
      to: null,
      months: null,
      dayOfMonth: 5,
      shift: 'none',
      worked: 'previous-month',
      quantity: { from: 'payroll' },
      validityStart: 'order-date',
      late: 'missed',
      confirm: 'without-warnings',
    },
  ],
};

/** The line with one value replaced, at a dotted path; undefined leaves the field out. */
function lineWith(path: string, value: unknown): unknown {
  const line = structuredClone(LINE) as unknown;
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  const last = steps.pop() ?? '';
  let at = line as Record<string, unknown>;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return line;
}

function parse(line: unknown) {
  return parseEmployerLine(line, PRODUCTS);
}

/** `column code` of every issue. */
function issuesOf(line: unknown): string[] {
  return parse(line).issues.map((issue) => `${issue.columnName} ${issue.code}`);
}

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
      { numRuns: 1000 },
    );
  });
});
