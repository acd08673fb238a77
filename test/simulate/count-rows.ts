/** Owns what a payroll file says of a month: everybody's counts, what was counted anew, and somebody of another secretariat. */
import type { Period } from '../../src/model.ts';
import { addMonths } from '../../src/transform/values/calendar.ts';
import { type Country, type Earned, type Employer, type Employment, earnedIn, valueIn } from './country.ts';
import { toldIn } from './people-files.ts';
import type { Secretariat } from './secretariats.ts';
import type { CountRow } from './written.ts';

/** Whoever works there in the month, and whose end is told with it. */
export function rowsOf(country: Country, employer: Employer, period: Period): CountRow[] {
  return employer.employments.flatMap((employment) => {
    const earned = earnedIn(country, employment, period);
    const tells = employment.farewell === 'end-date' && toldIn(employment) === period;
    if (earned === null && !tells) return [];
    const end = tells ? employment.to : null;
    return [
      {
        ...countRow(employment, period, earned?.first ?? 0),
        end,
        ...blendOf(country, employment, period, earned?.first ?? 0),
      },
    ];
  });
}

function countRow({ employer, person }: Employment, period: Period, quantity: number): CountRow {
  return {
    employer: employer.number,
    person: person.nationalRegisterNumber,
    period,
    quantity: String(quantity),
    value: valueIn(employer, period),
    blendedTotal: null,
    end: null,
  };
}

/** The month that the row's person really had, zero for who was not there. */
export function correctedRow(
  country: Country,
  employers: readonly Employer[],
  row: CountRow,
  period: Period,
): CountRow {
  const employer = employers.find(({ number }) => number === row.employer);
  const all = employer?.employments.filter(({ person }) => person.nationalRegisterNumber === row.person) ?? [];
  const earned = all.map((one) => earnedIn(country, one, period)).find((one) => one !== null);
  return { ...row, period, quantity: String(earned?.last ?? 0), end: null };
}

/** What was counted anew: only the changes, but all of an export that has no other way. */
export function correctionsOf(country: Country, employer: Employer, period: Period): CountRow[] {
  const { payroll } = employer.secretariat;
  const changed = employer.employments.flatMap((employment) => {
    const earned = earnedIn(country, employment, period);
    if (earned === null) return [];
    const differs = earned.first !== earned.last && !isBlended(country, employment, addMonths(period, 1));
    return [{ employment, earned, differs }];
  });
  if (!changed.some(({ differs }) => differs)) return [];
  return changed
    .filter(({ differs }) => differs || payroll === 'odoo')
    .map(({ employment, earned, differs }) => {
      if (payroll === 'signed') return countRow(employment, period, earned.last - earned.first);
      const quantity = differs ? earned.last : earned.first;
      return { ...countRow(employment, period, quantity), ...blendOf(country, employment, period, quantity) };
    });
}

/** An odoo export nets a correction of the month before the raise in the month of the raise, and prints the average. */
function blendOf(country: Country, employment: Employment, period: Period, quantity: number): Partial<CountRow> {
  if (!isBlended(country, employment, period)) return {};
  const { employer } = employment;
  const before = addMonths(period, -1);
  const taken = takenBack(earnedIn(country, employment, before));
  const total = quantity * valueIn(employer, period) - taken * valueIn(employer, before);
  return { quantity: String(quantity - taken), blendedTotal: total };
}

function takenBack(earned: Earned | null): number {
  return earned === null ? 0 : earned.first - earned.last;
}

function isBlended(country: Country, employment: Employment, period: Period): boolean {
  const { employer } = employment;
  const before = addMonths(period, -1);
  if (employer.secretariat.payroll !== 'odoo' || !country.periods.includes(period) || !country.periods.includes(before))
    return false;
  const [now, was] = [valueIn(employer, period), valueIn(employer, before)];
  const taken = takenBack(earnedIn(country, employment, before));
  if (now <= was || taken <= 0) return false;
  const earned = earnedIn(country, employment, period);
  return [earned?.first, earned?.last].every(
    (quantity) =>
      quantity !== undefined && quantity > taken && (quantity * now - taken * was) % (quantity - taken) !== 0,
  );
}

/** Counts of somebody who works for an employer that gave this secretariat no mandate; null where there is none. */
export function foreignRow(country: Country, secretariat: Secretariat, period: Period): CountRow | null {
  const foreign = country.employersAll.find((one) => one.secretariat !== secretariat);
  const [employment] = foreign?.employments ?? [];
  return employment === undefined ? null : countRow(employment, period, 3);
}
