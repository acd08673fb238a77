/** Owns the truth of the simulated year: employers, who works where from when to when, what a day's voucher is worth, what each month earned. */
import type { Cents, ContractFees, Day, Period } from '../../src/model.ts';
import { addMonths, lastDayOfMonth, periodOf } from '../../src/transform/values/calendar.ts';
import { type InventedPerson, inventEnterpriseNumber, inventPerson } from '../support/people.ts';
import { chanceOf } from './chance.ts';
import { SECRETARIATS, type Secretariat } from './secretariats.ts';

export interface Size {
  readonly months: number;
  readonly employers: number;
  readonly secretariats: number;
  /** times a month that Navette or its database is killed */
  readonly kills: number;
  readonly seed: number;
}

/** How the sender tells that somebody left: payroll gives the end date, a full file leaves the person out, or a row says Inactive. */
type Farewell = 'end-date' | 'absent' | 'inactive-row';

export interface Employment {
  readonly employer: Employer;
  readonly person: InventedPerson;
  readonly from: Day;
  /** last day, null when it does not end */
  readonly to: Day | null;
  readonly farewell: Farewell;
  /** whole months that the sender takes longer than it should to tell of the end */
  readonly toldLate: number;
}

export interface Employer {
  readonly number: string;
  readonly index: number;
  readonly name: string;
  readonly secretariat: Secretariat;
  readonly language: 'fr' | 'nl' | 'de';
  readonly costCenters: number;
  readonly fees: ContractFees;
  readonly dayOfMonth: number;
  readonly validityStart: 'order-date' | 'first-of-next-month';
  readonly confirm: 'without-warnings' | 'never';
  readonly late: 'missed' | 'all' | 'carry';
  readonly eco: boolean;
  /** cents a voucher until and from `raisedFrom` */
  readonly values: readonly [Cents, Cents];
  readonly raisedFrom: Period | null;
  /** bankrupt: after a while the issuer closes it and its orders are cancelled */
  readonly neverPays: boolean;
  readonly employments: Employment[];
}

export interface Country extends Size {
  /** the months worked, in order */
  readonly periods: readonly Period[];
  readonly secretariatsUsed: readonly Secretariat[];
  readonly employersAll: readonly Employer[];
}

/** Worked months begin before a change of the legal limit: on 1 January 2026 a voucher may be worth 10 euro instead of 8. */
const FIRST_PERIOD: Period = '2025-11';

export function inventCountry(size: Size): Country {
  const periods = Array.from({ length: size.months }, (_, index) => addMonths(FIRST_PERIOD, index));
  const secretariatsUsed = SECRETARIATS.slice(0, size.secretariats);
  const employersAll = Array.from({ length: size.employers }, (_, index) =>
    inventEmployer(size, index, periods, secretariatsUsed),
  );
  fillWithPeople(size, employersAll, periods);
  return { ...size, periods, secretariatsUsed, employersAll };
}

function inventEmployer(
  { seed }: Size,
  index: number,
  periods: readonly Period[],
  secretariats: readonly Secretariat[],
): Employer {
  const chance = chanceOf(seed, 'employer', index);
  const secretariat = secretariats[index % secretariats.length] ?? SECRETARIATS[0];
  if (secretariat === undefined) throw new RangeError('a country has secretariats');
  const raisesInJanuary = chance.is(0.5);
  const raisedFrom: Period | null = raisesInJanuary
    ? '2026-01'
    : chance.is(0.3)
      ? (periods[chance.between(1, Math.max(1, periods.length - 1))] ?? null)
      : null;
  const before = chance.pick<Cents>([800, 700, 650, 800]);
  const after = raisedFrom !== null && raisedFrom >= '2026-01' ? chance.pick<Cents>([1000, 950, 1000]) : 800;
  return {
    number: inventEnterpriseNumber(2_000_000 + seed * 1000 + index),
    index,
    name: `Entreprise Inventée ${index + 1}`,
    secretariat,
    language: secretariat.language,
    costCenters: chance.pick([0, 0, 0, 2, 3]),
    fees: {
      service: chance.pick([
        { percent: '3' },
        { percent: '2.35' },
        { perVoucher: 9 },
        { perBeneficiary: 75 },
        { fixed: 1900 },
        {
          tiers: [
            { upTo: 100_000, percent: '3.5' },
            { upTo: null, percent: '2.2' },
          ],
        },
      ]),
      ...(chance.is(0.7) && { cardProduction: 450, cardDelivery: 300 }),
    },
    dayOfMonth: chance.between(5, 8),
    validityStart: chance.pick(['order-date', 'first-of-next-month']),
    confirm: chance.is(0.1) ? 'never' : 'without-warnings',
    late: chance.pick(['missed', 'missed', 'missed', 'all', 'carry']),
    eco: chance.is(0.3),
    values: [before, after === before ? after - 50 : after],
    raisedFrom,
    neverPays: chance.is(0.015),
    employments: [],
  };
}

/** Most employers are small. Some people work for two employers; some leave, some of these come back. */
function fillWithPeople({ seed }: Size, employers: readonly Employer[], periods: readonly Period[]): void {
  let people = seed * 20_000;
  const first = periods[0] ?? FIRST_PERIOD;
  for (const employer of employers) {
    const chance = chanceOf(seed, 'people', employer.index);
    const start = chance.pick([2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 45]);
    const farewells = farewellsOf(employer.secretariat);
    const employ = (person: InventedPerson, from: Day): Employment => {
      const leaves = chance.is(0.016 * periods.length);
      const last = periods[chance.between(0, periods.length - 1)] ?? first;
      const to = leaves ? endIn(last, chance.between(1, 28)) : null;
      const employment = {
        employer,
        person,
        from,
        to: to === null || periodOf(to) <= periodOf(from) ? null : to,
        farewell: chance.pick(farewells),
        toldLate: chance.is(0.15) ? chance.between(1, 2) : 0,
      };
      employer.employments.push(employment);
      return employment;
    };
    for (let count = 0; count < start; count++) employ(inventPerson(people++), `${addMonths(first, -1)}-01`);
    for (const period of periods.slice(1)) {
      if (chance.is(Math.min(0.6, start * 0.02))) {
        employ(inventPerson(people++), `${period}-${String(chance.between(1, 25)).padStart(2, '0')}`);
      }
    }
    // Whoever left and comes back does so when the end was told long ago.
    for (const { person, to, toldLate } of [...employer.employments]) {
      if (to === null || !chance.is(0.2)) continue;
      const back = addMonths(periodOf(to), toldLate + 3);
      if (periods.includes(back)) employ(person, `${back}-01`);
    }
    const neighbour = employers[employer.index - 1];
    const [shared] = neighbour?.employments ?? [];
    if (shared !== undefined && chance.is(0.15)) employ(shared.person, `${addMonths(first, -1)}-01`);
  }
}

/** A pick that has the whole month's end among the days: most leave with it. */
function endIn(period: Period, day: number): Day {
  return day > 12 ? lastDayOfMonth(period) : `${period}-${String(day).padStart(2, '0')}`;
}

function farewellsOf({ people, payroll }: Secretariat): readonly [Farewell, ...Farewell[]] {
  const quiet: Farewell = people.scope === 'full' ? 'absent' : 'inactive-row';
  return payroll === 'signed' || payroll === 'odoo' ? [quiet] : ['end-date', 'end-date', quiet];
}

/** Cents a voucher of that month. */
export function valueIn({ values, raisedFrom }: Employer, period: Period): Cents {
  return raisedFrom !== null && period >= raisedFrom ? values[1] : values[0];
}

function worksIn({ from, to }: Employment, period: Period): boolean {
  return from <= lastDayOfMonth(period) && (to === null || to >= `${period}-01`);
}

export interface Earned {
  /** days that payroll says at first, and after it was counted anew; most often the same */
  readonly first: number;
  readonly last: number;
}

/** The vouchers that a month earned, null for who does not work there in it. */
export function earnedIn({ seed }: Size, employment: Employment, period: Period): Earned | null {
  if (!worksIn(employment, period)) return null;
  const { employer, person, from, to } = employment;
  const chance = chanceOf(seed, 'earned', employer.index, person.nationalRegisterNumber, period, from);
  const isPart = from > `${period}-01` || (to !== null && to < lastDayOfMonth(period));
  const first = chance.is(0.03) ? 0 : isPart ? chance.between(1, 11) : chance.between(14, 22);
  const last = chance.is(0.04) ? Math.max(0, first + chance.pick([-4, -2, -1, -1, 1, 2])) : first;
  return { first, last };
}
