/** Owns the people files of a month: whom each sender tells of, and the mistakes it makes on the way. */
import type { Day, Period } from '../../src/model.ts';
import { addMonths, periodOf } from '../../src/transform/values/calendar.ts';
import type { PortalRow } from '../support/portal-rows.ts';
import { PORTAL_WORDS } from '../support/portal-words.ts';
import { chanceOf } from './chance.ts';
import { type Country, type Employer, type Employment, valueIn } from './country.ts';
import {
  cutOff,
  type Delivery,
  dropOf,
  type Habit,
  keyOf,
  noteApplied,
  onDay,
  type Sent,
  WEB_PAGE,
} from './delivery.ts';
import { peopleFile, slashed } from './written.ts';

/** The month whose files tell that somebody left, null while nothing is to be told. */
export function toldIn({ to, toldLate }: Employment): Period | null {
  return to === null ? null : addMonths(periodOf(to), toldLate);
}

/** The files about a month, which come at the beginning of the next. What becomes known is noted in `sent`. */
export async function peopleDeliveries(country: Country, sent: Sent, period: Period): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (const employer of country.employersAll) all.push(...(await deliveriesOf(country, sent, employer, period)));
  return all;
}

async function deliveriesOf(country: Country, sent: Sent, employer: Employer, period: Period): Promise<Delivery[]> {
  const { secretariat } = employer;
  const { format, scope } = secretariat.people;
  const chance = chanceOf(country.seed, 'people file', employer.index, period);
  const isFirst = !sent.people.has(employer.number);
  const isLate = !isFirst && chance.is(0.05);
  const day = onDay(period, isLate ? 9 : 1);
  const rows = rowsOf(country, sent, employer, period, day);
  noteTold(country, sent, employer, period, day);
  if (rows.length === 0) return [];
  const drop = dropOf(employer);
  const name = (again: string) => `${employer.number}_people_${period}${again}.${format}`;
  const make = (what: Partial<Delivery> & Pick<Delivery, 'name' | 'content' | 'habit'>): Delivery => ({
    day,
    drop,
    writtenAt: `${what.day ?? day}T05:00:00Z`,
    expected: 'applied',
    rejectedRows: 0,
    isRight: true,
    ...what,
  });
  const content = await peopleFile(secretariat, rows);
  const last = sent.people.get(employer.number)?.at(-1)?.content ?? null;
  const mistake = isFirst || isLate ? 'on time' : mistakeOf(chance, employer, rows, last);
  const deliver = (bytes: Buffer, again: string, habit: Habit, when = day): Delivery =>
    make({
      day: when,
      name: name(again),
      content: bytes,
      habit,
      expected: noteApplied(sent.people, employer.number, bytes),
    });
  const spoilt = (bytes: Buffer, habit: Habit): Delivery =>
    make({ name: name(''), content: bytes, habit, expected: 'rejected', isRight: false });
  const nextDay = onDay(period, 2);
  switch (mistake) {
    case 'sent twice': {
      const first = deliver(content, '', 'on time');
      return [first, make({ day: nextDay, name: name('_bis'), content, habit: 'sent twice', expected: 'duplicate' })];
    }
    case 'cut off':
      return [spoilt(cutOff(content), mistake), deliver(content, '_2', 'corrected', nextDay)];
    case 'no file at all but a web page':
      return [spoilt(WEB_PAGE, mistake), deliver(content, '_2', 'corrected', nextDay)];
    case 'header only':
      return [spoilt(await peopleFile(secretariat, []), mistake), deliver(content, '_2', 'corrected', nextDay)];
    case 'old file again': {
      const old = last ?? content;
      const writtenAt = `${onDay(addMonths(period, -1), 1)}T04:00:00Z`;
      const right = deliver(content, '', 'on time');
      const expected = 'set aside';
      return [right, make({ day: nextDay, name: name('_old'), content: old, habit: mistake, writtenAt, expected })];
    }
    case 'bad rows': {
      const at = chance.between(0, rows.length - 1);
      const withOne = rows.map((row, index) => (index === at ? spoil(row, chance.between(0, 3)) : row));
      const bytes = await peopleFile(secretariat, withOne);
      const first = { ...deliver(bytes, '', 'bad rows'), rejectedRows: 1 };
      const fixed = rows.filter((_, index) => scope === 'full' || index === at);
      return [first, deliver(await peopleFile(secretariat, fixed), '_2', 'corrected', nextDay)];
    }
    default:
      return [deliver(content, '', isLate ? 'late' : 'on time')];
  }
}

function mistakeOf(
  chance: ReturnType<typeof chanceOf>,
  { secretariat: { people } }: Employer,
  rows: readonly PortalRow[],
  last: Buffer | null,
): Habit {
  if (!chance.is(0.14)) return 'on time';
  const habits: readonly [Habit, ...Habit[]] =
    people.scope === 'full'
      ? [
          'sent twice',
          'cut off',
          'no file at all but a web page',
          'header only',
          'old file again',
          'bad rows',
          'bad rows',
        ]
      : ['sent twice', 'no file at all but a web page', 'bad rows'];
  const habit = chance.pick(habits);
  if (habit === 'bad rows' && rows.length < 3) return 'on time';
  return habit === 'old file again' && last === null ? 'on time' : habit;
}

function rowsOf(country: Country, sent: Sent, employer: Employer, period: Period, day: Day): PortalRow[] {
  const month = periodOf(day);
  const { scope } = employer.secretariat.people;
  const isRaised = employer.raisedFrom === month && valueIn(employer, month) !== valueIn(employer, period);
  const people = Map.groupBy(employer.employments, ({ person }) => person.nationalRegisterNumber);
  return [...people].flatMap(([number, all]) => {
    const present = all.find((one) => isTold(country, one, period, day));
    const wasTold = sent.told.has(keyOf(employer.number, number));
    if (present !== undefined) return scope === 'full' || !wasTold || isRaised ? [rowOf(present, month, 'active')] : [];
    const left = all.find((one) => toldIn(one) === period && one.farewell === 'inactive-row');
    return left !== undefined && wasTold ? [rowOf(left, month, 'inactive')] : [];
  });
}

/** Whether the sender still says that the person works there; it does not once payroll has told the end. */
function isTold(country: Country, employment: Employment, period: Period, day: Day): boolean {
  if (employment.from > day) return false;
  const told = toldIn(employment);
  if (told === null || told > period) return true;
  if (told < period || employment.farewell !== 'end-date') return false;
  return day < payrollDay(country, employment.employer, period);
}

/** The day on which payroll of a month comes: the third, or the twelfth of the next one. */
export function payrollDay({ seed }: Country, employer: Employer, period: Period): Day {
  return onDay(period, chanceOf(seed, 'payroll day', dropOf(employer), period).is(0.1) ? 12 : 3);
}

function noteTold(country: Country, sent: Sent, employer: Employer, period: Period, day: Day): void {
  for (const employment of employer.employments)
    sent.told.delete(keyOf(employer.number, employment.person.nationalRegisterNumber));
  for (const employment of employer.employments) {
    if (!isTold(country, employment, period, day)) continue;
    const key = keyOf(employer.number, employment.person.nationalRegisterNumber);
    sent.told.add(key);
    if (!sent.knownOn.has(key)) sent.knownOn.set(key, day);
  }
}

function rowOf({ employer, person }: Employment, month: Period, status: 'active' | 'inactive'): PortalRow {
  const { language, payroll } = employer.secretariat;
  const chance = chanceOf('where', person.nationalRegisterNumber, employer.index);
  const words = PORTAL_WORDS[language];
  const address = {
    cardStreet: 'Rue Inventée',
    cardHouseNumber: String(chance.between(1, 180)),
    cardPostalCode: '1000',
    cardCity: 'Bruxelles',
  };
  const value = (valueIn(employer, month) / 100).toFixed(2);
  return {
    nationalRegisterNumber: person.nationalRegisterNumber,
    status: words[status],
    lastName: person.lastName,
    firstName: person.firstName,
    gender: words[person.gender],
    birthDate: slashed(person.birthDate),
    language: person.language,
    email: person.email,
    ...(chance.is(0.4)
      ? { cardDelivery: words.client, cardDeliveryPoint: '1' }
      : { cardDelivery: words.home, ...address }),
    costCenter: employer.costCenters === 0 ? '' : String(chance.between(1, employer.costCenters)),
    mealProduct: words.meal,
    mealFaceValue: payroll === 'odoo' || language !== 'de' ? value.replace('.', ',') : value,
    secondProduct: employer.eco ? words.eco : words.none,
  };
}

/** One cell wrong, so that the row is rejected. */
function spoil(row: PortalRow, way: number): PortalRow {
  const number = row.nationalRegisterNumber ?? '';
  switch (way) {
    case 0:
      return {
        ...row,
        nationalRegisterNumber: number.slice(0, 9) + String((Number(number.slice(9)) % 97) + 1).padStart(2, '0'),
      };
    case 1:
      return { ...row, birthDate: '31/02/1980' };
    case 2:
      return { ...row, email: '' };
    default:
      return { ...row, costCenter: '9' };
  }
}
