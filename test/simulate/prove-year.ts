/** Owns the list of promises that must hold at the end of the simulated year, each with what breaks it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBooks } from '../support/invariant.ts';
import { HABITS } from './delivery.ts';
import type { LivedYear } from './live-year.ts';
import { compareOutcomes, compareReceipts, findLeftFiles } from './prove-files.ts';
import { compareNotices, comparePaid, compareReleases, compareStatements } from './prove-money.ts';
import { compareCards, compareOrdered, comparePrices, findForgotten, findUnreleased } from './prove-orders.ts';
import { compareCounts } from './prove-people.ts';

export interface Proof {
  readonly promise: string;
  readonly broken: readonly string[];
}

export async function proveYear(year: LivedYear): Promise<Proof[]> {
  const { database, place, deliveries, statements, payments, booked, country, closed } = year;
  const bankDay = (day: string) => {
    const [own = 28] = [7, 14, 21, 28].filter((one) => one >= Number(day.slice(8)));
    return Number(day.slice(8)) > 28 ? nextSeventh(day) : `${day.slice(0, 8)}${String(own).padStart(2, '0')}`;
  };
  return [
    {
      promise: 'every file ended as it must, with as many rejected rows as it has bad ones',
      broken: await compareOutcomes(database, deliveries),
    },
    { promise: 'every file was put away', broken: await findLeftFiles(place, deliveries.length + statements.length) },
    { promise: 'every file has its receipt, and its rows add up', broken: await compareReceipts(place, deliveries) },
    {
      promise:
        'at the end of every month those are active who work there by what was sent, and at the end of the year they have their eco vouchers',
      broken: year.violations,
    },
    {
      promise: 'what is granted is what the people earned, by month and face value',
      broken: await compareCounts(database, country),
    },
    {
      promise: 'what the people earned is in a live order or listed with its reason',
      broken: await compareOrdered(database, country, closed),
    },
    {
      promise: 'nobody who works there to the end is on that list, but for what was counted anew after the last slot',
      broken: await findForgotten(database, country, year.working),
    },
    { promise: 'whoever was ordered for has one card', broken: await compareCards(database) },
    { promise: 'fees and VAT are those of the contract', broken: await comparePrices(database, country) },
    {
      promise: 'the books: grants, lines, carry, invoices, numbers, communications, cards, slots',
      broken: await checkBooks(database.db),
    },
    {
      promise: 'an invoice is paid when its money came, and was released only after that',
      broken: await comparePaid(database, payments, booked, bankDay),
    },
    {
      promise: 'what was paid and is due is released, and no draft is left',
      broken: await findUnreleased(database, booked, year.lastDay),
    },
    {
      promise: 'bank entries sum up to the statements, and none counts twice',
      broken: await compareStatements(database, statements),
    },
    { promise: 'every notice went out once', broken: await compareNotices(database, place.home) },
    {
      promise: 'release files hold the money of the released orders',
      broken: await compareReleases(database, place.home),
    },
    { promise: 'a year holds every mistake', broken: country.months < 12 ? [] : missingHabits(year) },
    { promise: 'the log names nobody', broken: await findNames(year) },
  ];
}

function missingHabits({ deliveries }: LivedYear): string[] {
  const seen = new Set(deliveries.map(({ habit }) => habit));
  return HABITS.filter((habit) => !seen.has(habit));
}

function nextSeventh(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return month === 12 ? `${year + 1}-01-07` : `${year}-${String(month + 1).padStart(2, '0')}-07`;
}

/** Register numbers, addresses for letters and names of people that stand in the log. */
async function findNames({ place, country }: LivedYear): Promise<string[]> {
  const log = await readFile(join(place.home, 'simulate.log'), 'utf8');
  const people = country.employersAll.flatMap(({ employments }) => employments.map(({ person }) => person));
  const numbers = new Set(people.map(({ nationalRegisterNumber }) => nationalRegisterNumber));
  const names = [...new Set(people.flatMap(({ lastName, firstName }) => [lastName, firstName]))].filter((one) =>
    log.includes(one),
  );
  const written = [...new Set(log.match(/(?<!\d)\d{11}(?!\d)/g) ?? [])].filter((one) => numbers.has(one));
  return [...names, ...written, ...(log.match(/[\w.]+@example\.be/g) ?? [])];
}
