/** When a standing order is due: its day in every month, over holidays, contracts and slots that were missed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dueDay,
  dueSlots,
  hasSlot,
  lateSlots,
  type Rhythm,
  validityStart,
} from '../../../src/transform/orders/slots.ts';
import { addMonths, isWorkingDay } from '../../../src/transform/values/calendar.ts';

const MONTHLY: Rhythm = {
  from: '2026-01',
  to: null,
  months: null,
  dayOfMonth: 5,
  shift: 'none',
  worked: 'previous-month',
};
const THIS_MONTH: Rhythm = { ...MONTHLY, worked: 'this-month' };
const NONE = new Set<string>();
const LONG_AGO = [{ from: '2000-01-01' }];

describe('dueDay', () => {
  it('is in the month after the month worked, or in that month itself', () => {
    expect(dueDay(MONTHLY, '2026-11')).toBe('2026-12-05');
    expect(dueDay(THIS_MONTH, '2026-11')).toBe('2026-11-05');
  });

  it('crosses the year’s end', () => {
    expect(dueDay(MONTHLY, '2026-12')).toBe('2027-01-05');
    expect(dueDay(THIS_MONTH, '2026-12')).toBe('2026-12-05');
  });

  it.each([
    [31, '2026-02', '2026-02-28'],
    [30, '2026-02', '2026-02-28'],
    [29, '2026-02', '2026-02-28'],
    [28, '2026-02', '2026-02-28'],
    [31, '2028-02', '2028-02-29'],
    [30, '2028-02', '2028-02-29'],
    [29, '2028-02', '2028-02-29'],
    [28, '2028-02', '2028-02-28'],
    [29, '2100-02', '2100-02-28'],
    [29, '2000-02', '2000-02-29'],
    [31, '2026-04', '2026-04-30'],
    [31, '2026-12', '2026-12-31'],
  ])('day %i of %s is %s', (dayOfMonth, period, expected) => {
    expect(dueDay({ ...THIS_MONTH, dayOfMonth }, period)).toBe(expected);
    expect(dueDay({ ...MONTHLY, dayOfMonth }, addMonths(period, -1))).toBe(expected);
  });

  it('moves 25 December over the holiday and the weekend, both ways', () => {
    const christmas = { ...THIS_MONTH, dayOfMonth: 25 };
    // 2026: a Friday; 2027: a Saturday; 2025: a Thursday
    expect(dueDay(christmas, '2026-12')).toBe('2026-12-25');
    expect(dueDay({ ...christmas, shift: 'previous-working-day' }, '2026-12')).toBe('2026-12-24');
    expect(dueDay({ ...christmas, shift: 'next-working-day' }, '2026-12')).toBe('2026-12-28');
    expect(dueDay({ ...christmas, shift: 'previous-working-day' }, '2027-12')).toBe('2027-12-24');
    expect(dueDay({ ...christmas, shift: 'next-working-day' }, '2027-12')).toBe('2027-12-27');
    expect(dueDay({ ...christmas, shift: 'next-working-day' }, '2025-12')).toBe('2025-12-26');
  });

  it('may move into another month or year, for the same month worked', () => {
    // Sunday 31 January 2027; Friday 1 January 2027
    expect(dueDay({ ...THIS_MONTH, dayOfMonth: 31, shift: 'next-working-day' }, '2027-01')).toBe('2027-02-01');
    expect(dueDay({ ...MONTHLY, dayOfMonth: 1, shift: 'previous-working-day' }, '2026-12')).toBe('2026-12-31');
    expect(dueDay({ ...MONTHLY, dayOfMonth: 1, shift: 'next-working-day' }, '2026-12')).toBe('2027-01-04');
  });

  it('shifted, is a working day; unshifted, it stays; and it rises with the period', () => {
    const rhythm = fc.record({
      dayOfMonth: fc.integer({ min: 1, max: 31 }),
      shift: fc.constantFrom('none' as const, 'previous-working-day' as const, 'next-working-day' as const),
      worked: fc.constantFrom('previous-month' as const, 'this-month' as const),
    });
    fc.assert(
      fc.property(rhythm, fc.nat(600), (parts, months) => {
        const each = { ...MONTHLY, ...parts };
        const period = addMonths('2000-01', months);
        const day = dueDay(each, period);
        const anchor = dueDay({ ...each, shift: 'none' }, period);
        if (isWorkingDay(anchor)) expect(day).toBe(anchor);
        if (parts.shift !== 'none') expect(isWorkingDay(day)).toBe(true);
        if (parts.shift === 'next-working-day') expect(day >= anchor).toBe(true);
        if (parts.shift === 'previous-working-day') expect(day <= anchor).toBe(true);
        expect(dueDay(each, addMonths(period, 1)) > day).toBe(true);
      }),
    );
  });
});

describe('hasSlot', () => {
  it('from and to are inclusive months worked', () => {
    const rhythm = { ...MONTHLY, from: '2026-11', to: '2027-01' };
    const periods = ['2026-10', '2026-11', '2026-12', '2027-01', '2027-02'];
    expect(periods.filter((period) => hasSlot(rhythm, LONG_AGO, period))).toEqual(['2026-11', '2026-12', '2027-01']);
  });

  it('a month that was over before the first contract began has none; the end of a contract takes none away', () => {
    expect(hasSlot(MONTHLY, [{ from: '2026-12-01' }], '2026-11')).toBe(false);
    expect(hasSlot(MONTHLY, [{ from: '2026-11-30' }], '2026-11')).toBe(true);
    expect(hasSlot(MONTHLY, [{ from: '2027-06-01' }, { from: '2026-02-28' }], '2026-02')).toBe(true);
    expect(hasSlot(MONTHLY, [{ from: '2026-03-01' }], '2026-02')).toBe(false);
    const ended = [{ from: '2020-01-01', to: '2026-03-31' }];
    expect(hasSlot(MONTHLY, ended, '2026-11')).toBe(true);
    expect(hasSlot(MONTHLY, [], '2026-11')).toBe(true);
  });

  it('months are months worked, not months due', () => {
    const yearly = { ...MONTHLY, months: [12] };
    expect(hasSlot(yearly, LONG_AGO, '2026-12')).toBe(true);
    expect(hasSlot(yearly, LONG_AGO, '2026-11')).toBe(false);
    expect(hasSlot(yearly, LONG_AGO, '2027-01')).toBe(false);
  });
});

describe('dueSlots', () => {
  const slots = (rhythm: Rhythm, today: string, filled: ReadonlySet<string> = NONE) =>
    dueSlots(rhythm, LONG_AGO, today, filled).map(({ period, dueOn }) => `${period} ${dueOn}`);

  it('is due on its day, not the day before', () => {
    const rhythm = { ...MONTHLY, from: '2026-11' };
    expect(slots(rhythm, '2026-12-04')).toEqual([]);
    expect(slots(rhythm, '2026-12-05')).toEqual(['2026-11 2026-12-05']);
    expect(slots(rhythm, '2027-01-04')).toEqual(['2026-11 2026-12-05']);
    expect(slots(rhythm, '2027-01-05')).toEqual(['2026-11 2026-12-05', '2026-12 2027-01-05']);
  });

  it('gives empty slots only, oldest first', () => {
    const rhythm = { ...MONTHLY, from: '2026-10', to: '2027-01' };
    expect(slots(rhythm, '2027-06-01', new Set(['2026-11']))).toEqual([
      '2026-10 2026-11-05',
      '2026-12 2027-01-05',
      '2027-01 2027-02-05',
    ]);
    expect(slots(rhythm, '2027-06-01', new Set(['2026-10', '2026-11', '2026-12', '2027-01']))).toEqual([]);
  });

  it('of December only, across the years', () => {
    const gifts = { ...MONTHLY, from: '2024-01', months: [12], dayOfMonth: 31 };
    expect(slots(gifts, '2027-01-30')).toEqual(['2024-12 2025-01-31', '2025-12 2026-01-31']);
    expect(slots(gifts, '2027-01-31')).toHaveLength(3);
  });

  it('the 1st of next month can be due this month', () => {
    // 1 November 2026 is a Sunday (and All Saints): Friday 30 October
    const rhythm: Rhythm = { ...THIS_MONTH, from: '2026-11', dayOfMonth: 1, shift: 'previous-working-day' };
    expect(slots(rhythm, '2026-10-29')).toEqual([]);
    expect(slots(rhythm, '2026-10-30')).toEqual(['2026-11 2026-10-30']);
  });

  it('the last of a month can be due next month only', () => {
    // Sunday 31 January 2027
    const rhythm: Rhythm = { ...THIS_MONTH, from: '2027-01', dayOfMonth: 31, shift: 'next-working-day' };
    expect(slots(rhythm, '2027-01-31')).toEqual([]);
    expect(slots(rhythm, '2027-02-01')).toEqual(['2027-01 2027-02-01']);
  });

  it('none before the contract', () => {
    const due = dueSlots(MONTHLY, [{ from: '2026-03-15' }], '2026-05-10', NONE);
    expect(due.map((slot) => slot.period)).toEqual(['2026-03', '2026-04']);
  });
});

describe('lateSlots', () => {
  const november = { period: '2026-11', dueOn: '2026-12-05' };
  const late = (from: 'payroll' | 'fixed' | 'amount', due: { period: string; dueOn: string }[], today: string) => [
    ...lateSlots(from, due, today),
  ];

  it('fixed and amount: later than a month after the day it was due', () => {
    expect(late('fixed', [november], '2026-12-05')).toEqual([]);
    expect(late('fixed', [november], '2027-01-05')).toEqual([]);
    expect(late('fixed', [november], '2027-01-06')).toEqual(['2026-11']);
    expect(late('amount', [november], '2027-01-06')).toEqual(['2026-11']);
    const january31 = { period: '2026-12', dueOn: '2027-01-31' };
    expect(late('fixed', [january31], '2027-02-28')).toEqual([]);
    expect(late('fixed', [january31], '2027-03-01')).toEqual(['2026-12']);
  });

  it('payroll: never by age alone', () => {
    expect(late('payroll', [november], '2028-01-01')).toEqual([]);
  });

  it('any: when more than two were missed; one that is due today is not missed', () => {
    const december = { period: '2026-12', dueOn: '2027-01-05' };
    const january = { period: '2027-01', dueOn: '2027-02-05' };
    expect(late('payroll', [november, december, january], '2027-02-05')).toEqual([]);
    expect(late('payroll', [november, december, january], '2027-02-06')).toEqual(['2026-11', '2026-12', '2027-01']);
    const february = { period: '2027-02', dueOn: '2027-03-05' };
    expect(late('payroll', [november, december, january, february], '2027-03-05')).toEqual([
      '2026-11',
      '2026-12',
      '2027-01',
    ]);
    // two missed, only the older one is older than a month
    expect(late('fixed', [november, december], '2027-01-20')).toEqual(['2026-11']);
  });
});

describe('validityStart', () => {
  it.each([
    ['order-date', '2026-12-05', '2026-12-05'],
    ['first-of-next-month', '2026-12-05', '2027-01-01'],
    ['first-of-next-month', '2026-11-01', '2026-12-01'],
    ['first-of-next-month', '2028-01-31', '2028-02-01'],
  ] as const)('%s, ordered on %s: %s', (rule, orderedOn, expected) => {
    expect(validityStart(rule, orderedOn)).toBe(expected);
  });
});
