/** National register numbers: the odd ones that are valid, and the plausible ones that are not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../../src/transform/values/calendar.ts';
import { holderOf, parseNationalRegisterNumber } from '../../../src/transform/values/national-register-number.ts';
import { inventNationalRegisterNumber, inventPerson } from '../../support/people.ts';

const TODAY = '2026-11-23';
const parse = (text: string) => parseNationalRegisterNumber(text, TODAY);

describe('a valid national register number', () => {
  it.each([
    ['85073003328', '1985-07-30', 'm', false],
    ['17073003384', '2017-07-30', 'm', false],
    ['85070003355', null, 'm', false],
    ['85000003306', null, 'm', false],
    ['85000103373', null, 'm', false],
    ['00000100166', null, 'm', false],
    ['98472899765', '1998-07-28', 'm', true],
    ['98272899722', '1998-07-28', null, true],
    ['98400099780', null, 'm', true],
    ['98470099732', null, 'm', true],
    ['01290700142', '2001-09-07', null, true],
  ])('%s: born %s, %s, BIS %s', (number, birthDate, gender, bis) => {
    expect(parse(number)).toEqual({ number, repaired: false, birthDate, gender, bis });
  });

  it.each([
    '85.07.30-033.28',
    '850730 033 28',
    '85/07/30-033-28',
    '85 07 30 033 28',
    '850730-03328',
    '85\u00a00730\u202f03328',
  ])('is written %s', (text) => {
    expect(parse(text)?.number).toBe('85073003328');
  });

  it('gets its lost leading zeros back, and more than two are a guess', () => {
    const lost = (number: string) => parse(number.replace(/^0+/, ''));
    expect(lost('01290700142')).toMatchObject({ number: '01290700142', repaired: false });
    const inTheYear2000 = inventNationalRegisterNumber('2000-10-05', 33);
    expect(inTheYear2000).toMatch(/^00[1-9]/);
    expect(lost(inTheYear2000)).toMatchObject({ number: inTheYear2000, repaired: false });
    const inMay2000 = inventNationalRegisterNumber('2000-05-05', 34);
    expect(lost(inMay2000)).toMatchObject({ number: inMay2000, repaired: true, birthDate: '2000-05-05', gender: 'f' });
    expect(parse('100166')).toMatchObject({ number: '00000100166', repaired: true });
  });

  it('may have a day that its month does not have, and then tells no birth date', () => {
    const nine = '850431033';
    const number = nine + String(97 - (Number(nine) % 97)).padStart(2, '0');
    expect(parse(number)).toMatchObject({ birthDate: null, gender: 'm' });
  });

  it('is read back from any birth date, serial and month offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 46_300 }),
        fc.integer({ min: 1, max: 998 }),
        fc.constantFrom(0 as const, 20 as const, 40 as const),
        (days, serial, offset) => {
          const birthDate = addDays('1900-01-01', days);
          const number = inventNationalRegisterNumber(birthDate, serial, offset);
          const gender = offset === 20 ? null : serial % 2 === 1 ? 'm' : 'f';
          expect(parse(number)).toEqual({ number, repaired: false, birthDate, gender, bis: offset !== 0 });
          expect(holderOf(number)).toEqual({ birthDate, gender, bis: offset !== 0 });
        },
      ),
    );
  });
});

describe('an invalid national register number', () => {
  const withCheckDigits = (nine: string, prefix = '') =>
    nine + String(97 - (Number(prefix + nine) % 97)).padStart(2, '0');

  it.each([
    ['wrong check digits', '85073003329'],
    ['swapped digits', '85073003382'],
    ['eleven zeros', '00000000000'],
    ['too long', '850730033280'],
    ['too short', '73003'],
    ['blank', ''],
    ['letters', '85O73003328'],
    ['a minus before it', '-85073003328'],
    ['a decimal number', '8507300332.8'],
    ['an exponent', '8.50730E+10'],
    ['a separator at its end', '85073003328-'],
    ['month 13', withCheckDigits('851301033')],
    ['month 19', withCheckDigits('851901033')],
    ['month 33', withCheckDigits('853301033')],
    ['month 53', withCheckDigits('855301033')],
    ['month 60', withCheckDigits('856001033')],
    ['month 99', withCheckDigits('859901033')],
    ['day 32', withCheckDigits('850732033')],
    ['a birth in a year to come', withCheckDigits('270730033', '2')],
  ])('%s', (_, text) => {
    expect(parse(text)).toBeNull();
  });

  it('has any day when the month is unknown', () => {
    expect(parse(withCheckDigits('850099033'))).toMatchObject({ birthDate: null });
    expect(parse(withCheckDigits('852099033'))).toMatchObject({ birthDate: null, bis: true });
  });

  it('is one of the future only until its year has come', () => {
    const number = withCheckDigits('270730033', '2');
    expect(parseNationalRegisterNumber(number, '2027-01-01')?.birthDate).toBe('2027-07-30');
  });

  it('never throws, and answers only with what it was given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parse(text);
        if (parsed !== null) expect(parsed.number.endsWith(text.replace(/\D/g, ''))).toBe(true);
      }),
    );
  });
});

it('invented people all have another valid number', () => {
  const people = Array.from({ length: 40_000 }, (_, index) => inventPerson(index));
  expect(new Set(people.map((person) => person.nationalRegisterNumber)).size).toBe(people.length);
  for (const person of people.slice(0, 2000)) {
    expect(parse(person.nationalRegisterNumber)).toMatchObject({ birthDate: person.birthDate, gender: person.gender });
  }
});
