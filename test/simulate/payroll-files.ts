/** Owns the payroll files of a month: what each sender counts, counts anew, and gets wrong. */
import type { Day, Period } from '../../src/model.ts';
import { addMonths } from '../../src/transform/values/calendar.ts';
import { type Chance, chanceOf } from './chance.ts';
import { correctedRow, correctionsOf, foreignRow, rowsOf } from './count-rows.ts';
import { type Country, type Employer, valueIn } from './country.ts';
import { cutOff, type Delivery, dropOf, type Habit, keyOf, noteApplied, onDay, type Sent } from './delivery.ts';
import { payrollDay } from './people-files.ts';
import { type CountRow, payrollFile, payrollName } from './written.ts';

/** The files about a month, which come in the next, and what was counted anew of the month before. */
export function payrollDeliveries(country: Country, sent: Sent, period: Period): Delivery[] {
  const byDrop = Map.groupBy(country.employersAll, dropOf);
  return [...byDrop].flatMap(([drop, [first, ...others]]) =>
    first === undefined ? [] : deliveriesOf(country, sent, drop, [first, ...others], period),
  );
}

function deliveriesOf(
  country: Country,
  sent: Sent,
  drop: string,
  employers: readonly [Employer, ...Employer[]],
  period: Period,
): Delivery[] {
  const { secretariat } = employers[0];
  const ours = new Set(employers.map(({ number }) => number));
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
    const refused = what.rows.filter((row) => !ours.has(row.employer) || !isAccepted(sent, row, what.on)).length;
    const isRefused = isBroken || refused === what.rows.length;
    deliveries.push({
      day: what.on,
      drop,
      name: payrollName(secretariat, what.of, what.again),
      content: what.spoil?.(content) ?? content,
      writtenAt: `${what.on}T06:00:00Z`,
      expected: isRefused ? 'rejected' : noteApplied(sent.payroll, of, content, refused),
      rejectedRows: isBroken ? 0 : refused,
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
      case 'foreign employer': {
        const foreign = foreignRow(country, secretariat, period);
        send({ ...main, rows: foreign === null ? rows : [...rows, foreign], habit: mistake });
        break;
      }
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

/**
 * Drops of one employer err now and then; the others every second month, with each mistake in its turn, so that a year holds all
 * of them whatever the seed. Counts for the wrong month can be told apart only where no voucher's value changed.
 */
function mistakeOf(
  chance: Chance,
  country: Country,
  employers: readonly [Employer, ...Employer[]],
  rows: readonly CountRow[],
  period: Period,
): Habit {
  const [{ secretariat }] = employers;
  const { payroll: layout } = secretariat;
  const habits: [Habit, ...Habit[]] = ['sent twice', 'cut off', 'bad rows'];
  if (layout !== 'signed' && layout !== 'odd-dates') habits.push('renamed header');
  if (layout === 'odoo') {
    if (!chance.is(0.12)) return 'on time';
    const habit = chance.pick(habits);
    return habit === 'bad rows' && rows.length < 3 ? 'on time' : habit;
  }
  if (foreignRow(country, secretariat, period) !== null) habits.push('foreign employer');
  const shift = country.seed + country.secretariatsUsed.indexOf(secretariat);
  const errsIn = (at: number): boolean => (at + shift) % 2 === 0;
  const at = country.periods.indexOf(period);
  if (!errsIn(at)) return 'on time';
  const isSame = (one: Period, index: number): boolean =>
    index > 0 && employers.every((employer) => valueIn(employer, addMonths(one, -1)) === valueIn(employer, one));
  const first = country.periods.find((one, index) => errsIn(index) && isSame(one, index));
  if (layout !== 'signed' && period === first) return 'wrong month';
  const habit = habits[Math.floor((at + shift) / 2) % habits.length] ?? habits[0];
  return habit === 'bad rows' && rows.length < 3 ? 'on time' : habit;
}

function renameHeader(content: Buffer): Buffer {
  const text = content.toString('latin1');
  return Buffer.from(text.replace(/Nombre|NOMBRE|quantity|Aantal|Quantity/, 'Tickets'), 'latin1');
}
