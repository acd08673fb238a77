/** Owns the payroll files of a month: what each sender counts, counts anew, and gets wrong. */
import type { Day, Period } from '../../src/model.ts';
import { addMonths } from '../../src/transform/values/calendar.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Country, type Earned, type Employer, type Employment, earnedIn, valueIn } from './country.ts';
import { cutOff, type Delivery, dropOf, type Habit, keyOf, noteApplied, onDay, type Sent } from './delivery.ts';
import { payrollDay, toldIn } from './people-files.ts';
import { type CountRow, payrollFile, payrollName } from './written.ts';

/** The files about a month, which come in the next, and what was counted anew of the month before. */
export function payrollDeliveries(country: Country, sent: Sent, period: Period): Delivery[] {
  const byDrop = Map.groupBy(country.employersAll, dropOf);
  return [...byDrop].flatMap(([drop, employers]) => deliveriesOf(country, sent, drop, employers, period));
}

function deliveriesOf(
  country: Country,
  sent: Sent,
  drop: string,
  employers: readonly Employer[],
  period: Period,
): Delivery[] {
  const secretariat = employers[0]?.secretariat;
  if (secretariat === undefined || employers[0] === undefined) return [];
  const chance = chanceOf(country.seed, 'payroll file', drop, period);
  const day = payrollDay(country, employers[0], period);
  const isLate = day !== onDay(period, 3);
  const nextDay = onDay(period, isLate ? 13 : 4);
  const rows = employers.flatMap((employer) => rowsOf(country, employer, period));
  const deliveries: Delivery[] = [];
  const send = (what: {
    rows: readonly CountRow[];
    of: Period;
    on: Day;
    again: string;
    habit: Habit;
    spoil?: (content: Buffer) => Buffer;
  }): void => {
    const sequence = (sent.sequence.get(drop) ?? 0) + 1;
    sent.sequence.set(drop, sequence);
    const content = payrollFile(secretariat, what.rows, sequence, what.on);
    const isBroken = what.spoil !== undefined;
    const of = secretariat.payroll === 'odoo' ? `${drop} ${what.of}` : drop;
    deliveries.push({
      day: what.on,
      drop,
      name: payrollName(secretariat, what.of, what.again),
      content: what.spoil?.(content) ?? content,
      writtenAt: `${what.on}T06:00:00Z`,
      expected: isBroken ? 'rejected' : noteApplied(sent.payroll, of, content),
      rejectedRows: isBroken ? 0 : what.rows.filter((row) => !isAccepted(sent, row, what.on)).length,
      isRight: !isBroken,
      habit: what.habit,
    });
  };
  const main = { rows, of: period, on: day, again: '', habit: isLate ? 'late' : 'on time' } as const;
  if (rows.length > 0) {
    const mistake = isLate ? 'late' : mistakeOf(chance, country, employers, rows, period);
    switch (mistake) {
      case 'sent twice': {
        send(main);
        const [first] = deliveries;
        if (first !== undefined)
          deliveries.push({
            ...first,
            day: nextDay,
            name: payrollName(secretariat, period, '_bis'),
            writtenAt: `${nextDay}T06:00:00Z`,
            expected: 'duplicate',
            rejectedRows: 0,
            habit: mistake,
          });
        break;
      }
      case 'cut off':
        send({ ...main, habit: mistake, spoil: cutOff });
        send({ ...main, on: nextDay, again: '_2', habit: 'corrected' });
        break;
      case 'renamed header':
        send({ ...main, habit: mistake, spoil: renameHeader });
        send({ ...main, on: nextDay, again: '_2', habit: 'corrected' });
        break;
      case 'wrong month': {
        const before = addMonths(period, -1);
        send({ ...main, rows: rows.map((row) => ({ ...row, period: before })), habit: mistake });
        // Noticed before the orders are made, or after.
        const noticed = chance.is(0.5) ? nextDay : onDay(period, 10);
        const rightAgain = rows.map((row) => correctedRow(country, employers, row, before));
        send({ rows: rightAgain, of: before, on: noticed, again: '_again', habit: 'corrected' });
        send({ ...main, on: noticed, again: '_right', habit: 'corrected' });
        break;
      }
      case 'bad rows': {
        const at = chance.between(0, rows.length - 1);
        const bad = rows.map((row, index) =>
          index === at ? { ...row, quantity: secretariat.payroll === 'signed' ? 'X' : '19,5' } : row,
        );
        send({ ...main, rows: bad, habit: mistake });
        send({
          ...main,
          rows: rows.filter((_, index) => index === at || secretariat.payroll === 'odoo'),
          on: nextDay,
          again: '_2',
          habit: 'corrected',
        });
        break;
      }
      default:
        send(main);
    }
  }
  // Of people who were not known on that day the rows come again, when they are.
  const unknown = rows.filter((row) => !isKnown(sent, row, day) || !isKnown(sent, row, nextDay));
  if (unknown.length > 0) {
    const all = secretariat.payroll === 'odoo' ? rows : unknown;
    send({ rows: all, of: period, on: onDay(period, 14), again: '_new', habit: 'corrected' });
  }
  const corrections = employers.flatMap((employer) => correctionsOf(country, employer, period));
  if (corrections.length > 0)
    send({ rows: corrections, of: period, on: onDay(period, 16), again: '_corr', habit: 'corrected' });
  return deliveries;
}

function isKnown(sent: Sent, { employer, person }: CountRow, day: Day): boolean {
  const knownOn = sent.knownOn.get(keyOf(employer, person));
  return knownOn !== undefined && knownOn <= day;
}

function isAccepted(sent: Sent, row: CountRow, day: Day): boolean {
  return isKnown(sent, row, day) && /^-?\d+$/.test(row.quantity);
}

function mistakeOf(
  chance: Chance,
  country: Country,
  employers: readonly Employer[],
  rows: readonly CountRow[],
  period: Period,
): Habit {
  const layout = employers[0]?.secretariat.payroll;
  if (!chance.is(layout === 'odoo' ? 0.12 : 0.5)) return 'on time';
  const habits: [Habit, ...Habit[]] = ['sent twice', 'cut off', 'bad rows', 'bad rows'];
  if (layout !== 'signed' && layout !== 'odd-dates') habits.push('renamed header');
  if (layout !== 'signed' && layout !== 'odoo') habits.push('wrong month');
  const habit = chance.pick(habits);
  if (habit === 'bad rows' && rows.length < 3) return 'on time';
  if (habit !== 'wrong month') return habit;
  const before = addMonths(period, -1);
  const isSame = employers.every((employer) => valueIn(employer, before) === valueIn(employer, period));
  return isSame && country.periods.includes(before) ? habit : 'on time';
}

function renameHeader(content: Buffer): Buffer {
  const text = content.toString('latin1');
  return Buffer.from(text.replace(/Nombre|NOMBRE|quantity|Aantal|Quantity/, 'Tickets'), 'latin1');
}

/** Whoever works there in the month, and whose end is told with it. */
function rowsOf(country: Country, employer: Employer, period: Period): CountRow[] {
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
function correctedRow(country: Country, employers: readonly Employer[], row: CountRow, period: Period): CountRow {
  const employer = employers.find(({ number }) => number === row.employer);
  const all = employer?.employments.filter(({ person }) => person.nationalRegisterNumber === row.person) ?? [];
  const earned = all.map((one) => earnedIn(country, one, period)).find((one) => one !== null);
  return { ...row, period, quantity: String(earned?.last ?? 0), end: null };
}

/** What was counted anew: only the changes, but all of an export that has no other way. */
function correctionsOf(country: Country, employer: Employer, period: Period): CountRow[] {
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
