/** Owns the steps of one month whose every change is killed: what senders and people do, and the commands of each step. */
import { sql } from 'kysely';
import { writeCoda } from './coda.ts';
import type { Lane, Step } from './crash-lane.ts';
import { employerLine, employersJsonl } from './employer-lines.ts';
import { inventStatement } from './invoiced-orders.ts';
import { inventEnterpriseNumber, inventPerson } from './people.ts';
import { portalCsv, portalRow } from './portal-rows.ts';

const EMPLOYERS = [0, 1, 2].map((index) => inventEnterpriseNumber(5_200_000 + index));
const [FIRST = '', SECOND = '', THIRD = ''] = EMPLOYERS;
const nrn = (index: number): string => inventPerson(index).nationalRegisterNumber;

function payroll(
  rows: readonly (readonly [employer: string, person: number, period: string, quantity: number, end?: string])[],
) {
  const header = 'enterpriseNumber;nationalRegisterNumber;period;product;quantity;faceValue;employmentEnd';
  const lines = rows.map(([employer, person, period, quantity, end = '']) =>
    [employer, nrn(person), period, 'meal', quantity, '8,00', end].join(';'),
  );
  return [header, ...lines, ''].join('\r\n');
}

const people = (from: number, count: number) => Array.from({ length: count }, (_, index) => portalRow(from + index));

/** Each job of Navette at work at least once: first files, orders, money, corrections, a held file, leavers, and years later. */
export const MONTH: readonly Step[] = [
  {
    name: 'first files',
    async prepare(lane) {
      const fees = { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 };
      const contracts = [{ product: 'meal', from: '2026-01-01', to: null, fees }];
      const lines = EMPLOYERS.map((employer) => employerLine(employer, { contracts }));
      lane.send('issuer', 'employers.jsonl', employersJsonl(lines), '2026-11-30');
      lane.send(
        'alpha',
        `${FIRST}_1.csv`,
        portalCsv([...people(100, 5), portalRow(105, { email: 'no-address' })]),
        '2026-12-01',
      );
      lane.send('alpha', `${SECOND}_1.csv`, portalCsv(people(110, 3)), '2026-12-01');
      lane.send('alpha', `${THIRD}_1.csv`, portalCsv(people(120, 2)), '2026-12-01');
    },
    commands: async () => [['run', 'pull', '--date', '2026-12-01']],
  },
  {
    name: 'payroll',
    async prepare(lane) {
      const rows = [100, 101, 102, 103, 104].map((person) => [FIRST, person, '2026-11', person - 82] as const);
      const others = [110, 111, 112].map((person) => [SECOND, person, '2026-11', person - 90] as const);
      const last = [120, 121].map((person) => [THIRD, person, '2026-11', person - 100] as const);
      lane.send(
        'alpha',
        'payroll.csv',
        payroll([...rows, ...others, ...last, [FIRST, 199, '2026-11', 3]]),
        '2026-12-02',
      );
    },
    commands: async () => [['run', 'pull', '--date', '2026-12-02']],
  },
  {
    // Files of before the month, so that the day on which this runs makes no difference.
    name: 'the worker',
    async prepare(lane) {
      await lane.ask(async (db) => {
        await sql`insert into job_slot (job, slot, claimed_by, done_at)
                  values ('leavers', '2001-01-01T00:00', 'somebody', '2001-01-01')`.execute(db);
        await sql`update beneficiary set employment_end = '2026-01-31'
                   where national_register_number = ${nrn(121)}`.execute(db);
      });
      lane.send('alpha', `${SECOND}_worker.csv`, portalCsv(people(110, 4)), '2026-11-20');
      lane.send('alpha', 'payroll-worker.csv', payroll([[FIRST, 104, '2026-10', 21]]), '2026-11-20');
    },
    commands: async () => [['start']],
    isDone: async (db) => {
      const found = await sql<{ done: boolean }>`
        select (select count(*) from drop_file where name like '%worker.csv'
                                                     and status in ('archived', 'superseded') and archived_as is not null) = 2
               and not exists (select from outgoing_file where status <> 'sent')
               and exists (select from job_slot where job = 'leavers' and slot > '2002' and done_at is not null) as done`.execute(
        db,
      );
      return found.rows[0]?.done ?? false;
    },
  },
  { name: 'orders', commands: async () => [['run', 'orders', '--date', '2026-12-07']] },
  {
    name: 'confirmation',
    commands: async (lane) =>
      (await listOrders(lane, 'draft')).map((id) => [
        ...['order', 'confirm', String(id), '--by', 'Anne', '--acknowledge', 'all', '--date', '2026-12-07'],
      ]),
  },
  { name: 'notices', commands: async () => [['run', 'notices', '--date', '2026-12-07']] },
  {
    name: 'statement, correction, held file',
    async prepare(lane) {
      const invoices = await lane.ask((db) =>
        sql<{ number: string; communication: string; total: number; employer: string }>`
          select number, structured_communication as communication, total, enterprise_number as employer
            from invoice order by number`.execute(db),
      );
      const paid = invoices.rows.filter(({ employer }) => employer !== THIRD);
      const entries = paid.map(({ communication, total }) => ({
        amount: total,
        structuredCommunication: communication,
      }));
      const statement = inventStatement([...entries, { amount: 700, freeText: 'divers' }], { statementNumber: '001' });
      lane.send('bank', 'statement.cod', writeCoda(statement), '2026-12-14');
      lane.send(
        'alpha',
        'payroll-2.csv',
        payroll([
          [FIRST, 100, '2026-11', 20],
          [FIRST, 102, '2026-11', 20, '31/12/2026'],
        ]),
        '2026-12-14',
      );
      lane.send('alpha', `${FIRST}_2.csv`, portalCsv([portalRow(100), portalRow(102)]), '2026-12-14');
      lane.send('alpha', `${SECOND}_2.csv`, portalCsv([...people(111, 2), portalRow(113)]), '2026-12-14');
    },
    commands: async () => [['run', 'pull', '--date', '2026-12-14']],
  },
  {
    name: 'decision',
    commands: async (lane) => {
      const plans = await lane.ask((db) =>
        sql<{ hash: string }>`select plan_hash as hash from held_plan where decision is null`.execute(db),
      );
      const approvals = plans.rows.map(({ hash }) => [
        ...['approve', hash, '--by', 'Anne', '--why', 'seen', '--date', '2026-12-15'],
      ]);
      // What an approval could not return any more, the next visit of the drop does.
      return [...approvals, ['run', 'pull', '--date', '2026-12-15']];
    },
  },
  { name: 'release', commands: async () => [['run', 'release', '--date', '2026-12-15']] },
  { name: 'payments', commands: async () => [['run', 'payments', '--date', '2027-01-04']] },
  {
    name: 'cancellation',
    commands: async (lane) =>
      (await listOrders(lane, 'invoiced')).map((id) => [
        ...['order', 'cancel', String(id), '--by', 'Anne', '--why', 'closed', '--date', '2027-01-05'],
      ]),
  },
  { name: 'more notices', commands: async () => [['run', 'notices', '--date', '2027-01-05']] },
  { name: 'leavers', commands: async () => [['run', 'leavers', '--date', '2027-01-05']] },
  {
    name: 'December',
    async prepare(lane) {
      lane.send(
        'alpha',
        'payroll-3.csv',
        payroll([
          [FIRST, 100, '2026-12', 18],
          [SECOND, 111, '2026-12', 19],
        ]),
        '2027-01-05',
      );
    },
    commands: async () => [
      ['run', 'pull', '--date', '2027-01-05'],
      ['run', 'orders', '--date', '2027-01-06'],
    ],
  },
  { name: 'renewals', commands: async () => [['run', 'renewals', '--date', '2031-11-10']] },
  { name: 'retention', commands: async () => [['run', 'retention', '--date', '2040-01-10']] },
];

async function listOrders(lane: Lane, status: string): Promise<number[]> {
  const found = await lane.ask((db) =>
    sql<{ id: number }>`select id from voucher_order where status = ${status} order by id`.execute(db),
  );
  return found.rows.map(({ id }) => id);
}
