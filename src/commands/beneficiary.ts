/** `navette beneficiary <employer> <number>`: the record, its history, and why its count is what it is. */
import type { Command } from 'commander';
import { brusselsTime } from '../clock.ts';
import { RefusedError } from '../errors.ts';
import { explainNextRun } from '../jobs/people/explain-next-run.ts';
import { type BeneficiaryRecord, getBeneficiary } from '../load/people/beneficiary-record.ts';
import { readOpenOfPerson } from '../load/people/open-of-person.ts';
import { currentNumber } from '../load/people/person-numbers.ts';
import { parseEnterpriseNumber } from '../transform/values/enterprise-number.ts';
import { parseNationalRegisterNumber } from '../transform/values/national-register-number.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { camelCaseKeys } from './camel-case.ts';
import { tellOpen } from './open-of-person.ts';
import { euros, table } from './print.ts';

export function declareBeneficiary(program: Command, done: (code: ExitCode) => void): void {
  const beneficiary = program
    .command('beneficiary')
    .description('a beneficiary: the record, and the pages of the portal');
  beneficiary
    .command('show', { isDefault: true })
    .description('the record, its history, and why the count is what it is')
    .argument('<enterprise-number>', 'the employer')
    .argument('<national-register-number>', 'the person')
    .option('--json', 'print one JSON document')
    .action(async (employer: string, person: string, options: CommonOptions) =>
      done(await withApp(options, (app) => show(app, employer, person))),
    );
}

async function show(app: App, employer: string, person: string): Promise<ExitCode> {
  const enterpriseNumber = parseEnterpriseNumber(employer);
  const number = parseNationalRegisterNumber(person, app.today)?.number;
  const record =
    enterpriseNumber === null || number === undefined
      ? undefined
      : await getBeneficiary(app.database.db, enterpriseNumber, await currentNumber(app.database.db, number));
  // The same sentence for an unknown employer and an unknown person.
  if (record === undefined || enterpriseNumber === null) throw new RefusedError('There is no such beneficiary.');
  const { db } = app.database;
  const id = record.beneficiary['id'] as number;
  const open = await readOpenOfPerson(db, enterpriseNumber, id);
  const nextRun = await explainNextRun(db, app.today, enterpriseNumber, id);
  app.print({
    ...camelCaseKeys(record.beneficiary),
    products: record.products.map(camelCaseKeys),
    cards: record.cards.map(camelCaseKeys),
    entitlements: record.entitlements.map(camelCaseKeys),
    entitlementChanges: record.entitlementChanges.map(camelCaseKeys),
    orderLines: record.orderLines.map(camelCaseKeys),
    carry: record.carry.map(camelCaseKeys),
    history: record.history.map(camelCaseKeys),
    open,
    nextRun,
  });
  for (const line of [...tell(record), ...tellOpen(open, nextRun)]) app.say(line);
  return 0;
}

function tell(record: BeneficiaryRecord): string[] {
  const { beneficiary: person } = record;
  const reason = person['status_reason'] === null ? '' : ` (${person['status_reason']})`;
  const lines = [
    `${person['last_name']} ${person['first_name']}, ${person['status']}${reason} since ${person['status_since']}`,
    `  employed ${person['employment_start'] ?? '…'} to ${person['employment_end'] ?? '…'}, cost center ${person['cost_center']}`,
  ];
  const section = (title: string, head: readonly string[], rows: readonly (readonly unknown[])[]): void => {
    if (rows.length === 0) return;
    const cells = rows.map((row) => row.map((cell) => (cell === null || cell === undefined ? '' : String(cell))));
    lines.push('', title, ...table(head, cells).map((line) => `  ${line}`));
  };
  const value = (cents: unknown): string => (typeof cents === 'number' ? euros(cents) : '');
  const source = (row: Readonly<Record<string, unknown>>): string => {
    if (row['file_id'] !== null) return `file ${row['file_id']}, row ${row['row_number'] ?? '-'}`;
    const order = row['order_id'] ?? row['standing_order_id'] ?? null;
    return [order === null ? [] : `order ${order}`, row['changed_by'] ?? []].flat().join(', ');
  };
  section(
    'Products',
    ['product', 'from', 'value', ''],
    record.products.map((row) => [
      row['product_code'],
      row['valid_from'] === '1900-01-01' ? 'the beginning' : row['valid_from'],
      value(row['face_value']),
      row['removed'] === true ? 'removed' : '',
    ]),
  );
  section(
    'Cards',
    ['card', 'status', 'produced', 'expires'],
    record.cards.map((row) => [row['sequence'], row['status'], row['produced_on'], row['expires_on']]),
  );
  section(
    'Granted',
    ['product', 'period', 'value', 'quantity', 'by'],
    record.entitlements.map((row) => [
      row['product_code'],
      row['period'],
      value(row['face_value']),
      row['quantity'],
      source(row),
    ]),
  );
  section(
    'Changed',
    ['product', 'period', 'value', 'before', 'after', 'kind', 'by'],
    record.entitlementChanges.map((row) => [
      row['product_code'],
      row['period'],
      value(row['face_value']),
      row['before'],
      row['after'],
      row['kind'],
      source(row),
    ]),
  );
  section(
    'Ordered',
    ['order', 'product', 'run', 'status', 'period', 'value', 'quantity'],
    record.orderLines.map((row) => [
      row['order_id'],
      row['product_code'],
      row['run_period'],
      row['status'],
      row['period'],
      value(row['face_value']),
      row['quantity'],
    ]),
  );
  section(
    'Carried',
    ['product', 'period', 'value', 'quantity', 'why'],
    record.carry.map((row) => [
      row['product_code'],
      row['period'],
      value(row['face_value']),
      row['quantity'],
      row['reason'],
    ]),
  );
  section(
    'History',
    ['when', 'by', 'columns'],
    record.history.map((row) => [
      brusselsTime(String(row['at'])),
      source(row),
      Object.keys((row['after'] ?? {}) as object).join(', '),
    ]),
  );
  return lines;
}
