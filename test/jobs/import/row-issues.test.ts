/** What a sender is told about a row: fault by fault in the order of its columns, each with what would be accepted. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ADDRESS, employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { openImportHome } from '../../support/import-home.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { type PortalRow, portalCsv, portalRow } from '../../support/portal-rows.ts';

const home = await openImportHome();
const employer = inventEnterpriseNumber(5_300_001);
const contract = (product: string) => ({ product, from: '2020-01-01', to: null, fees: {} });
await home.importAs(
  'employers.jsonl',
  employersJsonl([
    employerLine(employer, {
      deliveryPoints: [1, 2].map((number) => ({ number, label: `Site ${number + 3}`, ...ADDRESS })),
      costCenters: [1, 7].map((number) => ({ number, label: `Centre ${number + 3}`, ...ADDRESS, invoiceEmail: null })),
      contracts: [contract('meal'), contract('eco'), contract('gift')],
    }),
  ]),
  { layout: 'employers', secretariat: 'issuer' },
);

async function people(...rows: PortalRow[]) {
  const { counts, issues } = await home.importAs(`${employer}_people.csv`, portalCsv(rows), {
    layout: 'beneficiaries-portal',
  });
  return { counts, issues, told: issues.map(({ row, column, code }) => `${row} ${column} ${code}`) };
}

const AT_WORK: PortalRow = {
  cardDelivery: 'Client',
  cardDeliveryPoint: '1',
  costCenter: '1',
  cardStreet: '',
  cardCity: '',
};

test('the faults of a row stand in the order of its columns, whoever found them', async () => {
  const wrong = portalRow(1, {
    ...AT_WORK,
    status: 'perhaps',
    birthDate: '31/02/1985',
    email: 'none',
    costCenter: '3',
  });
  const { told } = await people({ ...wrong, cardDeliveryPoint: '9', mealFaceValue: '8,001', secondProduct: 'Lunch' });
  expect(told).toEqual([
    '2 status literal.unknown',
    '2 birthDate date.invalid',
    '2 email email.invalid',
    '2 cardDeliveryPoint delivery-point.unknown',
    '2 costCenter cost-center.unknown',
    '2 mealFaceValue euro.invalid',
    '2 secondProduct literal.unknown',
  ]);
});

test('and in the order in which the sender has put the headers', async () => {
  const text = 'Sortie;Nombre;Valeur;NISS;BCE;Période\nx;x;x;x;x;x\n';
  const { issues } = await home.importAs('prestations.csv', text, { layout: 'payroll-generic' });
  expect(issues.map(({ message }) => /«\s(\S+)\s»/.exec(message)?.[1])).toEqual(text.split('\n')[0]?.split(';'));
});

test('a renamed column that may be left out is not passed over in silence', async () => {
  const text = `Nombre;Valeurs;NISS;BCE;Période\n20;9,00;${inventPerson(1).nationalRegisterNumber};${employer};2026-11\n`;
  const { issues } = await home.importAs('renamed.csv', text, { layout: 'payroll-generic' });
  expect(issues[0]).toMatchObject({ row: null, column: null, code: 'column.ignored', severity: 'warning' });
  expect(issues[0]?.message).toMatch(/^Colonne B\s:\s.*valeur, waarde/);
  expect(issues[0]?.message).not.toContain('Valeurs');
});

test('what does not exist at the employer is told with what does', async () => {
  const { issues } = await people(
    portalRow(1, {
      ...AT_WORK,
      cardDeliveryPoint: '9',
      costCenter: '3',
      mealProduct: 'Eco Pass',
      secondProduct: 'Lunch',
    }),
    portalRow(2, { ...AT_WORK, secondProduct: 'Sport & Culture' }),
  );
  expect(
    issues.map(({ column, message }) => [column, /(?:accepté|contrat)\s:\s([^;]+)\.$/.exec(message)?.[1]]),
  ).toEqual([
    ['cardDeliveryPoint', '1, 2'],
    ['costCenter', '1, 7'],
    ['mealProduct', 'meal'],
    ['secondProduct', 'eco, gift'],
    ['secondProduct', 'eco, gift'],
  ]);
});

test('a PIN goes where the card goes, unless a whole place of its own is given', async () => {
  const home4 = { street: 'Rue du Code', houseNumber: '4', postalCode: '1000', city: 'Bruxelles' };
  const pinHome = { pinStreet: home4.street, pinHouseNumber: '4', pinPostalCode: '1000', pinCity: home4.city };
  const accepted = await people(
    portalRow(11, AT_WORK),
    portalRow(12, { ...AT_WORK, pinDelivery: 'Client' }),
    portalRow(13, { costCenter: '1', pinDelivery: 'Bénéficiaire' }),
    portalRow(14, { ...AT_WORK, pinDelivery: 'Bénéficiaire', ...pinHome }),
    portalRow(15, { costCenter: '1', pinDelivery: 'Client', pinDeliveryPoint: '2' }),
  );
  expect(accepted).toMatchObject({ counts: { created: 5 }, issues: [] });
  const { told } = await people(
    portalRow(16, { costCenter: '1', pinDelivery: 'Client' }),
    portalRow(17, { ...AT_WORK, pinDelivery: 'Bénéficiaire' }),
    portalRow(18, { costCenter: '1', pinDelivery: 'Bénéficiaire', pinStreet: 'Rue du Code' }),
  );
  expect(told).toEqual([
    '2 pinDeliveryPoint delivery-point.unknown',
    '3 pinDelivery address.incomplete',
    '4 pinDelivery address.incomplete',
  ]);
  const stored = await sql<{ pin: string }>`
    select concat_ws(' ', pin_delivery, pin_delivery_point, pin_street) as pin from beneficiary
     where enterprise_number = ${employer} order by id`.execute(home.db);
  expect(stored.rows.map(({ pin }) => pin)).toEqual([
    '',
    'employer',
    'beneficiary',
    'beneficiary Rue du Code',
    'employer 2',
  ]);
});

test('the clear mark takes a card from its delivery point to the home, if there is one', async () => {
  const number = inventPerson(11).nationalRegisterNumber;
  const cleared = portalRow(11, { costCenter: '1', cardDelivery: '#CLEAR', cardDeliveryPoint: '#CLEAR' });
  expect((await people({ ...cleared, cardStreet: '#CLEAR' })).told).toEqual(['2 cardDelivery address.incomplete']);
  expect((await people(cleared)).counts).toMatchObject({ updated: 1 });
  const { rows } = await sql`
    select card_delivery, card_delivery_point from beneficiary
     where enterprise_number = ${employer} and national_register_number = ${number}`.execute(home.db);
  expect(rows).toEqual([{ card_delivery: 'beneficiary', card_delivery_point: null }]);
});
