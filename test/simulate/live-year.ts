/** Owns the calendar of the simulated year: day by day, what senders leave, what Navette does, what people decide and pay. */
import { sql } from 'kysely';
import type { JobContext } from '../../src/jobs/context.ts';
import { type Database, openDatabase } from '../../src/load/database.ts';
import { type EmbeddedServer, openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../src/load/migrate.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import type { BankStatement, Day, Period } from '../../src/model.ts';
import { addDays, addMonths } from '../../src/transform/values/calendar.ts';
import { type MonthTold, readAskedFor, tellMonth } from './ask-tables.ts';
import { type Paid, payInvoice, statementFile, statementOf, type Transfer } from './bank.ts';
import type { Country, Employer } from './country.ts';
import { type Delivery, nothingSent } from './delivery.ts';
import { disturbancesOf, isServerDown, workAndDie } from './disturbance.ts';
import {
  acceptTransfers,
  cancelUnpaid,
  confirmDrafts,
  type Decided,
  decidePlans,
  orderForLeavers,
} from './operator.ts';
import { payrollDeliveries } from './payroll-files.ts';
import { peopleDeliveries } from './people-files.ts';
import { openPlace, type Place } from './place.ts';
import { compareEco } from './prove-orders.ts';
import { compareActive, workingBy } from './prove-people.ts';
import { customersFile, ECO_AMOUNT, ECO_DAY } from './reference-file.ts';
import { minuteLooks, momentOf, openYearLog, workDay } from './work-day.ts';

export interface LivedYear {
  readonly country: Country;
  readonly place: Place;
  readonly database: Database;
  readonly deliveries: readonly Delivery[];
  readonly statements: readonly BankStatement[];
  readonly payments: ReadonlyMap<string, Paid>;
  readonly booked: readonly Transfer[];
  readonly months: readonly MonthTold[];
  readonly decided: Decided;
  /** employers that were closed */
  readonly closed: ReadonlySet<string>;
  /** `killed` depends on time, `planned` does not */
  readonly disturbed: { readonly planned: number; readonly killed: number; readonly serverDays: number };
  /** employers and people who work there on the last day, by what was sent */
  readonly working: ReadonlySet<string>;
  /** what was not so at the end of a month */
  readonly violations: readonly string[];
  readonly lastDay: Day;
  readonly close: () => Promise<void>;
}

const BANK_DAYS = [7, 14, 21, 28];
/** The server is killed, never the machine under it: what was given to the kernel is not lost. */
const SETTINGS = ['fsync=off', 'full_page_writes=off'];

export async function liveYear(home: string, country: Country, tell: (line: string) => void): Promise<LivedYear> {
  const place = await openPlace(home, country);
  const log = openYearLog(home);
  let server: EmbeddedServer = await openEmbeddedPostgres(home, SETTINGS);
  let database = await openDatabase(server.url, () => undefined);
  await migrateSchema(database.db);
  await syncReference(database.db, place.config());
  const first = country.periods[0] ?? '';
  const firstDay: Day = `${first}-01`;
  const quietFrom: Day = `${addMonths(first, country.months + 1)}-01`;
  const lastDay: Day = `${addMonths(quietFrom.slice(0, 7), 1)}-08`;
  const context = (today: Day): JobContext => ({
    config: place.config(),
    database,
    log,
    today,
    now: momentOf(today),
    home,
  });

  const sent = nothingSent();
  const deliveries: Delivery[] = [];
  const statements: BankStatement[] = [];
  const payments = new Map<string, Paid>();
  const booked: Transfer[] = [];
  const months: MonthTold[] = [];
  const violations: string[] = [];
  const closed = new Set<string>();
  const decided: Decided = { approved: 0, discarded: 0, confirmed: 0, accepted: 0, leaversOrdered: 0, cancelled: 0 };
  const disturbed = { planned: 0, killed: 0, serverDays: 0 };
  const looks = minuteLooks();
  const employers = new Map<string, Employer>(country.employersAll.map((one) => [one.number, one]));
  let isDown = false;

  const customers = (day: Day): Delivery => ({
    day,
    drop: 'issuer',
    name: `customers_${day}.jsonl`,
    content: customersFile(country.employersAll, closed, first),
    writtenAt: `${day}T03:00:00Z`,
    expected: 'applied',
    rejectedRows: 0,
    isRight: true,
    habit: 'on time',
  });
  deliveries.push(customers(firstDay), ...(await peopleDeliveries(country, sent, addMonths(first, -1))));

  /** What the senders will bring in this month, about the month before. */
  const prepareMonth = async (month: Period): Promise<void> => {
    const period = addMonths(month, -1);
    if (!country.periods.includes(period)) return;
    deliveries.push(...(await peopleDeliveries(country, sent, period)));
    deliveries.push(...payrollDeliveries(country, sent, period));
  };

  const bringStatements = async (day: Day): Promise<void> => {
    if (!BANK_DAYS.includes(Number(day.slice(8)))) return;
    const told = new Set(booked.map(({ reference }) => reference));
    const due = [...payments.values()]
      .flatMap(({ transfers }) => transfers)
      .filter((one) => one.day <= day && !told.has(one.reference))
      .toSorted((a, b) => (a.day === b.day ? a.reference.localeCompare(b.reference) : a.day < b.day ? -1 : 1));
    booked.push(...due);
    const opening = statements.at(-1)?.closingBalance ?? 5_000_000;
    // Every fourth one comes in the other format too.
    for (const format of day.endsWith('-28') ? (['coda', 'camt053'] as const) : (['coda'] as const)) {
      const before = statements.filter((one) => one.format === format && one.year === Number(day.slice(0, 4)));
      const one = statementOf(format, day, { number: before.length + 1, opening }, due);
      statements.push(one);
      await place.layOut({ drop: 'bank', ...statementFile(one), writtenAt: `${day}T04:00:00Z` });
    }
  };

  const askPayers = async (): Promise<void> => {
    for (const invoice of await readAskedFor(database, [...payments.keys()])) {
      const employer = employers.get(invoice.enterpriseNumber);
      if (employer !== undefined) payments.set(invoice.number, payInvoice(country, employer, invoice));
    }
  };

  const reopen = async (): Promise<void> => {
    await database.close().catch(() => undefined);
    await server.release();
    server = await openEmbeddedPostgres(home, SETTINGS);
    database = await openDatabase(server.url, () => undefined);
  };

  for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) {
    if (day.endsWith('-01')) await prepareMonth(day.slice(0, 7));
    if (isServerDown(country, day) !== isDown) {
      isDown = !isDown;
      await (isDown ? place.stopServer() : place.startServer());
    }
    if (isDown) disturbed.serverDays += 1;
    const ofToday = deliveries.filter((one) => one.day === day);
    for (const delivery of ofToday) await place.layOut(delivery);
    await bringStatements(day);
    const disturbances = day < quietFrom ? disturbancesOf(country, day) : [];
    // An empty drop of one employer is visited after a disturbance only: a receipt may still wait for it.
    const { drops } = place.config();
    const visited = disturbances.length > 0 ? drops : await place.withFiles(drops);

    for (const disturbance of disturbances) {
      disturbed.planned += 1;
      if (!(await workAndDie({ day, home, url: server.url, drops: visited }, disturbance))) continue;
      disturbed.killed += 1;
      if (disturbance.victim === 'postgres') await reopen();
      // Twenty seconds pass: then the turn of who was lost is anybody's.
      await sql`update job_slot set claimed_until = now() - interval '1 second' where done_at is null`.execute(
        database.db,
      );
    }
    await workDay({ ...context(day), config: { ...place.config(), drops: visited } }, looks);
    const today = context(day);
    await decidePlans(
      today,
      (drop, name) => deliveries.some((one) => one.drop === drop && one.name === name && one.isRight),
      decided,
    );
    await confirmDrafts(today, decided);
    await acceptTransfers(today, booked, decided);
    await askPayers();
    if (day.endsWith(ECO_DAY)) {
      const working = workingBy(country, sent, addMonths(day.slice(0, 7), -1));
      violations.push(
        ...(await compareEco(database, country, working, ECO_AMOUNT, day)).map((what) => `${day}: ${what}`),
      );
    }
    if (day.endsWith('-20')) await orderForLeavers(today, decided);
    if (day.endsWith('-24') && day >= addDays(firstDay, 110) && closed.size === 0) {
      for (const one of country.employersAll) if (one.neverPays) closed.add(one.number);
      if (closed.size > 0) deliveries.push(customers(addDays(day, 1)));
    }
    if (day.endsWith('-26') && closed.size > 0) await cancelUnpaid(today, closed, decided);
    if (day.endsWith('-27')) {
      const period = addMonths(day.slice(0, 7), -1);
      const told = await tellMonth(database, period, day);
      months.push(told);
      tell(`${day}: ${told.files} files, ${told.active} people, ${told.orders} orders`);
      violations.push(...(await compareActive(database, country, sent, period)).map((what) => `${day}: ${what}`));
    }
  }
  return {
    country,
    place,
    database,
    deliveries,
    statements,
    payments,
    booked,
    months,
    decided,
    closed,
    disturbed,
    working: workingBy(country, sent, country.periods.at(-1) ?? ''),
    violations,
    lastDay,
    close: async () => {
      await place.stopServer();
      await database.close();
      await server.release();
    },
  };
}
